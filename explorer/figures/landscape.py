"""The loss around trained networks: along a line, as contours, as a surface; all of a figure on one scale.

Figures are Plotly's JSON as dictionaries: a surface that fills in is drawn anew every second.
"""

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from explorer.figures.axes import GUIDE, LEGEND, upright
from explorer.figures.colours import colour
from explorer.figures.off_scale import edge_marks, written
from explorer.figures.series import DASHES
from explorer.figures.text import figure_text
from explorer.lab.landscapes import Surface
from explorer.numbers import printed

QUANTITIES = {"loss": "cross-entropy loss", "error": "error (%)"}
FIRST, SECOND = "first direction (filter lengths)", "second direction (filter lengths)"
IN_A_ROW = 3
COLOURS = "Viridis"
LEVELS = 16


def landscape_lines(surfaces: Sequence[Surface], quantity: str = "loss", log: bool = True) -> dict:
    """The quantity along the first direction, a curve a network; of a plane, the line through its middle."""
    log = _is_log(quantity, log)
    data, annotations, shapes = [], [], []
    looks = dict(zip((one.id for one in surfaces), _looks(surfaces)))
    names = dict(zip((one.id for one in surfaces), _texts(surfaces)))
    for row, one in enumerate(surfaces):
        values = _values(one, quantity)[len(_values(one, quantity)) // 2]
        look = looks[one.id]
        data.append({
            "type": "scatter", "mode": "lines+markers", "name": names[one.id], "uid": one.id, "x": list(one.axis),
            "y": [written(value) for value in values], "connectgaps": any(value is None for value in values), "line": look,
            "marker": {"size": 5, "color": look["color"]}, "hovertemplate": "%{y:.4g} at %{x:.3g}<extra>" + names[one.id] + "</extra>",
        })  # fmt: skip
        marks, lines = edge_marks(one.axis, values, look["color"], log_y=log, row=row)
        annotations += marks
        shapes += lines
    title = QUANTITIES[quantity]
    middle = upright(0, {"dash": "dot", "width": 1, "color": GUIDE})
    layout = {
        "title": {"text": f"The {title.removesuffix(' (%)')} along a line through the weights", "subtitle": {"text": _told(surfaces)}},
        "xaxis": {"title": {"text": FIRST}},
        "yaxis": {"title": {"text": title}, "type": "log" if log else "linear"} | ({} if log else {"rangemode": "tozero"}),
        "legend": LEGEND,
        "hovermode": "closest", "annotations": annotations, "shapes": [middle, *shapes],
    }  # fmt: skip
    return {"data": data, "layout": layout}


def landscape_contours(surfaces: Sequence[Surface], quantity: str = "loss", log: bool = True) -> dict:
    """Lines of equal height over the plane, a square a network, all squares with the same levels and colours."""
    log = _is_log(quantity, log)
    low, high = _range(surfaces, quantity, log)
    data, annotations = [], []
    layout = _layout(surfaces, quantity, low, high, log) | {"hovermode": "closest"}
    for number, (one, name, (across, up)) in enumerate(zip(surfaces, _texts(surfaces), _cells(len(surfaces))), 1):
        axis = "" if number == 1 else str(number)
        where = {"xaxis": f"x{axis}", "yaxis": f"y{axis}"}
        values = _values(one, quantity)
        places = {"x": list(one.axis), "y": list(one.axis)}
        data.append({
            "type": "contour", "name": name, "uid": one.id, "z": [[_height(value, log) for value in row] for row in values],
            "customdata": [[written(value) for value in row] for row in values], "coloraxis": "coloraxis",
            "connectgaps": _lacks(values), "contours": {"start": low, "end": high, "size": (high - low) / LEVELS}, "line": {"width": 0.7},
            "hovertemplate": f"%{{customdata}} at (%{{x:.3g}}, %{{y:.3g}})<extra>{name}</extra>", **places, **where,
        })  # fmt: skip
        annotations += [*_words(one, values, where, log), _centre(where), _heading(name, one, across, up, _not_drawn(values, log))]
        fits = {"constrain": "domain"}
        layout[f"xaxis{axis}"] = fits | {"domain": across, "anchor": f"y{axis}", "title": {"text": FIRST}}
        layout[f"yaxis{axis}"] = fits | {"domain": up, "anchor": f"x{axis}", "title": {"text": SECOND}, "scaleanchor": f"x{axis}"}
    return {"data": data, "layout": layout | {"annotations": annotations}}


def landscape_surfaces(surfaces: Sequence[Surface], quantity: str = "loss", log: bool = True) -> dict:
    """The plane as a landscape to turn about, a scene a network, all with the same heights and colours."""
    log = _is_log(quantity, log)
    low, high = _range(surfaces, quantity, log)
    data, annotations = [], []
    layout = _layout(surfaces, quantity, low, high, log)
    for number, (one, name, (across, up)) in enumerate(zip(surfaces, _texts(surfaces), _cells(len(surfaces))), 1):
        scene = "scene" if number == 1 else f"scene{number}"
        measured = _values(one, quantity)
        values = _filled(measured)
        heights = [[_height(value, log) for value in row] for row in values]
        # Plotly's scenes break for good on a surface without any height, as it is before the first point is measured.
        if any(height is not None for row in heights for height in row):
            data.append({
                "type": "surface", "name": name, "uid": one.id, "x": list(one.axis), "y": list(one.axis), "scene": scene,
                "z": [[written(value) for value in row] for row in values], "coloraxis": "coloraxis", "connectgaps": False,
                "surfacecolor": heights, "hovertemplate": f"%{{z:.4g}} at (%{{x:.3g}}, %{{y:.3g}})<extra>{name}</extra>",
                "lighting": {"ambient": 0.75, "diffuse": 0.5, "specular": 0.05},
            })  # fmt: skip
        # None at the ends: there those of two axes meet.
        ticks = {"tickvals": [-one.asked.span / 2, 0, one.asked.span / 2]}
        # The scale of a logarithmic axis of a scene is given in powers of ten, like that of every other.
        layout[scene] = {
            "domain": {"x": across, "y": up}, "dragmode": "turntable", "aspectmode": "manual", "aspectratio": {"x": 1, "y": 1, "z": 0.8},
            "camera": {"eye": {"x": 1.15, "y": -1.45, "z": 0.85}, "center": {"x": 0, "y": 0, "z": -0.14}},
            "xaxis": {"title": {"text": "first direction"}} | ticks, "yaxis": {"title": {"text": "second direction"}} | ticks,
            "zaxis": {"title": {"text": ""}, "type": "log" if log else "linear", "range": [low, high], "dtick": 1 if log else None},
        }  # fmt: skip
        annotations.append(_heading(name, one, across, up, _not_drawn(measured, log)))
    return {"data": data, "layout": layout | {"annotations": annotations}}


def landscape_page(surfaces: Sequence[Surface]) -> bytes:
    """The figure as a page of its own that needs no network: surfaces to turn about, or lines."""
    import plotly.graph_objects as go

    draw = landscape_surfaces if surfaces[0].asked.dims == 2 else landscape_lines
    return go.Figure(draw(surfaces)).to_html(include_plotlyjs=True).encode()


def labels(surfaces: Sequence[Surface]) -> list[str]:
    """What tells the surfaces apart: title, and where that is not enough the model, seed, span and pictures."""
    found = [one.title.rpartition(", ")[0] or one.title for one in surfaces]
    parts = (lambda one: one.title.rpartition(", ")[2], lambda one: f"seed {one.seed}", lambda one: f"reach {one.asked.span:g}",
             lambda one: f"{one.asked.pictures} pictures", lambda one: f"{one.asked.points} points", lambda one: one.id)  # fmt: skip
    for part in parts:
        if len(set(found)) < len(found):
            told = [part(one) for one in surfaces]
            found = [f"{name}, {more}" if len({other for other, same in zip(told, found) if same == name}) > 1 else name
                     for name, more in zip(found, told)]  # fmt: skip
    return found


def _looks(surfaces: Sequence[Surface]) -> Iterator[dict]:
    """A line in the family's colour, solid for its first network."""
    seen: dict[str, int] = {}
    for one in surfaces:
        rank = seen[one.family] = seen.get(one.family, -1) + 1
        yield {"color": colour(one.family), "dash": DASHES[rank % len(DASHES)], "width": 2.5}


def _values(one: Surface, quantity: str) -> list[list[float | None]]:
    if quantity == "loss":
        return [list(row) for row in one.loss]
    return [[value if value is None else 100 * value for value in row] for row in one.error]


def _lacks(values: Sequence[Sequence[float | None]]) -> bool:
    """Whether some points are still to be measured: until then what is between the others is drawn across."""
    return any(value is None for row in values for value in row)


def _filled(values: Sequence[Sequence[float | None]]) -> list[list[float | None]]:
    """With the values of coarser lattices, towards the middle, where a point is still to be measured: a surface of steps, not of holes."""
    middle = len(values) // 2

    def known(i: int, j: int) -> float | None:
        size = 1
        while values[i][j] is None and size <= middle:
            size *= 2
            i, j = (middle + math.trunc((place - middle) / size) * size for place in (i, j))
        return values[i][j]

    return [[known(i, j) for j in range(len(row))] for i, row in enumerate(values)]


def _is_log(quantity: str, log: bool) -> bool:
    """An error may be 0, which has no logarithm."""
    return log and quantity == "loss"


def _height(value: float | None, log: bool) -> float | None:
    """Where a value is on the scale of heights and colours; None where it has no place there."""
    if value is None or not math.isfinite(value) or log and value <= 0:
        return None
    return round(math.log10(value), 4) if log else float(f"{value:.4g}")


def _range(surfaces: Sequence[Surface], quantity: str, log: bool) -> tuple[float, float]:
    """The lowest and the highest point of all, on the scale that is drawn."""
    heights = [height for one in surfaces for row in _values(one, quantity) for value in row if (height := _height(value, log)) is not None]
    low, high = (min(heights), max(heights)) if heights else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _layout(surfaces: Sequence[Surface], quantity: str, low: float, high: float, log: bool) -> dict:
    bar = {"title": {"text": QUANTITIES[quantity], "side": "right"}}
    if log:
        ticks = _ticks(low, high)
        bar |= {"tickvals": [math.log10(tick) for tick in ticks], "ticktext": [f"{tick:g}" for tick in ticks]}
    title = f"The {QUANTITIES[quantity].removesuffix(' (%)')} around each network, on one scale"
    return {
        "title": {"text": title, "subtitle": {"text": _told(surfaces)}},
        "coloraxis": {"cmin": low, "cmax": high, "colorscale": COLOURS, "colorbar": bar},
        "showlegend": False,
    }


def _ticks(low: float, high: float) -> list[float]:
    """1, 2 and 5 of each power of ten between two logarithms; of many powers the 1 only."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    steps = (1,) if high - low > 3 else (1, 2, 5)
    found = [step * 10.0**power for power in powers for step in steps]
    return [tick for tick in found if low - 1e-9 <= math.log10(tick) <= high + 1e-9] or [10.0**low, 10.0**high]


def _cells(count: int) -> list[tuple[list[float], list[float]]]:
    """The part of the width and of the height that each of so many drawings has, row by row from the top."""
    columns = count if count <= IN_A_ROW else math.ceil(count / 2)
    rows = math.ceil(count / columns) if count else 1
    gap, head = 0.09 if columns > 1 else 0, 0.08
    found = []
    for index in range(count):
        row, column = divmod(index, columns)
        wide, tall = (1 - gap * (columns - 1)) / columns, 1 / rows
        left, bottom = column * (wide + gap), 1 - (row + 1) * tall
        up = [bottom + (0.12 * tall if rows > 1 else 0), bottom + tall * (1 - head)]
        found.append(([round(left, 6), round(left + wide, 6)], [round(edge, 6) for edge in up]))
    return found


def _texts(surfaces: Sequence[Surface]) -> list[str]:
    return [figure_text(label) for label in labels(surfaces)]


def _heading(name: str, one: Surface, across: list[float], up: list[float], not_drawn: str) -> dict:
    where = {"xref": "paper", "yref": "paper", "x": sum(across) / 2, "y": up[1], "xanchor": "center", "yanchor": "bottom"}
    text = f'<span style="color:{colour(one.family)}">■</span> <b>{name}</b>{not_drawn}'
    return where | {"text": text, "font": {"size": 13}, "showarrow": False}


def _not_drawn(values: Sequence[Sequence[float | None]], log: bool) -> str:
    """How many points have no place on the scale, by their word, and how many are drawn across since they are still to be measured."""
    every = [value for row in values for value in row]
    told = []
    if counts := Counter(printed(value) for value in every if value is not None and _height(value, log) is None):
        points = "points" if counts.total() > 1 else "point"
        told.append(f"not drawn: {', '.join(f'{said} at {count:,}' for said, count in counts.most_common())} {points}")
    if missing := every.count(None):
        told.append(f"{missing:,} of {len(every):,} points drawn across, not measured yet")
    return f'<br><span style="font-size:11px">{"; ".join(told)}</span>' if told else ""


def _centre(where: dict) -> dict:
    """The trained network itself."""
    return {"text": "+", "x": 0, "y": 0, "xref": where["xaxis"], "yref": where["yaxis"], "showarrow": False,
            "font": {"size": 18, "color": "#FFFFFF"}}  # fmt: skip


def _words(one: Surface, values: Sequence[Sequence[float | None]], where: dict, log: bool) -> list[dict]:
    """The points that have no height, by their word."""
    return [
        {"text": printed(value), "x": x, "y": y, "xref": where["xaxis"], "yref": where["yaxis"],
         "showarrow": False, "font": {"size": 9}}
        for y, row in zip(one.axis, values) for x, value in zip(one.axis, row) if value is not None and _height(value, log) is None
    ]  # fmt: skip


def _told(surfaces: Sequence[Surface]) -> str:
    """What was measured, and how far apart."""
    seeds = sorted({one.seed for one in surfaces})
    seeds_told = f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {', '.join(map(str, seeds))}"
    points = " and ".join(dict.fromkeys(" × ".join([str(one.asked.points)] * one.asked.dims) for one in surfaces))
    pictures = " and ".join(f"{count:,}" for count in sorted({one.asked.pictures for one in surfaces}))
    return f"filter-normalised random directions, {seeds_told}; {points} points; {pictures} validation pictures; BN as trained"
