"""What becomes of a signal on its way through the blocks: signal propagation plots, and the paper's figure 7."""

import streamlit as st

from explorer.ui.components.chart import drawing, show_drawing
from explorer.ui.controls import segmented
from explorer.ui.gradients.propagation.sources import Measured, fresh, trained
from explorer.ui.gradients.propagation.words import branch_reading, propagation_reading, response_reading
from explorer.ui.gradients.reading import beside, show_reading
from explorer.ui.gradients.scales import keep_scale
from explorer.ui.watch.settings import log_axes

SOURCES_HELP = "Fresh ones show what the architecture does, trained ones what was learnt."
SOURCES = {"fresh": "Fresh networks", "trained": "Trained networks"}
HEIGHT = 500


def show() -> None:
    source = segmented("Which networks", SOURCES, "source", "fresh", help=SOURCES_HELP)
    measured = fresh() if source == "fresh" else trained()
    if not measured.asked:
        st.info("Choose at least one network to see its signals.", icon=":material/info:")
    if not measured.series:
        return
    from explorer.figures.propagation import branch_plot, propagation_plot, response_plot

    _figure("propagation", propagation_plot, propagation_reading, measured)
    if any(block.branch is not None for one in measured.series for block in one.blocks):
        _figure("branch", branch_plot, branch_reading, measured)
    else:
        st.info("These networks add nothing: choose a residual or a highway net to see branches beside shortcuts.", icon=":material/info:")
    _figure("responses", response_plot, response_reading, measured)


def _figure(name: str, plot, reading, measured: Measured) -> None:
    """One figure and its text; whether its scale is logarithmic is kept in the address once the reader has chosen."""
    key = f"signals-{name}"
    place, text = beside(key)
    with place:
        figure = plot(measured.series, measured.note, log_axes().get(name))
        drawn = drawing(figure, key, height=HEIGHT, log_axes="y", tells=True, filename=f"signal-{name}", view=measured.view)
        show_drawing(drawn, key, on_log=lambda axes: keep_scale(name, axes))
    with text:
        show_reading(reading(measured.series))
