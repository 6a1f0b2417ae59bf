"""A canvas to draw on with mouse, finger or pen; the page hears of the drawing while it grows."""

import base64
import io
from collections.abc import Callable

import streamlit as st
from PIL import Image

from explorer.ui.components.reports import heard, hearing

SIDE = 280  # pixels of the drawing, whatever the screen
MOST_LETTERS = 500_000  # of a drawing that is sent: one takes a tenth at most
PNG = "data:image/png;base64,"

HTML = """
<div class="whole">
  <div class="paper"><canvas role="img" tabindex="0"></canvas><span class="hint" aria-hidden="true"></span></div>
  <div class="tools" role="toolbar" aria-label="Drawing tools"></div>
</div>
"""


def canvas(drawing: bytes | None, key: str, *, on_draw: Callable[[bytes | None], None], label: str, hint: str) -> None:
    """White ink on black, as large as its column but at most 320 pixels wide; `hint` stands on it while it is empty.

    `on_draw` hears the drawing as a PNG of 280 x 280 pixels, None once it is empty again, before the page runs: some tenths
    of a second after each move of the pen, and not more often than the page comes to rest in between. `drawing` is what the
    page has kept: the component shows it where it comes to stand afresh.
    """
    data = {"drawing": PNG + base64.b64encode(drawing).decode() if drawing else "", "side": SIDE, "label": label, "hint": hint}
    hear = hearing(key, lambda report: on_draw(png_of(report["drawing"])))
    _canvas()(key=key, data=data | {"heard": heard(key)}, on_report_change=hear)


def png_of(address) -> bytes | None:
    """The drawing in a data address as a grey PNG; None for an empty text and for anything else, as a browser can be made to send."""
    if not isinstance(address, str) or not address.startswith(PNG) or len(address) > MOST_LETTERS:
        return None
    try:
        with Image.open(io.BytesIO(base64.b64decode(address.removeprefix(PNG), validate=True)), formats=["PNG"]) as drawn:
            if drawn.size != (SIDE, SIDE):
                return None
            grey = drawn.convert("L")
    except (OSError, ValueError, SyntaxError):
        return None
    png = io.BytesIO()
    grey.save(png, "PNG", compress_level=1)
    return png.getvalue()


@st.cache_resource(show_spinner=False)
def _canvas():
    return st.components.v2.component("explorer.canvas", html=HTML, css="canvas/canvas.css", js="canvas/canvas.js")
