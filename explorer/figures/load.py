"""How busy the machine was while runs computed. A plain dictionary, as in `figures.curves`."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from explorer.figures.axes import LEGEND
from explorer.figures.downsample import kept

MOST_POINTS = 400
LINES = {"cpu": ("processor", "#0072B2"), "memory": ("memory", "#009E73"), "gpu": ("GPU", "#D55E00"), "gpu_memory": ("GPU memory", "#9467BD")}
GAP_SECONDS = 30.0  # without a row for so long, nothing measured: a run was paused, or the next one began later
NOTE = "of the whole machine, everything that ran on it included; a run from another machine tells of that one"


def load_chart(rows: Sequence[Mapping]) -> dict:
    """Processor, memory and GPU in percent against minutes since the first row.

    `rows`: `seconds` since 1970 and shares from 0 to 1 or None, of all workers, in any order. What nobody measured, such as
    a GPU that is not there, is left out. Where no row was written for long the lines are broken: nobody knows what was there.
    """
    rows = sorted(rows, key=lambda row: row["seconds"])
    began = rows[0]["seconds"] if rows else 0.0
    return {
        "data": [_line(key, rows, began) for key in LINES if key == "cpu" or any(row.get(key) is not None for row in rows)],
        "layout": {
            "title": {"text": "Load", "subtitle": {"text": NOTE if rows else "nothing recorded yet"}},
            "xaxis": {"title": {"text": "minutes since the first of these runs began"}, "rangemode": "tozero"},
            "yaxis": {"title": {"text": "in use (%)"}, "range": [0, 102]},
            "legend": LEGEND,
            "hovermode": "x unified",
            "showlegend": True,
        },
    }


def _line(key: str, rows: Sequence[Mapping], began: float) -> dict:
    name, shade = LINES[key]
    there = [row for row in rows if row.get(key) is not None]
    x = np.array([(row["seconds"] - began) / 60 for row in there])
    y = np.array([100 * row[key] for row in there])
    chosen = kept(x, y, MOST_POINTS)
    x, y = _broken(x, y, chosen)
    return {
        "type": "scatter",
        "name": name,
        "uid": key,
        "x": [round(value, 3) for value in x.tolist()] if there else [None],
        "y": [None if math.isnan(value) else round(value, 1) for value in y.tolist()] if there else [None],
        "mode": "lines",
        "line": {"color": shade, "width": 2},
        "hovertemplate": f"%{{y:.0f}}%<extra>{name}</extra>",
    }


def _broken(x: np.ndarray, y: np.ndarray, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The chosen points, with one that has no value wherever rows are missing between two of them.

    Long runs write their rows further and further apart, so what is a gap depends on how far apart most of them are.
    """
    between = np.diff(x)
    gap = max(GAP_SECONDS / 60, 4 * float(np.median(between))) if len(between) else 0.0
    stretch = np.concatenate(([0], np.cumsum(between > gap)))[chosen]
    after = np.flatnonzero(np.diff(stretch)) + 1
    middle = (x[chosen][after - 1] + x[chosen][after]) / 2
    return np.insert(x[chosen], after, middle), np.insert(y[chosen], after, np.nan)
