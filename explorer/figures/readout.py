"""The answer over depth: one number of several networks after every block, and one network's likeliest classes at every place."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from explorer.figures.axes import GUIDE, LEGEND, upright
from explorer.figures.colours import colour
from explorer.figures.off_scale import edge_marks, written
from explorer.figures.probabilities import distinct
from explorer.figures.series import looks, uid
from explorer.figures.text import extra, figure_text

MOST_CLASSES = 8
MOST_NAMED = 10  # places whose names find room below an axis
MOST_MARKED = 60  # places whose answers are marked one by one
EDGE, LINE = 170, 26  # pixels around the rows of a heatmap, and of one
# Of the networks of a chart in their order; with a lesion they have the same, hollow.
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down", "star", "hexagon")
# Of a network with a lesion, by the dash that it has without.
INJURED = {"solid": "dot", "dash": "4px,8px", "dot": "1px,8px", "dashdot": "1px,4px,4px,8px"}
# A heatmap's shares and how opaque they are: a root, which leaves little ones legible on a dark page too.
OPACITIES = tuple((share, share**0.4) for share in (0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1))


@dataclass(frozen=True)
class Quantity:
    """What is drawn of every place. `unit` names the axis; `limits` are its fixed range, `bars` those of changes from place to place."""

    title: str
    unit: str
    limits: tuple[float, float] | None
    written: str
    bars: bool = False


QUANTITIES = {
    "probability": Quantity("The class after every block", "probability (%)", (-2, 102), "%{y:.4g}%"),
    "added": Quantity("What each block changes", "change of the probability (points)", None, "%{y:+.4g} points", bars=True),
    "entropy": Quantity("Uncertainty after every block", "entropy (bits)", None, "%{y:.3g} bits"),
    "margin": Quantity("The likeliest class's lead over the next, after every block", "lead (points)", (-2, 102), "%{y:.4g} points"),
    "error": Quantity("Error of the read-outs", "error (%)", (-2, 102), "%{y:.4g}% wrong"),
}


@dataclass(frozen=True)
class DepthLine:
    """One network's `values` at its `places` (the stem first), as they are drawn; `said` stands beside each when pointed at.

    A `removed` network is one with a lesion: its line is thinner and dotted, its symbols are hollow.
    """

    label: str
    family: str
    depth: int
    places: Sequence[str]
    values: Sequence[float]
    said: Sequence[str]
    removed: bool = False


def depth_chart(lines: Sequence[DepthLine], quantity: Quantity, subtitle: str) -> dict:
    """Over the blocks where all networks have the same, else over the share of them that is passed."""
    same = all(tuple(line.places) == tuple(lines[0].places) for line in lines)
    look = looks([line for line in lines if not line.removed])
    symbols = dict(zip(look, cycle(SYMBOLS), strict=False))
    traces, annotations, shapes = [], [], []
    for row, line in enumerate(lines):
        x = list(range(len(line.places))) if same else [round(100 * at / (len(line.places) - 1), 3) for at in range(len(line.places))]
        traces.append(_trace(line, look[line.label], symbols[line.label], quantity) | {"x": x})
        words, edges = edge_marks(x, [float(value) for value in line.values], look[line.label]["color"], row=row)
        annotations += words
        shapes += edges
    if same:
        stages, names = _stages(lines[0].places)
        shapes += stages
        annotations += names
    y: dict = {"title": {"text": quantity.unit}}
    y |= {"range": list(quantity.limits), "autorange": False} if quantity.limits else {} if quantity.bars else {"rangemode": "tozero"}
    layout = {
        "title": {"text": quantity.title, "subtitle": {"text": figure_text(subtitle)}},
        "xaxis": _depth_axis(lines[0].places) if same else {"title": {"text": "share of the blocks passed (%)"}},
        "yaxis": y, "legend": LEGEND, "showlegend": True, "hovermode": "closest", "annotations": annotations, "shapes": shapes,
    }  # fmt: skip
    return {"data": traces, "layout": layout | ({"barmode": "group", "bargap": 0.2} if quantity.bars else {})}


def answers_chart(label: str, family: str, places: Sequence[str], classes: Sequence[str], probabilities: np.ndarray,
                  answers: Sequence[int | None]) -> dict:
    """One network: a row for each class that leads at a place or is likely at one, a column for each place; circles: the likeliest.

    `probabilities` float [places, classes], from 0 to 1.
    """
    shown = shown_classes(probabilities, answers)
    names = distinct([classes[one] for one in shown])
    leaders = {at: names[shown.index(answer)] for at, answer in enumerate(answers) if answer in shown}
    which = "each class" if len(shown) == len(classes) else f"the {len(shown)} classes, of {len(classes):,}, that are likeliest anywhere"
    subtitle = f"probability of {which}, after every block; circles: the likeliest there"
    layout = {
        "title": {"text": figure_text(label), "subtitle": {"text": subtitle}},
        "xaxis": _depth_axis(places) | {"showgrid": False, "zeroline": False},
        "yaxis": {"type": "category", "autorange": "reversed", "automargin": True, "showgrid": False}, "showlegend": False,
        "shapes": _stages(places)[0],
    }  # fmt: skip
    return {"data": [_heat(names, places, probabilities[:, shown], colour(family)), _leaders(leaders, len(places))], "layout": layout}


def _heat(names: Sequence[str], places: Sequence[str], probabilities: np.ndarray, hue: str) -> dict:
    """Of probabilities [places, names]; nothing is the page's own colour, light or dark."""
    channels = ",".join(str(int(hue[i : i + 2], 16)) for i in (1, 3, 5))
    return {
        "type": "heatmap", "name": "probability (%)", "x": list(range(len(places))), "y": names, "text": [list(places)] * len(names),
        "z": [[written(float(cell)) if math.isfinite(cell) else None for cell in row] for row in 100 * probabilities.T],
        "colorscale": [[share, f"rgba({channels},{opacity:.3f})"] for share, opacity in OPACITIES], "zmin": 0, "zmax": 100,
        "hoverongaps": False, "xgap": 1, "ygap": 1,
        "hovertemplate": "%{y}: %{z:.4g}% after %{text}<extra></extra>", "colorbar": {"title": {"text": "%"}, "thickness": 10},
    }  # fmt: skip


def _leaders(names: Mapping[int, str], places: int) -> dict:
    """The likeliest class's name by its place, of so many places."""
    return {
        "type": "scatter", "mode": "markers" if places <= MOST_MARKED else "lines", "name": "likeliest",
        "uid": "likeliest", "x": list(names), "y": list(names.values()), "hoverinfo": "skip",
        "marker": {"size": 7, "color": "#FFFFFF", "line": {"width": 1.5, "color": "#262626"}}, "line": {"color": GUIDE, "width": 2},
    }  # fmt: skip


def _trace(line: DepthLine, look: dict, symbol: str, quantity: Quantity) -> dict:
    """A network's curve or bars, without their places."""
    name = f"{line.label}, with the lesion" if line.removed else line.label
    return (_bars(look) if quantity.bars else _curve(look, symbol, line)) | {
        "name": figure_text(name), "uid": uid(name), "y": [written(float(value)) for value in line.values],
        "text": [figure_text(f"{_after(place)}{said}") for place, said in zip(line.places, line.said, strict=True)],
        "hovertemplate": f"{quantity.written} %{{text}}{extra(name)}",
    }  # fmt: skip


def answers_height(rows: int) -> int:
    """Pixels at which the classes' names can be read."""
    return EDGE + LINE * rows


def shown_classes(probabilities: np.ndarray, answers: Sequence[int | None]) -> list[int]:
    """The last place's answer first, then the classes that lead at most places, then those that are likeliest at one."""
    leading = [answer for answer in answers if answer is not None]
    highest = np.nan_to_num(probabilities).max(axis=0)
    order = sorted(range(len(highest)), key=lambda one: (one != (leading or [None])[-1], -leading.count(one), -highest[one], one))
    return order[:MOST_CLASSES]


def changes(values: Sequence[float]) -> list[float]:
    """What every place adds to the one before it; the first has nothing before it and stands for itself."""
    return [value - before for value, before in zip(values, [0.0, *values[:-1]], strict=True)]


def _curve(look: dict, symbol: str, line: DepthLine) -> dict:
    style, marker = look | {"width": 2.5}, {"size": 8, "symbol": symbol, "color": look["color"]}
    if line.removed:
        style |= {"width": 1.5, "dash": INJURED[look["dash"]]}
        marker |= {"size": 9, "symbol": f"{symbol}-open", "line": {"width": 1.5}}
    return {"type": "scatter", "mode": "lines+markers" if len(line.places) <= MOST_MARKED else "lines", "line": style, "marker": marker}


def _bars(look: dict) -> dict:
    return {"type": "bar", "textposition": "none", "marker": {"color": look["color"]}}


def _after(place: str) -> str:
    return f"after {place}"


def _depth_axis(places: Sequence[str]) -> dict:
    """The places' names, where there is room for all; else those that begin a stage, and the last."""
    at = range(len(places))
    named = [i for i in at if len(places) <= MOST_NAMED or i == 0 or i == len(places) - 1 or _stage(places[i]) != _stage(places[i - 1])]
    if len(places) > MOST_NAMED and len(named) > 1 and named[-1] - named[-2] < len(places) / 12:
        del named[-2]  # the last two would overlap
    if len(places) > MOST_NAMED and len(named) > 1 and named[1] - named[0] < len(places) / 12:
        del named[1]
    return {"title": {"text": "block, counted from the input"}, "tickvals": named, "ticktext": [places[i] for i in named],
            "autotickangles": [0, 90], "automargin": True,  # upright where a window is narrow
            "range": [-0.6, len(places) - 0.4], "autorange": False}  # fmt: skip


def _stages(places: Sequence[str]) -> tuple[list[dict], list[dict]]:
    """A line before the first block of every stage, and the stages' names."""
    begins = [at for at in range(1, len(places)) if _stage(places[at]) != _stage(places[at - 1])]
    shapes = [upright(at - 0.5, {"color": GUIDE, "width": 1, "dash": "dot"}) for at in begins]
    names = [
        {"x": at - 0.5, "y": 1, "xref": "x", "yref": "paper", "xanchor": "left", "yanchor": "bottom", "showarrow": False,
         "text": f" {_stage(places[at])}", "font": {"size": 11, "color": GUIDE}}
        for at in begins
    ]  # fmt: skip
    return shapes, names


def _stage(place: str) -> str:
    return place.partition(".")[0]
