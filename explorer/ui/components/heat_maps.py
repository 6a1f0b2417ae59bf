"""Pictures under heat, side by side: how strongly it covers them is the reader's, and a place pointed at in one is marked in all."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from explorer.ui.components.reports import heard, hearing

HTML = """
<div class="whole">
  <label class="strength"><span>Strength of the overlay</span><input type="range" min="0" max="100" step="1"><output></output></label>
  <div class="figures"></div>
</div>
"""


@dataclass(frozen=True, eq=False)
class HeatMap:
    """A picture (`base`) and what is laid over it (`overlay`), both addresses of images of one size, `width` x `height`.

    `values` [rows, columns] lie in `frame`: left, top, right and bottom as shares of the picture, outside of which nothing was
    computed. `legend` are places from 0 to 1 with CSS colours, `ends` the values at its left and right end, in `unit`. All texts
    are plain, whoever wrote them. `filename`, without ending, names what is taken away: picture and values.
    """

    id: str
    title: str
    subtitle: str
    base: str
    overlay: str
    width: int
    height: int
    values: np.ndarray
    frame: tuple[float, float, float, float]
    legend: Sequence[tuple[float, str]]
    ends: tuple[float, float]
    unit: str
    filename: str


def heat_maps(
    maps: Sequence[HeatMap], key: str, *, strength: int = 60, on_strength: Callable[[int], None] = lambda strength: None
) -> None:
    """Draw the maps in rows. `strength` is how far the overlay covers the picture, in per cent; `on_strength` hears what the reader
    makes of it, before the page runs again."""
    data = {"content": _content(maps), "strength": strength, "heard": heard(key)}
    hear = hearing(key, lambda report: on_strength(min(100, max(0, int(report["strength"])))))
    _heat_maps()(key=key, data=data, on_report_change=hear)


def _content(maps: Sequence[HeatMap]) -> str:
    """What stays while the strength changes."""
    told = [{**vars(one), "values": base64.b64encode(np.ascontiguousarray(one.values, "<f4").tobytes()).decode(),
             "rows": one.values.shape[0], "columns": one.values.shape[1]} for one in maps]  # fmt: skip
    return json.dumps(told, separators=(",", ":"), allow_nan=False)


@st.cache_resource(show_spinner=False)
def _heat_maps():
    return st.components.v2.component("explorer.heat_maps", html=HTML, css="heat/heat_maps.css", js="heat/heat_maps.js")
