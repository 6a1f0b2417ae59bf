"""Networks drawn side by side, each in the colours of what its run has measured at one step, on the scale of the heatmaps."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.anatomy.overlay import Overlay, measured
from explorer.errors import BadInput
from explorer.figures.layer_charts import QUANTITIES, colour_range, shown_at
from explorer.figures.series import LayerValues
from explorer.ui.anatomies import anatomy, graph
from explorer.ui.components.network_view import network_view
from explorer.ui.format import plain
from explorer.ui.gradients.selection import detail_of, keep_selection
from explorer.ui.say import say_error
from explorer.ui.url import param
from explorer.ui.watch.labels import Subject
from explorer.ui.watch.layers import numbers

MOST = 4
ID = "measured"
HEIGHTS = (300, 520)


def show_drawings(subjects: Sequence[Subject], values: Sequence[LayerValues], quantity: str, step: int | None) -> None:
    """`values[i]` belongs to `subjects[i]`; the first few are drawn."""
    scale = colour_range(values, QUANTITIES[quantity])
    drawn = list(zip(subjects, values))[:MOST]
    columns = st.columns(2, gap="medium") if len(drawn) > 1 else [st.container()]
    for place, (one, measured_of_it) in enumerate(drawn):
        with columns[place % len(columns)]:
            _draw(one, measured_of_it, quantity, step, scale, place)
    if len(subjects) > MOST:
        st.caption(f"The first {MOST} of the {len(subjects)} runs are drawn.")


def _draw(one: Subject, values: LayerValues, quantity: str, step: int | None, scale: tuple[float, float] | None, place: int) -> None:
    network = one.run.config.network
    try:
        whole = anatomy(network)
    except BadInput as problem:
        say_error(problem)
        return
    overlays = [coloured(whole, values, quantity, step, scale)] if shown_at(values, step) else []
    st.markdown(f"**{plain(one.label)}**")
    network_view(
        graph(network, "MACs"), f"training-drawing-{place}", detail=detail_of(), selected=param("layer"), overlays=overlays,
        colour=ID if overlays else None, link="training", flow="columns", heights=HEIGHTS, on_event=keep_selection,
        label=f"{one.label}, coloured by {QUANTITIES[quantity].title.lower()}",
    )  # fmt: skip


def coloured(whole, values: LayerValues, quantity: str, step: int | None, scale: tuple[float, float] | None) -> Overlay:
    """The values of the layers at `step`, their colours on `scale`."""
    what = QUANTITIES[quantity]
    row = numbers(shown_at(values, step))
    made = measured(whole, ID, what.title, "", f"{what.unit}: {what.note}", values.layers, [row], scale="log" if what.log else "linear")
    return replace(made, range=scale)
