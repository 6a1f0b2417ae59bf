"""A network's drawing that its reader opens, searches and colours: laid out and painted in the browser."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import streamlit as st

from explorer.ui.components.reports import heard, hearing

if TYPE_CHECKING:
    from explorer.anatomy.overlay import Overlay

HTML = Path(__file__).resolve().parents[1] / "frontend" / "network" / "view.html"


@dataclass(frozen=True)
class NetworkEvent:
    """What the reader changed, and what it is now.

    `target` is for "select" the name of a layer or the id of a group ("" for none), for "detail" a level of
    `figures.detail`, for "toggled" the ids of the groups that are open or closed against that level, separated by
    commas, for "colour" the id of an overlay or "kind", for "step" a step of that overlay, for "find" the text searched for.
    """

    kind: Literal["select", "detail", "toggled", "colour", "step", "find"]
    target: str


def network_view(
    graph: str,
    key: str,
    *,
    detail: str | None = None,
    toggled: Collection[str] | None = None,
    selected: str | None = None,
    overlays: Sequence["Overlay"] = (),
    colour: str | None = None,
    step: str | None = None,
    find: str | None = None,
    marks: Mapping | None = None,
    link: str = "",
    flow: Literal["auto", "columns", "column"] = "auto",
    heights: tuple[int, int] = (300, 620),
    label: str = "Network",
    on_event: Callable[[NetworkEvent], None] = lambda event: None,
) -> None:
    """Draw the network that `figures.graph.graph_json` wrote, as high as it is when fitted to the width, but the whole
    view with its tools at least and at most `heights` pixels.

    What is opened, selected, coloured and searched is the reader's to change, without the page; `on_event` hears of it
    before the page runs again, for the page to keep (in its address) and to give back. A page that gives back what the
    reader has changed since does not undo it; one that says something new is obeyed. What the page does not keep it
    leaves at None, and that stays as the reader has it.

    An overlay with values for the edges is seen to flow back along the lines, unless the reader stops it or wants stillness.
    What is drawn can be saved: the whole drawing as SVG, its values (without an overlay the layers' rows) as CSV.

    `step` is a step of the overlay `colour`, "" its last one. `marks` tells what differs from another network:
    {"layers": {name: ["added" | "removed" | "changed", text for the card]}, "edges": [[source, target, mark]]}.
    Views of one `link` pan, zoom and change their level of detail in step. `flow`: stages side by side as columns, or
    all in one column; "auto" goes by the width. `label` names the drawing to a screen reader.
    """

    def act(report: Mapping) -> None:
        for kind, target in report.items():
            on_event(NetworkEvent(kind, target))

    said = {
        "detail": detail,
        "toggled": None if toggled is None else ",".join(sorted(filter(None, toggled))),
        "select": selected,
        "colour": colour,
        "step": step,
        "find": find,
    }
    _view()(
        key=key,
        data={
            "graph": graph,
            "said": {name: value for name, value in said.items() if value is not None},
            "overlays": _text([overlay.to_json() for overlay in overlays]),
            "marks": _text(marks),
            "heard": heard(key),
            "link": link,
            "flow": flow,
            "heights": heights,
            "label": label,
        },
        on_report_change=hearing(key, act),
    )


def _text(value) -> str:
    """As JSON, which the browser reads again only where it differs from the one before."""
    return json.dumps(value, separators=(",", ":"))


@st.cache_resource(show_spinner=False)
def _view():
    return st.components.v2.component(
        "explorer.network_view", html=HTML.read_text(encoding="utf-8"), css="network/view.css", js="network/view.js"
    )
