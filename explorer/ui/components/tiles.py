"""A grid of small pictures to look at, or of which the reader picks one: by mouse, finger or keyboard."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import streamlit as st

from explorer.ui.components.reports import heard, hearing

HTML = '<div class="tiles"></div>'


@dataclass(frozen=True)
class Tile:
    """`image` is an address, such as `ui.picture.png_uri` makes; `title` and `caption` are plain text, whoever wrote them."""

    id: str
    image: str
    title: str
    caption: str = ""


def tiles(
    items: Sequence[Tile],
    key: str,
    *,
    selected: str = "",
    on_pick: Callable[[str], None] | None = None,
    size: int = 96,
    most_height: int | None = None,
    label: str = "Pictures",
) -> None:
    """Draw `items` in rows, as many to a row as find a square of `size` pixels each; an image of fewer pixels shows them as squares.

    With `on_pick` it hears the id of the one that the reader picks, before the page runs again, and the item whose id is
    `selected` is marked; without, they are to be looked at and nothing more. Beyond `most_height` pixels the grid scrolls. `label`
    names it to a screen reader.
    """
    content = json.dumps([asdict(item) for item in items], separators=(",", ":"))
    data = {"content": content, "selected": selected, "size": size, "height": most_height, "label": label}
    hear = {"on_report_change": hearing(key, lambda report: on_pick(report["picked"]))} if on_pick else {}
    _tiles()(key=key, data=data | {"isPicked": on_pick is not None, "heard": heard(key)}, **hear)


@st.cache_resource(show_spinner=False)
def _tiles():
    return st.components.v2.component("explorer.tiles", html=HTML, css="tiles/tiles.css", js="tiles/tiles.js")
