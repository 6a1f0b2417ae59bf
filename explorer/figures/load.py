"""How busy the machine was while runs computed. A plain dictionary, as in `figures.curves`."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.figures.downsample import kept

MOST_POINTS = 400
LINES = {"cpu": ("processor", "#0072B2"), "memory": ("memory", "#009E73"), "gpu": ("GPU", "#D55E00"), "gpu_memory": ("GPU memory", "#E69F00")}
NOTE = "of the whole machine, everything that ran on it included"


def load_chart(rows: Sequence[Mapping]) -> dict:
    """Processor, memory and GPU in percent against minutes since the first row.

    `rows`: `seconds` since 1970 and shares from 0 to 1 or None, of all workers, in any order. What nobody measured, such as
    a GPU that is not there, is left out.
    """
    rows = sorted(rows, key=lambda row: row["seconds"])
    began = rows[0]["seconds"] if rows else 0.0
    return {
        "data": [_line(key, rows, began) for key in LINES if key == "cpu" or any(row.get(key) is not None for row in rows)],
        "layout": {
            "title": {"text": "Load", "subtitle": {"text": NOTE if rows else "nothing recorded yet"}},
            "xaxis": {"title": {"text": "minutes since the first of these runs began"}, "rangemode": "tozero"},
            "yaxis": {"title": {"text": "in use (%)"}, "range": [0, 102]},
            "legend": {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"},
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
    return {
        "type": "scatter",
        "name": name,
        "uid": key,
        "x": [round(value, 3) for value in x[chosen].tolist()] if there else [None],
        "y": [round(value, 1) for value in y[chosen].tolist()] if there else [None],
        "mode": "lines",
        "line": {"color": shade, "width": 2},
        "hovertemplate": f"%{{y:.0f}}%<extra>{name}</extra>",
    }
