"""Gradients along a line between two pictures, how they resemble themselves, and how depth and distance change that."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.figures.axes import GUIDE, LEGEND, axis_number, upright
from explorer.figures.off_scale import edge_marks, written
from explorer.figures.series import looks, uid

BAND = "rgba(138,138,138,0.18)"
COLUMNS, GAP = 2, 0.06  # of the grid, and between its columns as a share of the width
ROW_GAP = 40  # pixels between the rows of the grid, for the titles of its cells
ROW_HEIGHT = 150
EDGES = 110  # pixels above and below a grid's rows
COSINE = "mean cosine between their gradients"
ALONG = "share of the way from the first picture to the last"
GROUPED_LEGEND = LEGEND | {"groupclick": "togglegroup"}


@dataclass(frozen=True)
class Curve:
    """Numbers of one network, `y` over `x`; `low` and `high` are their range over seeds, `panel` says with or without BN."""

    label: str
    family: str
    depth: int
    panel: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()


def grid_height(networks: int, panels: int) -> int:
    """Pixels that a grid of so many networks and panels takes, the row with the noises included."""
    return EDGES + ROW_HEIGHT * (1 + (networks if panels > 1 else math.ceil(networks / COLUMNS)))


def slope_grid(curves: Sequence[Curve], noises: Mapping[str, Sequence[float]], note: str = "") -> dict:
    """A small chart for each network, one row a network where there are two panels, and one for each of two noises in the last row.

    Every series is shown less its mean and divided by its standard deviation, so that shapes can be compared.
    """
    panels, labels = list(dict.fromkeys(one.panel for one in curves)), list(dict.fromkeys(one.label for one in curves))
    if len(panels) == 1:
        places = [divmod(i, COLUMNS) for i in range(len(curves))]
    else:
        places = [(labels.index(one.label), panels.index(one.panel)) for one in curves]
    rows = 2 + max((row for row, _ in places), default=-1)
    figure = _figure("The slope of the output along the line", note, GROUPED_LEGEND | {"visible": False})
    colours = looks(curves)
    for one, (row, column) in zip(curves, places):
        scaled = standardised(one.y)
        _add_cell(figure, f"{one.label} {one.panel}", one.x, scaled, colours[one.label]["color"], row, column, rows)
    x = curves[0].x if curves else []
    for column, (name, series) in enumerate(noises.items()):
        _add_cell(figure, name, x, standardised(series), GUIDE, rows - 1, column, rows)
    figure["layout"]["yaxis"]["title"] = {"text": "(df/dt − mean) / σ"}
    return figure


def autocorrelation_chart(curves: Sequence[Curve], expected: Mapping[str, Sequence[float]], band: float | None, title: str,
                          x_title: str) -> dict:
    """R(k) by lag, one panel for each distinct `panel`, with what is expected of each noise in grey.

    `band` is drawn around 0: where white noise of so many numbers stays 95% of the time.
    """
    dashes = dict(zip(expected, ("dash", "dot")))
    figure = _figure("Autocorrelation of the gradients", title, GROUPED_LEGEND)
    panels = _panels(figure, curves, x_title, "autocorrelation R(k)")
    for panel, axis in panels.items():
        for name, values in expected.items():
            trace = _line(name, list(range(len(values))), values, {"color": GUIDE, "dash": dashes[name], "width": 2}, axis, panel)
            figure["data"].append(trace | {"showlegend": panel == next(iter(panels))})
        if band is not None:
            figure["layout"]["shapes"].append(_stripe(band, axis))
    _add_curves(figure, curves, panels, "k = %{x}")
    return figure


def depth_chart(curves: Sequence[Curve], title: str, log: str = "") -> dict:
    """The mean cosine between gradients of neighbours by depth, with its range over seeds, one panel for each distinct `panel`.

    `log` has the logarithmic axes, "" or "y".
    """
    figure = _figure("How alike the gradients of neighbours are, by depth", title, GROUPED_LEGEND)
    panels = _panels(figure, curves, "depth in weighted layers", COSINE, log)
    _show_empty(figure, curves, (0, 60))
    _add_curves(figure, curves, panels, "depth %{x}", markers=True, log=log)
    return figure


def distance_chart(curves: Sequence[Curve], chosen: float, title: str, log: str = "") -> dict:
    """The mean cosine by distance on a logarithmic axis; at the `chosen` distance stands a line."""
    figure = _figure("How near is near enough?", title, GROUPED_LEGEND)
    panels = _panels(figure, curves, "distance as a share of the way to another picture", COSINE, log)
    _show_empty(figure, curves, (-5, 0))
    for axis in panels.values():
        figure["layout"][f"xaxis{axis}"] |= {"type": "log", "exponentformat": "power", "dtick": 1}
        figure["layout"]["shapes"].append(upright(chosen, {"color": GUIDE, "width": 1, "dash": "dot"}, axis))
    _add_curves(figure, curves, panels, "distance %{x:.3g}", markers=True, log=f"x{log}")
    return figure


def standardised(series: Sequence[float]) -> list[float]:
    """Less the mean, divided by the standard deviation; zeros where nothing varies. What is not finite stays as it is."""
    finite = [value for value in series if math.isfinite(value)]
    mean = math.fsum(finite) / len(finite) if finite else 0.0
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in finite) / len(finite)) if finite else 0.0
    return [(value - mean) / (spread or 1) if math.isfinite(value) else value for value in series]


def _add_curves(figure: dict, curves: Sequence[Curve], panels: Mapping[str, str], at: str, *, markers=False, log: str = "") -> None:
    look, shown, labels = looks(curves), set(), list(dict.fromkeys(one.label for one in curves))
    for one in curves:
        trace = _line(one.label, one.x, one.y, look[one.label] | {"width": 2.5}, panels[one.panel], one.panel)
        trace["showlegend"] = one.label not in shown
        trace["hovertemplate"] = f"%{{y:.3f}}<br>{at}<extra>{one.label} {one.panel}</extra>"
        shown.add(one.label)
        if markers:
            trace |= {"mode": "lines+markers", "marker": {"size": 7}}
        if one.low:
            above, below = ([_gap(end, y) for end, y in zip(ends, one.y)] for ends in (one.high, one.low))
            trace["error_y"] = {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "thickness": 1.2, "width": 3}
        figure["data"].append(trace)
        _mark(figure, one.x, one.y, look[one.label]["color"], panels[one.panel], labels.index(one.label), log)


def _add_cell(figure: dict, name: str, x: Sequence[float], y: Sequence[float], colour: str, row: int, column: int, rows: int) -> None:
    axis = axis_number(row * COLUMNS + column)
    width, inner = (1 - GAP * (COLUMNS - 1)) / COLUMNS, rows * ROW_HEIGHT
    top = 1 - row / rows
    left, bottom = column * (width + GAP), top - (ROW_HEIGHT - ROW_GAP) / inner
    trace = _line(name, x, y, {"color": colour, "width": 1.3}, axis)
    trace["hovertemplate"] = f"%{{y:.3g}} σ at %{{x:.4g}}<extra>{name}</extra>"
    figure["data"].append(trace)
    layout = figure["layout"]
    layout[f"xaxis{axis}"] = {"domain": [left, left + width], "anchor": f"y{axis}", "matches": "x", "showticklabels": row == rows - 1}
    if row == rows - 1:
        layout[f"xaxis{axis}"]["title"] = {"text": ALONG}
    layout[f"yaxis{axis}"] = {"domain": [max(bottom, 0), top], "anchor": f"x{axis}", "nticks": 4}
    corner = {"xref": f"x{axis} domain", "yref": f"y{axis} domain", "x": 0, "y": 1, "yshift": 2, "xanchor": "left", "yanchor": "bottom"}
    layout["annotations"].append(corner | {"text": f"<b>{name}</b>", "showarrow": False, "font": {"color": colour}})
    _mark(figure, x, y, colour, axis, 0, "")


def _figure(title: str, note: str, legend: Mapping) -> dict:
    titles = {"title": {"text": title, "subtitle": {"text": note}}, "legend": dict(legend), "hovermode": "closest"}
    return {"data": [], "layout": titles | {"annotations": [], "shapes": []}}


def _panels(figure: dict, curves: Sequence[Curve], x_title: str, y_title: str, log: str = "") -> dict[str, str]:
    """Axes side by side on one scale: the number of each panel's axes."""
    panels = list(dict.fromkeys(one.panel for one in curves)) or [""]
    width = (1 - GAP * (len(panels) - 1)) / len(panels)
    numbers = {}
    for place, panel in enumerate(panels):
        numbers[panel] = axis = axis_number(place)
        left = place * (width + GAP)
        figure["layout"][f"xaxis{axis}"] = {"title": {"text": x_title}, "domain": [left, left + width], "anchor": f"y{axis}"}
        figure["layout"][f"yaxis{axis}"] = {"anchor": f"x{axis}", "matches": "y", "type": "log" if "y" in log else "linear"}
        if panel:
            where = {"xref": f"x{axis} domain", "yref": f"y{axis} domain", "x": 0.5, "y": 1, "xanchor": "center", "yanchor": "bottom"}
            figure["layout"]["annotations"].append(where | {"text": panel, "showarrow": False})
    figure["layout"]["yaxis"]["title"] = {"text": y_title}
    return numbers


def _show_empty(figure: dict, curves: Sequence[Curve], x_range: Sequence[float]) -> None:
    """What the axes show while nothing is measured, where Plotly would choose at random; `x_range` as Plotly has it."""
    if not curves:
        figure["layout"]["xaxis"]["range"] = list(x_range)
        figure["layout"]["yaxis"] |= {"range": [0, 1], "type": "linear"}


def _line(name: str, x: Sequence[float], y: Sequence[float], line: Mapping, axis: str, panel: str = "") -> dict:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "uid": uid(f"{name} {panel}"),
        "legendgroup": name,
        "x": list(x),
        "y": [written(value) for value in y],
        # In the CSV there are no panels to tell two curves of one name apart.
        "text": [panel] * len(x) if panel else [],
        "line": dict(line),
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
    }


def _mark(figure: dict, x: Sequence[float], y: Sequence[float], colour: str, axis: str, row: int, log: str) -> None:
    # A logarithmic scale has no place for what is below zero either.
    shown = [max(value, 0) if "y" in log and value < 0 else value for value in y]
    annotations, shapes = edge_marks(x, shown, colour, axis=axis, log_x="x" in log, log_y="y" in log, row=row)
    figure["layout"]["annotations"] += annotations
    figure["layout"]["shapes"] += shapes


def _stripe(height: float, axis: str) -> dict:
    return {"type": "rect", "xref": f"x{axis} domain", "yref": f"y{axis}", "x0": 0, "x1": 1, "y0": -height, "y1": height,
            "fillcolor": BAND, "line": {"width": 0}, "layer": "below"}  # fmt: skip


def _gap(end: float, middle: float) -> float | None:
    gap = abs(end - middle)
    return gap if math.isfinite(gap) else None
