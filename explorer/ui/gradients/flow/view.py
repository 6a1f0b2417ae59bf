"""What happens to a signal and its gradient in fresh networks, before anything is learnt and after a few optimiser steps."""

from collections.abc import Sequence

import streamlit as st

from explorer.figures.gradients import default_log, depth_profile
from explorer.ui.anatomies import anatomy
from explorer.ui.components.chart import drawing, show_drawing
from explorer.ui.gradients.flow.controls import Settings, choose_networks, choose_quantity, choose_switches
from explorer.ui.gradients.flow.drawings import show_drawings
from explorer.ui.gradients.flow.measured import Flow, known, measure_slice, pending, refused
from explorer.ui.gradients.flow.readings import HOW_TO_READ, KNOWN, drawing_reading, profile_reading
from explorer.ui.gradients.flow.words import table
from explorer.ui.gradients.reading import beside, show_reading
from explorer.ui.gradients.tables import show_numbers
from explorer.ui.say import say_error
from explorer.ui.url import param, set_params

HEIGHT = 520
SHARES = (2, 7)  # of the window's width: the switches, and what they do
NEITHER = "none"  # in the address: no axis is logarithmic


def show() -> None:
    """Draw what is known of the chosen networks; then measure on, and draw again."""
    named = choose_networks()
    switches, result = st.columns(SHARES, gap="medium")
    with switches:
        settings = choose_switches(named)
    with result:
        quantity = choose_quantity()
        progress = st.container()
        flows = known(settings)
        _show_profile(flows, quantity, settings)
    if flows and 0 not in {step for step, _ in pending(settings)}:  # none is to be pushed aside by one that comes later
        _show_drawings(flows, quantity, settings)
        _show_numbers(flows, _drawn_steps(flows, settings))
    with st.expander("How to read this"):
        st.markdown(HOW_TO_READ)
    with st.expander("What is known"):
        st.markdown(KNOWN)
    if pending(settings):
        with progress:
            measure_slice(settings)
        st.rerun()


def _show_profile(flows: Sequence[Flow], quantity: str, settings: Settings) -> None:
    """The chart by depth with its reading, or why there is none."""
    if not settings.specs:
        st.info("Choose two to four networks to compare.", icon=":material/info:")
    for problem in refused(settings):
        say_error(problem)
    if not flows:
        return
    steps, series = _drawn_steps(flows, settings), [flow.series(quantity) for flow in flows]
    figure, text = beside("flow-profile")
    with figure:
        drawn = depth_profile(series, quantity, steps, _log(quantity), param("layer"))
        view = " ".join([quantity, *(flow.spec.text for flow in flows)])
        name = f"{quantity}-by-depth"
        show_drawing(drawing(drawn, "flow", height=HEIGHT, log_axes="xy", tells=True, filename=name, view=view), "flow", on_log=_keep_log)
    with text:
        show_reading(profile_reading(flows, quantity, steps))


def _show_drawings(flows: Sequence[Flow], quantity: str, settings: Settings) -> None:
    steps = _drawn_steps(flows, settings)
    st.markdown("##### The same along the network")
    show_drawings(flows, quantity, steps)
    show_reading(drawing_reading(flows, [_shortcuts(flow) for flow in flows], steps[-1]))


def _show_numbers(flows: Sequence[Flow], steps: Sequence[int]) -> None:
    show_numbers(table(flows, steps), dict.fromkeys(("first conv", "last conv", "first / last", "loss"), "%.3g"))
    st.caption("L2 norms of the loss's gradient with respect to the weights, measured here in float32.")


def _drawn_steps(flows: Sequence[Flow], settings: Settings) -> list[int]:
    """Initialisation, and the latest of the steps asked for that every network has been measured at."""
    done = [step for step in settings.steps if all(step in {one.step for one in flow.steps} for flow in flows)]
    return sorted({0, *done[-1:]})


def _shortcuts(flow: Flow) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in anatomy(flow.spec.text).edges if edge.kind == "shortcut"]


def _log(quantity: str) -> str:
    """The logarithmic axes, out of the address."""
    asked = param("log")
    return "".join(axis for axis in "xy" if axis in asked) if asked in ("x", "y", "xy", NEITHER) else default_log(quantity)


def _keep_log(axes: str) -> None:
    set_params(log=axes or NEITHER)
