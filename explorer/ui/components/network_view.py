"""A network's drawing that can be moved, zoomed and clicked: Graphviz's SVG in a component of its own."""

from collections.abc import Sequence
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
  </div>
</div>
"""


@dataclass(frozen=True)
class NetworkEvent:
    """What the reader did: selected the layer or group `target` ("" for none), or asked to open or close a group."""

    kind: Literal["select", "toggle"]
    target: str


def network_view(
    svg: str, key: str, *, selected: Sequence[str] = (), height: int = 640, view: str = "", label: str = "Network"
) -> NetworkEvent | None:
    """Draw `svg`, `height` pixels high; returns what the reader has just done, once.

    The drawing says with `id` and `class` what can be clicked: `layer` selects, `group folded` selects and opens,
    `group open` selects and closes. Of the ids in `selected`, ordered from the most to the least precise, the first
    that is drawn is marked and brought into sight. A drawing of another network comes with another `view` and is
    fitted afresh; under the same `view` the reader's place is kept. `label` names the drawing to a screen reader.
    """
    result = _view()(
        key=key,
        data={"svg": svg, "selected": list(selected), "height": height, "view": view, "label": label},
        on_event_change=lambda: None,
    )
    return NetworkEvent(**result.event) if result.get("event") else None


@st.cache_resource(show_spinner=False)
def _view():
    return st.components.v2.component("explorer.network_view", html=HTML, css="network_view.css", js="network_view.js")
