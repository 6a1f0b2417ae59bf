"""The measured networks, drawn side by side in the same colours, with the gradient flowing back along their lines."""

from collections.abc import Sequence

import streamlit as st

from explorer.anatomy.overlay import Overlay, measured, on_one_scale
from explorer.figures import detail
from explorer.lab.quantities import QUANTITIES, parts_of
from explorer.ui.anatomies import anatomy, graph
from explorer.ui.components.network_view import NetworkEvent, network_view
from explorer.ui.gradients.flow_controls import SHORT, USUAL_STEP
from explorer.ui.gradients.flow_measured import Flow
from explorer.ui.url import choice, param, set_params

HEIGHTS = (420, 760)
ABREAST = 4  # drawings in a row
DETAIL = "blocks"
FLOW = "flow"
EDGE = "edge"


def show_drawings(flows: Sequence[Flow], quantity: str, step: int) -> None:
    """A drawing of each network, those with and without normalisation in rows of their own."""
    overlays = dict(zip(flows, on_one_scale([_overlay(flow, quantity) for flow in flows])))
    index = 0
    for panel in dict.fromkeys(flow.panel for flow in flows):
        here = [flow for flow in flows if flow.panel == panel]
        for column, flow in zip(st.columns(min(len(here), ABREAST), gap="small"), here):
            with column:
                st.markdown(f"**{flow.label}** {panel}")
                _show(flow, overlays[flow], step, index)
            index += 1


def _show(flow: Flow, overlay: Overlay, step: int, index: int) -> None:
    network_view(
        graph(flow.spec.text, "MACs"),
        f"flow drawing {index + 1}",
        detail=choice("detail", detail.DETAILS, DETAIL),
        selected=param("layer"),
        overlays=[overlay],
        colour=FLOW,
        step=str(step),
        link="flow",
        flow="columns",
        heights=HEIGHTS,
        label=f"{flow.label} {flow.panel}, drawn",
        on_event=_heard,
    )


def _overlay(flow: Flow, quantity: str) -> Overlay:
    """One quantity on the layers and the gradient on the lines, at every step measured so far."""
    result, of = flow.result, QUANTITIES[quantity]
    names = [name for name, _ in parts_of(result, of.of)]
    lines = "" if quantity in ("weight", "signal") else "Gradient along the lines"
    note = f"{of.label[0].upper()}{of.label[1:]}; on the lines the norm of the gradient that comes back along each."
    return measured(
        anatomy(flow.spec.text), FLOW, SHORT[quantity], "", note, names,
        [of.values(result, step) for step in result.steps], [step.step for step in result.steps],
        ends=result.edges, edge_rows=[QUANTITIES[EDGE].values(result, step) for step in result.steps], edge_label=lines,
    )  # fmt: skip


def _heard(event: NetworkEvent) -> None:
    if event.kind == "step":
        set_params(step=None if event.target == str(USUAL_STEP) else event.target)
    elif event.kind == "detail":
        set_params(detail=None if event.target == DETAIL else event.target)
    elif event.kind == "select":
        set_params(layer=event.target)
