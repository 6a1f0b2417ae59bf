"""A network's drawing that can be moved, zoomed and clicked: Graphviz's SVG in a component of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

HTML = """
<div class="view">
  <svg class="canvas" role="group" tabindex="0"><g class="camera"></g></svg>
  <div class="tools" role="toolbar" aria-label="Drawing tools">
    <button type="button" data-act="in" aria-label="Zoom in" title="Zoom in (+)">+</button>
    <button type="button" data-act="out" aria-label="Zoom out" title="Zoom out (-)">−</button>
    <button type="button" data-act="fit" aria-label="Fit the whole network" title="Fit the whole network (0)">Fit</button>
    <button type="button" data-act="full" aria-label="Full screen" title="Full screen, and back">
      <svg viewBox="0 0 14 14" width="14" height="14" fill="none" stroke="currentColor" stroke-width="1.5" aria-hidden="true">
        <path d="M1 5V1h4M9 1h4v4M13 9v4H9M5 13H1V9"/></svg></button>
  </div>
</div>
"""


@dataclass(frozen=True)
class NetworkEvent:
    """What the reader did: selected an item of the drawing (`target` is its id there, "" for none), or asked to open or
    close a group (`target` is the group's own id)."""

    kind: Literal["select", "toggle"]
    target: str


def network_view(
    svg: str,
    key: str,
    *,
    selected: Sequence[str] = (),
    on_event: Callable[[NetworkEvent], None] = lambda event: None,
    heights: tuple[int, int] = (300, 560),
    view: str = "",
    label: str = "Network",
) -> None:
    """Draw `svg`, as high as it is when fitted to the width, but at least and at most `heights` pixels.

    `on_event` hears of what the reader does, before the page runs again. What can be clicked in the drawing, and what that means, is as `figures.diagram` writes it. Of the ids in
    `selected`, the first that is drawn is marked and brought into sight. A drawing of another network comes with
    another `view` and is fitted afresh; under the same `view` the reader's place is kept. `label` names the drawing to a screen reader.
    """

    def hear():
        event = st.session_state[key].get("event")
        if event:
            on_event(NetworkEvent(**event))

    _view()(
        key=key,
        data={"svg": svg, "selected": list(selected), "heights": heights, "view": view, "label": label},
        on_event_change=hear,
    )


@st.cache_resource(show_spinner=False)
def _view():
    return st.components.v2.component("explorer.network_view", html=HTML, css="network_view.css", js="network_view.js")
