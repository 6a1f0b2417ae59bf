"""The measured networks, drawn side by side in the same colours, with the gradient flowing back along their lines."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from explorer.anatomy.overlay import Overlay, measured, on_one_scale
from explorer.lab.quantities import QUANTITIES, parts_of
from explorer.ui.anatomies import anatomy, graph
from explorer.ui.components.network_view import NetworkEvent, network_view
from explorer.ui.gradients.flow.controls import SHORT, USUAL_STEP
from explorer.ui.gradients.flow.measured import Flow
from explorer.ui.gradients.selection import detail_of, keep_selection
from explorer.ui.url import param, set_params

if TYPE_CHECKING:
    from explorer.signals.flow import FlowStep

HEIGHTS = (420, 760)
# Below a certain width a drawing would not be legible: fewer stand side by side then.
_STYLE = "<style>.st-key-flow-drawings .stColumn { min-width: min(100%, 33rem); }</style>"
GRADIENTS = ("weight", "signal")  # what layers have in common with lines
FLOW = "flow"


def show_drawings(flows: Sequence[Flow], quantity: str, steps: Sequence[int]) -> None:
    """A drawing of each network at the last of the steps, those with and without normalisation in rows of their own.

    Their colours reach from the smallest to the largest value at any of the `steps`.
    """
    st.html(_STYLE)
    scales = on_one_scale([_overlay(flow, quantity, [step for step in flow.steps if step.step in steps]) for flow in flows])
    scale_of = dict(zip(flows, scales))
    with st.container(key="flow-drawings"):
        for row in _rows(flows):
            for column, flow in zip(st.columns(len(row), gap="small"), row):
                with column:
                    st.markdown(f"**{flow.label}** {flow.panel}")
                    _show(flow, _on_scale(_overlay(flow, quantity, flow.steps), scale_of[flow]), steps[-1], flows.index(flow))


def _rows(flows: Sequence[Flow]) -> list[list[Flow]]:
    """Two abreast, or all three that there are; with and without normalisation in rows of their own."""
    rows = []
    for panel in dict.fromkeys(flow.panel for flow in flows):
        here = [flow for flow in flows if flow.panel == panel]
        abreast = 3 if len(here) == 3 else 2
        rows += [here[first : first + abreast] for first in range(0, len(here), abreast)]
    return rows


def _show(flow: Flow, overlay: Overlay, step: int, index: int) -> None:
    network_view(
        graph(flow.spec.text, "MACs"),
        f"flow drawing {index + 1}",
        detail=detail_of(),
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


def _overlay(flow: Flow, quantity: str, steps: Sequence["FlowStep"]) -> Overlay:
    """One quantity on the layers and the gradient on the lines."""
    result, of = flow.result, QUANTITIES[quantity]
    names = [name for name, _ in parts_of(result, of.of)]
    note = f"{of.label[0].upper()}{of.label[1:]}; on the lines the norm of the gradient that comes back along each."
    return measured(
        anatomy(flow.spec.text), FLOW, SHORT[quantity], "", note, names,
        [of.values(result, step) for step in steps], [step.step for step in steps],
        ends=result.edges, edge_rows=[step.edge_norms for step in steps],
        edge_label="" if quantity in GRADIENTS else "gradient norm",
    )  # fmt: skip


def _on_scale(overlay: Overlay, scale: Overlay) -> Overlay:
    return replace(overlay, scale=scale.scale, range=scale.range, edge_range=scale.edge_range)


def _heard(event: NetworkEvent) -> None:
    if event.kind == "step":
        set_params(step=None if event.target == str(USUAL_STEP) else event.target)
    else:
        keep_selection(event)
