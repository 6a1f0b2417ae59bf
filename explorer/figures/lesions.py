"""What lesions do to trained networks: class probabilities, errors by block, by number and by order, and paths by length."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from explorer.figures.axes import LEGEND, axis_number
from explorer.figures.colours import colour, mix
from explorer.figures.off_scale import edge_marks, written
from explorer.figures.probabilities import distinct
from explorer.figures.seeds import over_seeds
from explorer.figures.series import looks, uid
from explorer.figures.text import extra, figure_text
from explorer.numbers import percent
from explorer.signals.paths import PathLength, shares

ERROR_AXIS = {"title": {"text": "validation error (%)"}, "range": [-2, 102], "autorange": False}
MOST_CLASSES = 10
PATH_PANELS = ("share of the paths (%)", "gradient norm along one path", "share of the gradient (%)")
LEAST_NAMED = 0.005  # a probability whose number is written beside its bar


@dataclass(frozen=True)
class WholeNet:
    """A network under lesions: its error when intact, from 0 to 1, and how many pictures it was judged by."""

    label: str
    family: str
    depth: int
    intact: float
    pictures: int


@dataclass(frozen=True)
class EachRemoved:
    """The error without each block in turn, and which of them change the signal's shape."""

    whole: WholeNet
    blocks: Sequence[str]
    errors: Sequence[float]
    changes_shape: Sequence[bool]


@dataclass(frozen=True)
class MoreRemoved:
    """In each draw the errors with 1, 2, … blocks removed."""

    whole: WholeNet
    draws: Sequence[Sequence[float]]


@dataclass(frozen=True)
class Reordered:
    """Pairs of Kendall's rank correlation with the order that was trained, and the error in that order."""

    whole: WholeNet
    points: Sequence[tuple[float, float]]


def class_bars(network: str, family: str, classes: Sequence[str], intact: Sequence[float], now: Sequence[float] | None) -> dict:
    """The likeliest classes of a picture, by the network as it was trained and with its lesion; `now` is None without one.

    Probabilities from 0 to 1, the classes in the order of the data; of more than ten, those that matter most to either.
    """
    greatest = [max(pair) for pair in zip(intact, now or intact, strict=True)]
    shown = sorted(sorted(range(len(classes)), key=lambda place: -greatest[place])[:MOST_CLASSES])
    names = distinct([classes[place] for place in shown])
    traces = [_bars("as trained", names, [intact[place] for place in shown], mix(colour(family), "#FFFFFF", 0.6))]
    if now is not None:
        traces.append(_bars("with the lesion", names, [now[place] for place in shown], colour(family)))
    layout = {
        "title": {"text": figure_text(network), "subtitle": {"text": "probability of each class for the picture"}},
        "xaxis": {"title": {"text": "probability (%)"}, "range": [0, 118], "tickvals": [0, 25, 50, 75, 100]},
        "yaxis": {"type": "category", "autorange": "reversed", "automargin": True},
        "barmode": "group",
        "bargap": 0.25,
        "legend": LEGEND | {"traceorder": "normal"},
        "showlegend": True,
    }
    return {"data": traces, "layout": layout}


def each_removed_chart(found: Sequence[EachRemoved]) -> dict:
    """The error without each block in turn, by the block's place; dotted: the intact network's."""
    look = looks([one.whole for one in found])
    traces = []
    for one in found:
        label, line = one.whole.label, look[one.whole.label]
        places = list(range(1, len(one.blocks) + 1))
        traces.append({
            "type": "scatter", "name": figure_text(label), "uid": uid(label), "mode": "lines+markers", "x": places,
            "y": _percent(one.errors), "text": list(one.blocks), "line": line | {"width": 2.5},
            "marker": {"size": 9, "symbol": ["diamond-open" if changes else "circle" for changes in one.changes_shape],
                       "color": line["color"], "line": {"width": 2, "color": line["color"]}},
            "hovertemplate": "%{y:.1f}% without %{text}" + extra(label),
        })  # fmt: skip
        traces.append(_intact(one.whole, places[0], places[-1], line))
    most = max(found, key=lambda one: len(one.blocks))
    layout = {
        "title": {"text": "Without each block in turn",
                  "subtitle": {"text": "diamonds: blocks that change the signal's shape; dotted: the intact networks"}},
        "xaxis": {"title": {"text": "removed block, counted from the input"}} | _places(most.blocks, [one.blocks for one in found]),
        "yaxis": ERROR_AXIS, "legend": LEGEND, "hovermode": "x unified",
    }  # fmt: skip
    return {"data": traces, "layout": layout}


def more_removed_chart(found: Sequence[MoreRemoved]) -> dict:
    """The error by the number of blocks removed: the mean of the draws, and from the least to the greatest of them."""
    look = looks([one.whole for one in found])
    traces = []
    for one in found:
        label, line = one.whole.label, look[one.whole.label]
        from_intact = [[one.whole.intact, *draw] for draw in one.draws]
        spread = over_seeds([(np.arange(len(draw)), np.array(_percent(draw))) for draw in from_intact], "range")
        x = spread.x.tolist()
        shade = f"rgba({','.join(str(int(colour(one.whole.family)[i : i + 2], 16)) for i in (1, 3, 5))},0.18)"
        for name, values, fill in ((f"{label}, least", spread.low, {}), (f"{label}, greatest", spread.high, {"fill": "tonexty"})):
            traces.append({
                "type": "scatter", "name": figure_text(name), "uid": uid(name), "x": x, "y": values.tolist(), "mode": "lines",
                "line": {"width": 0}, "fillcolor": shade, "showlegend": False, "hoverinfo": "skip", "legendgroup": label,
            } | fill)  # fmt: skip
        traces.append({
            "type": "scatter", "name": figure_text(label), "uid": uid(label), "x": x, "y": spread.mean.tolist(), "mode": "lines+markers",
            "line": line | {"width": 2.5}, "marker": {"size": 7}, "legendgroup": label,
            "hovertemplate": "%{y:.1f}%" + extra(label),
        })  # fmt: skip
    count = max((len(one.draws) for one in found), default=0)
    layout = {
        "title": {"text": "More and more blocks removed",
                  "subtitle": {"text": f"lines: mean of {count} random draws; bands: least to greatest; blocks that keep the shape only"}},
        "xaxis": {"title": {"text": "number of blocks removed"}, "rangemode": "tozero"},
        "yaxis": ERROR_AXIS, "legend": LEGEND, "hovermode": "x unified",
    }  # fmt: skip
    return {"data": traces, "layout": layout}


def reordered_chart(found: Sequence[Reordered]) -> dict:
    """The error by how much of the trained order of the blocks is left."""
    look = looks([one.whole for one in found])
    traces = []
    for one in found:
        label = one.whole.label
        points = [(1.0, one.whole.intact), *sorted(one.points, reverse=True)]
        traces.append({
            "type": "scatter", "name": figure_text(label), "uid": uid(label), "mode": "markers", "x": [round(tau, 4) for tau, _ in points],
            "y": _percent(error for _, error in points),
            "marker": {"size": 9, "color": look[label]["color"], "opacity": 0.75,
                       "symbol": "square" if one.whole.family == "plain" else "circle"},
            "hovertemplate": "%{y:.1f}% at τ = %{x:.2f}" + extra(label),
        })  # fmt: skip
    layout = {
        "title": {"text": "The same blocks in another order",
                  "subtitle": {"text": "each point: one order; at 1 the order that was trained"}},
        "xaxis": {"title": {"text": "Kendall's τ between this order of the blocks and the trained one"}, "autorange": "reversed"},
        "yaxis": ERROR_AXIS, "legend": LEGEND,
    }  # fmt: skip
    return {"data": traces, "layout": layout}


def path_chart(label: str, family: str, lengths: Sequence[PathLength], log: bool = True) -> dict:
    """How many paths there are of each length, how strong a gradient comes back along one, and their product's share.

    What is not finite stands at its panel's top edge by its word, and a norm of zero at the bottom of their axis where that is
    logarithmic.
    """
    whole = sum(one.paths for one in lengths)
    norms, percents = [one.norm for one in lengths], [100 * share for share in shares(lengths)]
    hue = colour(family)
    bars = {"type": "bar", "marker": {"color": hue}}
    line = {"type": "scatter", "mode": "lines+markers", "line": {"color": hue, "width": 2.5}}
    counts, along, parts = (_path_panel(place, label, lengths) for place, label in enumerate(PATH_PANELS))
    marked = (edge_marks(along[0]["x"], norms, hue, axis=axis_number(1), log_y=log),
              edge_marks(parts[0]["x"], percents, hue, axis=axis_number(2)))  # fmt: skip
    layout: dict = {
        "title": {"text": f"Paths through {figure_text(label)}, by length",
                  "subtitle": {"text": "the length is the number of residual branches on the way"}},
        "annotations": [*(heading for _, _, heading in (counts, along, parts)), *(word for words, _ in marked for word in words)],
        "shapes": [shape for _, shapes in marked for shape in shapes], "bargap": 0.15,
    }  # fmt: skip
    for _, axes, _ in (counts, along, parts):
        layout |= axes
    layout[f"yaxis{axis_number(1)}"] |= _norm_scale(norms) if log else {}
    traces = [
        counts[0] | bars | {"y": [100 * one.paths / whole for one in lengths]},
        along[0] | line | {"y": [written(norm) for norm in norms]},
        parts[0] | bars | {"y": [written(one) for one in percents]},
    ]
    return {"data": traces, "layout": layout}


def _path_panel(place: int, name: str, lengths: Sequence[PathLength]) -> tuple[dict, dict, dict]:
    """What the panels have alike: a trace without its values, the axes, and the heading."""
    left, axis = place * 0.36, axis_number(place)
    trace = {"name": name, "uid": uid(name), "x": [one.length for one in lengths], "xaxis": f"x{axis}", "yaxis": f"y{axis}",
             "hovertemplate": "%{y:.3g} at length %{x}<extra></extra>", "showlegend": False}  # fmt: skip
    axes = {
        f"xaxis{axis}": {"domain": [left, left + 0.28], "anchor": f"y{axis}", "title": {"text": "path length"}},
        f"yaxis{axis}": {"anchor": f"x{axis}", "rangemode": "tozero"},
    }
    heading = {"text": name, "x": left + 0.14, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "center", "yanchor": "bottom",
               "showarrow": False, "font": {"size": 13}}  # fmt: skip
    return trace, axes, heading


def _norm_scale(norms: Sequence[float]) -> dict:
    """A log axis with ticks for as many decades as there are."""
    drawn = [norm for norm in norms if 0 < norm < math.inf]
    decades = math.log10(max(drawn)) - math.log10(min(drawn)) if drawn else 0.0
    return {"type": "log", "tickformat": "~g" if decades < 3 else ".0e", "dtick": "D2" if decades < 2 else math.ceil(decades / 6)}


def _bars(name: str, classes: Sequence[str], probabilities: Sequence[float], filled: str) -> dict:
    return {
        "type": "bar", "name": name, "uid": uid(name), "orientation": "h", "y": list(classes), "x": [100 * one for one in probabilities],
        "text": [percent(one) if one >= LEAST_NAMED else "" for one in probabilities], "textposition": "outside", "cliponaxis": False,
        "constraintext": "none", "textfont": {"size": 11}, "marker": {"color": filled},
        "hovertemplate": "%{y}: %{x:.4g}%" + extra(name),
    }  # fmt: skip


def _intact(whole: WholeNet, first: int, last: int, line: Mapping) -> dict:
    name = f"{whole.label}, intact"
    return {
        "type": "scatter", "name": figure_text(name), "uid": uid(name), "mode": "lines", "x": [first, last],
        "y": _percent([whole.intact] * 2), "line": {"color": line["color"], "dash": "dot", "width": 1.5}, "hoverinfo": "skip", "showlegend": False,
    }  # fmt: skip


def _places(blocks: Sequence[str], everyone: Sequence[Sequence[str]]) -> dict:
    """The blocks' names at their places, where all networks have the same and there is room; else their numbers."""
    if len(blocks) > 12 or any(tuple(other) != tuple(blocks) for other in everyone):
        return {}
    return {"tickvals": list(range(1, len(blocks) + 1)), "ticktext": list(blocks)}


def _percent(parts: Iterable[float]) -> list[float]:
    return [round(100 * part, 4) for part in parts]
