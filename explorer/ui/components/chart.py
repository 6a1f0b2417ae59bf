"""The chart of the app: a Plotly figure that keeps what its reader did to it while its data goes on changing."""

import filecmp
import importlib.util
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

FRONTEND = Path(__file__).resolve().parents[1] / "frontend" / "chart"

HTML = """
<figure class="explorer-chart">
  <figcaption>
    <div class="explorer-chart-text"><strong></strong><span></span></div>
    <div class="explorer-chart-tools" role="toolbar" aria-label="Chart tools"></div>
  </figcaption>
  <div class="explorer-chart-plot" tabindex="0"></div>
</figure>
"""


def chart(
    figure: "Figure | dict",
    key: str,
    *,
    height: int = 400,
    log_toggle: bool = False,
    filename: str = "chart",
    view: str = "",
) -> None:
    """Draw `figure`, `height` pixels high, in the colours of the page's theme.

    Zoom, pan, hidden traces and the log scale belong to the reader: they outlive every rerun and tick under the
    same `key`. A chart that comes to show something else under its key says so with another `view`, and its zoom
    starts afresh. `log_toggle` offers a logarithmic y axis, starting as the figure has it. `filename`, without
    extension, names the downloads: the picture (PNG and SVG) and the data of the traces (CSV).
    """
    show_drawing(drawing(figure, key, height=height, log_axes="y" if log_toggle else "", filename=filename, view=view), key)


def drawing(
    figure: "Figure | dict",
    key: str,
    *,
    height: int = 400,
    log_axes: str = "",
    tells: bool = False,
    filename: str = "chart",
    view: str = "",
) -> bytes:
    """What the browser is given to draw, as `chart` describes it: worth keeping where many sessions watch the same.

    `figure` is Plotly's, or its JSON as a dictionary. `log_axes` are those that the reader can make logarithmic: "", "x", "y"
    or "xy"; with `tells` the page is told, `show_drawing` is to be given its `on_log`, and the scales are the figure's own.
    """
    # The page's theme takes the place of the figure's template, which is most of the bytes of a small figure.
    drawn = figure if isinstance(figure, dict) else figure.to_plotly_json()
    layout = {name: value for name, value in drawn["layout"].items() if name != "template"}
    text = _as_json(figure, {"data": drawn["data"], "layout": layout})
    whole = {"figure": text, "key": key, "view": view, "height": height, "logAxes": log_axes, "tells": tells, "filename": filename}
    return json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()


def show_drawing(drawn: bytes, key: str, on_log: Callable[[str], None] | None = None) -> None:
    """Draw what `drawing` made under the same key. `on_log` hears which axes the reader has made logarithmic, before the
    page runs again, for the page to keep in its address."""

    def hear() -> None:
        axes = st.session_state[key].get("log")
        if axes is not None:
            on_log(axes.removeprefix("log "))

    # Bytes go to the browser as they are; a text would be written as JSON once more, and hashed, in every session.
    _chart()(key=key, data=drawn, **({"on_log_change": hear} if on_log else {}))


def provide_plotly() -> Path:
    """Plotly's browser script, copied out of the installed package to where the component can load it."""
    (package,) = importlib.util.find_spec("plotly").submodule_search_locations
    source = Path(package) / "package_data" / "plotly.min.js"
    target = FRONTEND / "plotly.min.js"
    if not (target.is_file() and filecmp.cmp(source, target, shallow=False)):
        # Several servers may start at once: each writes a file of its own, and the rename is atomic.
        part = target.with_suffix(f".{os.getpid()}.part")
        shutil.copyfile(source, part)
        part.replace(target)
    return target


@st.cache_resource(show_spinner=False)
def _chart():
    provide_plotly()
    return st.components.v2.component(
        "explorer.chart", html=HTML, css="chart/chart.css", js="chart/chart.js", isolate_styles=False
    )


def _as_json(figure: "Figure | dict", drawn: dict) -> str:
    """Arrays become plain lists, so that the browser can write them into the CSV; not-a-number becomes null."""
    if isinstance(figure, dict):
        return json.dumps(drawn, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    from plotly.utils import PlotlyJSONEncoder

    return json.dumps(drawn, cls=PlotlyJSONEncoder, separators=(",", ":"))
