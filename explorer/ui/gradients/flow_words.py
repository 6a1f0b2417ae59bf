"""Gradient flow through fresh networks: choosing, measuring, and saying what the numbers are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.errors import BadInput
from explorer.figures.series import LayerValues
from explorer.networks.spec import NetworkSpec, TorchvisionSpec, parse_spec
from explorer.ui.format import count
from explorer.ui.labels import names_of, unequal
from explorer.ui.say import say_error

PANELS = {"batch": "with BN", "none": "without BN"}
LEARNING_RATE = 0.05
# Multiply-adds of forward and backward passes that an ordinary machine does in about half a minute.
MOST_MACS = 600e9
# Norms at both ends that differ by less than this factor are level.
LEVEL = 3
# A loss this close to ln(classes), as a fraction of it, is that of guessing; from so many times ln(classes) on it is far above.
AT_CHANCE = 0.03
FAR_ABOVE = 1.5


@dataclass(frozen=True)
class Flow:
    """One measured network: its gradients, the loss at each step (None: not finite), and how many classes it tells apart."""

    series: LayerValues
    losses: tuple[float | None, ...]
    classes: int


def read_networks(texts: Sequence[str]) -> list[NetworkSpec]:
    """The chosen networks; what is wrong with a text is said on the page, and the rest is used."""
    specs = []
    for text in texts:
        try:
            spec = parse_spec(text)
            if isinstance(spec, TorchvisionSpec):
                raise BadInput(f"{text} comes with its own normalisation: choose one of this project's, such as imagenet/basic-18.")
            specs.append(spec.variant(norm="batch"))
        except BadInput as error:
            say_error(error)
    return list(dict.fromkeys(specs))


def measure(specs: Sequence[NetworkSpec], norms: Sequence[str], steps: tuple[int, ...], seed: int) -> list[Flow]:
    """Gradient norms of every network with every kind of normalisation, with a bar that shows how far it is."""
    labels = unequal([names_of(spec) for spec in specs])
    wanted = [(spec.variant(norm=norm), label, norm) for norm in norms for spec, label in zip(specs, labels)]
    bar = st.progress(0.0, text="Getting ready") if wanted else st.empty()
    flows = []
    for done, (spec, label, norm) in enumerate(wanted):
        bar.progress(done / len(wanted), text=f"Measuring {label} {PANELS[norm]}")
        try:
            result = _flow(spec.text, steps, seed)
        except BadInput as error:
            say_error(error)
            continue
        series = LayerValues(
            label,
            spec.family,
            result.names,
            result.kinds,
            tuple(one.step for one in result.steps),
            tuple(one.norms for one in result.steps),
            depth=spec.depth,
            panel=PANELS[norm],
        )
        flows.append(Flow(series, tuple(one.loss for one in result.steps), spec.classes))
    bar.empty()
    return flows


@st.cache_data(show_spinner=False, max_entries=200)
def _flow(network: str, steps: tuple[int, ...], seed: int):
    # Imported here: the page's controls are there before torch is.
    from explorer.anatomy.of import anatomy_of
    from explorer.data.images import batch_for
    from explorer.signals.flow import gradient_flow

    spec = parse_spec(network)
    batch = 64 if spec.input <= 64 else 8
    macs = 3 * anatomy_of(spec).macs * batch * (max(steps) + 1)  # the backward pass costs twice the forward pass
    if macs > MOST_MACS:
        raise BadInput(
            f"{spec.text} would take minutes here ({macs / 1e9:,.0f} G multiply-adds, this page stops at {MOST_MACS / 1e9:,.0f} G): "
            "choose fewer steps, a shallower or a narrower network."
        )
    images, labels = batch_for(spec, batch * (max(steps) + 1), seed)
    return gradient_flow(spec, images, labels, seed=seed, steps=steps, batch=batch, lr=LEARNING_RATE)


def table(flows: Sequence[Flow]) -> list[dict]:
    """A row for each network and step: first and last convolution, their ratio, the loss."""
    rows = []
    for flow in flows:
        for index, step in enumerate(flow.series.steps):
            first, last = first_and_last(flow.series, index)
            ratio = first / last if first is not None and last else None
            rows.append(
                {
                    "network": flow.series.label,
                    "normalisation": flow.series.panel,
                    "step": step,
                    "first conv": first,
                    "last conv": last,
                    "first / last": ratio,
                    "loss": flow.losses[index],
                }
            )
    return rows


def in_words(flow: Flow) -> str:
    """How the gradient changes on its way from the last convolution back to the first, and the loss, at each step."""
    parts = [
        f"{_when(step)} {_change(*first_and_last(flow.series, index))}{_loss(flow.losses[index], flow.classes)}"
        for index, step in enumerate(flow.series.steps)
    ]
    return f"**{flow.series.label} {flow.series.panel}**: {'; '.join(parts)}."


def first_and_last(series: LayerValues, index: int) -> tuple[float | None, float | None]:
    """The norms of the first and the last convolution at the step of that index, gates and shortcuts' projections left out.

    Layers stand in the order of their definition, where a block's gate or projection would come last.
    """
    convolutions = [
        norm
        for name, norm, kind in zip(series.layers, series.values[index], series.kinds)
        if kind == "conv" and not name.endswith(".gate") and ".downsample." not in name
    ]
    return convolutions[0], convolutions[-1]


def _when(step: int) -> str:
    return "at initialisation it" if step == 0 else f"after {count(step)} step{'s' if step > 1 else ''} it"


def _change(first: float | None, last: float | None) -> str:
    if first is None or last is None:
        return f"is not a finite number: at learning rate {LEARNING_RATE:g} this network diverges"
    if not first or not last:
        return "is exactly zero in the first convolution" if not first else "is exactly zero in the last convolution"
    ends = f"from {_size(last)} at the last to {_size(first)} at the first convolution"
    if 1 / LEVEL < first / last < LEVEL:
        return f"stays level, {ends}"
    return f"grows {_times(first / last)} towards the input, {ends}" if first > last else f"shrinks {_times(last / first)}, {ends}"


def _loss(loss: float | None, classes: int) -> str:
    if loss is None:
        return ""
    chances = loss / math.log(classes) if classes > 1 else None
    if chances is None or AT_CHANCE < abs(chances - 1) and chances < FAR_ABOVE:
        return f" (loss {_size(loss)})"
    return f" (loss {_size(loss)}, {'far above' if chances >= FAR_ABOVE else 'at'} chance)"


def _size(number: float) -> str:
    """Two significant digits, three from 1 to 1,000: 0.016, 2.30, 402, 2.1e3, 4.6e-5."""
    if 1 <= number < 999.5:
        return f"{number:#.3g}".rstrip(".")
    digits, _, power = f"{number:.2g}".partition("e")
    return f"{digits}e{int(power)}" if power else digits


def _times(factor: float) -> str:
    return f"{factor:,.0f}-fold" if 10 <= factor < 1e6 else f"{factor:.1f}-fold" if factor < 10 else f"{factor:.1e}-fold"
