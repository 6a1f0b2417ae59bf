"""What a network's drawing can be coloured by, and the controls that the chosen quantity needs.

In the address: `colour` (one of COLOURS), `run`, `quantity` (of a run, or a column of a file) and `step`. A file that was
uploaded stays in the session.
"""

import re
from dataclasses import replace

import streamlit as st

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.overlay import INITIAL_GRADIENT, INITIAL_GRADIENT_LABEL, Overlay, built_in
from explorer.errors import BadInput
from explorer.networks.spec import NetworkSpec, TorchvisionSpec
from explorer.ui.architecture import own_overlay, run_overlay
from explorer.ui.format import plain
from explorer.ui.url import choice, param

KIND = "kind"  # the drawing's own colours
INITIAL = Overlay(INITIAL_GRADIENT, INITIAL_GRADIENT_LABEL, "", "max", "log", "Being measured for a fresh network…")
COLOURS = (KIND, "params", "macs", "activations", "receptive_field", INITIAL.id, run_overlay.RUN, own_overlay.OWN)


def colour() -> str:
    """What the address says the drawing is coloured by; what it cannot be is passed over."""
    return choice("colour", COLOURS, KIND)


def overlays(spec: NetworkSpec | TorchvisionSpec, anatomy: Anatomy, unit: str, colour: str) -> list[Overlay]:
    """All that is on offer, and the chosen one with its values. Its controls are drawn where this is called.

    What takes time to find, or needs a choice, comes without values until it is chosen; where it cannot be had, the
    page says why and the drawing keeps its colours.
    """
    offered = [*_built_in(spec.text, unit, anatomy), INITIAL, run_overlay.ON_OFFER, own_overlay.ON_OFFER]
    if colour == INITIAL.id:
        offered[-3] = _initial(spec, anatomy)
    elif colour == run_overlay.RUN:
        offered[-2] = run_overlay.run_overlay(spec, anatomy)
    elif colour == own_overlay.OWN:
        offered[-1] = own_overlay.own_overlay(anatomy)
    return offered


def shown_step(offered: list[Overlay], colour: str) -> str | None:
    """The step of the chosen overlay that is nearest to the address's; None for the last, where it names none."""
    chosen, asked = next((one for one in offered if one.id == colour), None), param("step")
    if chosen is None or not chosen.steps or not re.fullmatch(r"[0-9]{1,16}", asked):
        return None
    return str(min(chosen.steps, key=lambda step: abs(step - int(asked))))


@st.cache_resource(show_spinner=False, max_entries=64)
def _built_in(network: str, unit: str, _anatomy: Anatomy) -> tuple[Overlay, ...]:
    return built_in(_anatomy, unit)


def _initial(spec, anatomy: Anatomy) -> Overlay:
    try:
        found = _measured_initial(spec.text, spec, anatomy)
    except BadInput as problem:
        st.warning(plain(problem, own_overlay.MOST_WORDS), icon=":material/memory:")
        return replace(INITIAL, note="Cannot be measured here.")
    st.caption(found.note)
    return found


@st.cache_resource(show_spinner="Measuring the gradients of a fresh network…", max_entries=32)
def _measured_initial(network: str, _spec, _anatomy: Anatomy) -> Overlay:
    # Here and not above: the controls need not wait for torch.
    from explorer.lab.first_gradients import initial_gradient

    return initial_gradient(_spec, _anatomy)
