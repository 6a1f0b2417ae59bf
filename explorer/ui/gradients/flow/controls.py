"""The switches of the view "At initialisation": all networks get the same, and the address keeps them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from explorer.networks.spec import NetworkSpec, nearest_depths
from explorer.ui import controls
from explorer.ui.gradients.networks import read_networks
from explorer.ui.network_picker import offered_networks
from explorer.ui.say import say_warning

DEFAULT_NETWORKS = ("cifar/plain-56?width=8", "cifar/basic-56?width=8")
MOST_NETWORKS = 4
STEPS = (0, 1, 2, 5, 10, 20, 50)
USUAL_STEP = 10
NAMED = "named"
AS_NAMED = {NAMED: "as named"}

# What the address says of each switch, and what is read on the screen.
NORMS = {"both": "both", "with": "with", "without": "without"} | AS_NAMED
INITS = AS_NAMED | {"he": "He", "xavier": "Xavier (Glorot)", "torch": "PyTorch's own"}
WIDTHS = AS_NAMED | {str(width): str(width) for width in (4, 8, 16, 32)}
DEPTHS = AS_NAMED | {str(depth): str(depth) for depth in (8, 20, 32, 44, 56, 110)}
GATES = AS_NAMED | {f"{bias:g}": f"{bias:g}" for bias in (0, -1, -2, -3, -4, -6)}
PICTURES = {"digits": "Digits", "noise": "Noise"}
SHORT = {  # of the quantities in lab.quantities
    "weight": "∂L/∂W",
    "root": "∂L/∂W per √size",
    "signal": "∂L/∂a",
    "mean": "mean of a",
    "std": "std of a",
    "dead": "dead share",
}

# A sentence or two a switch: what to look for, and in which networks, when it is thrown.
LOOK_FOR = {
    "norm": "A deep plain net (Plain-56): with BN its gradient grows towards the input, without BN it is small everywhere.",
    "init": "The std of a in a deep plain net: without BN it fades least with He's. With BN it hardly matters.",
    "width": "A deep plain net: with BN its slope stays; without BN the narrow ones lose more of a on the way.",
    "depth": "A deep plain net with BN: the line goes on at the same slope, and ends the higher.",
    "gate": "A deep highway net with BN: the more its gates start shut, the less the gradient grows.",
    "data": "Look for what stays when noise takes the digits' place: that is the architecture's doing.",
    "step": "A deep plain net with BN: its range collapses within a few steps. Does its loss fall, too?",
    "seed": "Look for what stays with other weights and other pictures: that is no accident.",
}
QUANTITY_HELP = (
    "L is the loss of one batch; W is the weight of a convolution or of the classifier, a the result of a ReLU. "
    "Per √size: divided by the root of how many numbers the weight has, so that large layers do not look loud. "
    "Dead share: channels that are 0 for the whole batch."
)


@dataclass(frozen=True)
class Settings:
    """What is to be measured: networks as they are with the switches, each once, up to a step, on what pictures."""

    specs: tuple[NetworkSpec, ...]
    step: int
    data: str
    seed: int

    @property
    def steps(self) -> tuple[int, ...]:
        """Those of `STEPS` that are to be measured."""
        return tuple(step for step in STEPS if step <= self.step)


def choose_networks() -> list[NetworkSpec]:
    """Which networks, as they are named."""
    texts = controls.several(
        "Two to four networks", offered_networks(), "networks", DEFAULT_NETWORKS, most=MOST_NETWORKS,
        placeholder="Choose, or type a network such as cifar/highway-32?width=8",
    )  # fmt: skip
    return read_networks(texts)


def choose_switches(named: Sequence[NetworkSpec]) -> Settings:
    """The switches one below another, each with what to look for; and the networks as they are with them."""
    norm = _switch(controls.segmented, "Batch normalisation (BN)", NORMS, "norm", "both")
    step = _switch(controls.stops, "Optimiser steps", STEPS, "step", USUAL_STEP)
    depth = _switch(controls.dropdown, "Depth", DEPTHS, "depth", NAMED)
    width = _switch(controls.dropdown, "Width", WIDTHS, "width", NAMED)
    init = _switch(controls.dropdown, "Initialisation", INITS, "init", NAMED)
    has_gates = any(spec.block == "highway" for spec in named)
    gate = _switch(controls.dropdown, "Gate bias", GATES, "gate", NAMED) if has_gates else NAMED
    data = _switch(controls.segmented, "Pictures", PICTURES, "data", "digits")
    seed = _cell("seed", partial(controls.whole_number, "Seed", "seed", 0, 0, 2**32 - 1))
    switched = _switched(named, {"init": init, "width": width, "depth": depth, "gate_bias": gate})
    return Settings(_with_norms(switched, norm), step, data, seed)


def choose_quantity() -> str:
    """One of `lab.quantities`."""
    return controls.segmented("Of each layer", SHORT, "quantity", "weight", help=QUANTITY_HELP)


def _switch(control: Callable, label: str, options, name: str, default):
    return _cell(name, partial(control, label, options, name, default))


def _cell(name: str, draw: Callable):
    """A control with what to look for below it."""
    with st.container(gap="xsmall"):
        value = draw()
        st.caption(LOOK_FOR[name])
    return value


def _switched(specs: Sequence[NetworkSpec], switches: dict[str, str]) -> list[NetworkSpec]:
    """The networks with what the switches say; a depth that a network cannot have is its nearest, and that is said."""
    thrown = {key: value for key, value in switches.items() if value != NAMED}
    made = []
    for spec in specs:
        changes = {key: value for key, value in thrown.items() if key != "gate_bias" or spec.block == "highway"}
        if "depth" in changes:
            changes["depth"] = _depth(spec, int(changes["depth"]))
        made.append(spec.variant(**changes))
    return made


def _depth(spec: NetworkSpec, wanted: int) -> int:
    nearest = min(nearest_depths(spec.stem, spec.block, wanted), key=lambda depth: abs(depth - wanted))
    if nearest != wanted:
        say_warning(f"{spec.stem}/{spec.block} cannot have {wanted} layers: shown is the nearest, {nearest}.", ":material/info:")
    return nearest


def _with_norms(specs: Sequence[NetworkSpec], norm: str) -> tuple[NetworkSpec, ...]:
    """Each network once with every kind of normalisation that is to be seen."""
    kinds = {"both": ("batch", "none"), "with": ("batch",), "without": ("none",)}.get(norm)
    made = specs if kinds is None else [spec.variant(norm=kind) for kind in kinds for spec in specs]
    return tuple(dict.fromkeys(made))
