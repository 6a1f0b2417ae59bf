"""What every layer of a training network does, by depth at one step and as heatmaps over all steps.

Plain dictionaries, as in `figures.curves`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.anatomy.overlay import thinned
from explorer.figures.axes import CURSOR, GUIDE, LEGEND, axis_number, upright
from explorer.figures.off_scale import edge_marks
from explorer.figures.series import DEPTH, LayerValues, looks, uid
from explorer.figures.text import extra, figure_text

MOST_COLUMNS = 150
MOST_POWERS = 6  # of ten, with a label
LINEAR = {"type": "linear", "rangemode": "tozero"}
GUIDE_LINE = {"color": GUIDE, "width": 1.5, "dash": "dash"}
NOT_FINITE = "NaN or ∞"  # runs do not record which


@dataclass(frozen=True)
class Quantity:
    """What is measured of each layer: its name, its unit, whether it spans decades, and a value to hold it against, if there is one."""

    title: str
    unit: str
    log: bool
    note: str
    guide: float | None = None


QUANTITIES = {
    "gradient": Quantity("Gradient norm", "‖∂L/∂W‖₂", True, "weights of convolution and linear layers"),
    "update": Quantity("Update / weight ratio", "‖ΔW‖₂ / ‖W‖₂", True, "the optimiser's step over the weights before it", 1e-3),
    "activation": Quantity("Activation std", "standard deviation", False, "of each ReLU's result over the batch"),
    "dead": Quantity("Dead ReLU share", "share of channels", False, "channels of each ReLU's result that are 0 for the whole batch"),
}


def layer_profile(series: Sequence[LayerValues], quantity: Quantity, step: int | None = None, cursor: str = "") -> dict:
    """Every layer by depth, of each network at `step` or, with None, at its latest. At `cursor`, a layer's name, stands a line."""
    look = looks(series)
    traces = [_profile(one, look[one.label], quantity, step) for one in series]
    if quantity.guide and (deepest := max((len(trace["text"]) for trace in traces), default=0)):
        traces.append(_guide(quantity.guide, deepest))
    scale = log_scale([value for trace in traces for value in trace["y"] if value]) if quantity.log else LINEAR
    layout = {
        "title": {"text": f"{quantity.title} of each layer", "subtitle": {"text": f"{_when(series, step)}; {quantity.note}"}},
        "xaxis": {"title": {"text": DEPTH}},
        "yaxis": {"title": {"text": f"{quantity.title[0].lower()}{quantity.title[1:]} ({quantity.unit})"}} | scale,
        "legend": LEGEND,
        "hovermode": "x unified",
    }
    return {"data": traces, "layout": layout | _marks(series, look, quantity, step, cursor)}


def layer_heatmaps(panels: Sequence[LayerValues], quantity: Quantity, step: int | None = None, dark: bool = True) -> dict:
    """Layer x step, one panel a network in the given order, all on one colour scale; a line stands at `step`.

    What is large is bright where the page is dark, and dark where it is not, as in a network's drawing.
    """
    values = [_columns(one, quantity) for one in panels]
    figure = {
        "data": [],
        "layout": {
            "title": {
                "text": f"{quantity.title} over training",
                "subtitle": {"text": "layers counted from the input, at the bottom; one colour scale for all panels"},
            },
            "coloraxis": _colour_axis(values, quantity) | ({} if dark else {"reversescale": True}),
            "annotations": [],
            "shapes": [],
        },
    }
    for index, (one, (steps, z)) in enumerate(zip(panels, values)):
        _panel(figure, index, len(panels), one, steps, z, quantity)
        if step is not None:
            figure["layout"]["shapes"].append(upright(step, CURSOR, axis_number(index)))
    return figure


def colour_range(panels: Sequence[LayerValues], quantity: Quantity) -> tuple[float, float] | None:
    """The least and the greatest value that the heatmaps' colours reach from and to; None where nothing is measured."""
    values = [_columns(one, quantity) for one in panels]
    if not any(np.isfinite(z).any() for _, z in values):
        return None
    axis = _colour_axis(values, quantity)
    return (10 ** axis["cmin"], 10 ** axis["cmax"]) if quantity.log else (axis["cmin"], axis["cmax"])


def log_scale(values: Sequence[float]) -> dict:
    """For finite values above zero: a label at 1, 2 and 5 of each power of ten, over several powers at as many as stand apart."""
    decades = math.log10(max(values) / min(values)) if values else 0.0
    return {"type": "log", "tickformat": "~g", "dtick": "D2" if decades < 2 else math.ceil(decades / MOST_POWERS)}


def power_scale(values: Sequence[float]) -> dict:
    """As `log_scale`, with powers of ten for labels where they are far apart: values may span more than numbers can be read over."""
    scale = log_scale(values)
    return scale if scale["dtick"] == "D2" else scale | {"tickformat": "", "exponentformat": "power"}


def shown_at(one: LayerValues, step: int | None) -> Sequence[float | None]:
    """The values at `step`, or the last ones; nothing where nothing is measured by then."""
    return one.at(step) if step is not None else one.values[-1] if one.steps else ()


def _marks(series: Sequence[LayerValues], look: dict, quantity: Quantity, step: int | None, cursor: str) -> dict:
    """What has no place on the scale, at its edges; and the cursor, once for networks that have the layer in the same place."""
    places = dict.fromkeys(one.layers.index(cursor) + 1 for one in series if cursor in one.layers and shown_at(one, step))
    annotations, shapes = [], [upright(place, CURSOR) for place in places]
    for row, one in enumerate(series):
        shown = [math.nan if value is None else value for value in shown_at(one, step)]
        notes, lines = edge_marks(range(1, len(shown) + 1), shown, look[one.label]["color"], log_y=quantity.log, row=row)
        annotations += [note | ({"text": NOT_FINITE} if note["text"] == "NaN" else {}) for note in notes]
        shapes += lines
    return {"annotations": annotations, "shapes": shapes} if shapes else {}


def _guide(value: float, layers: int) -> dict:
    """A trace, not a shape: it stays where it belongs when the reader takes another scale."""
    return {
        "type": "scatter",
        "name": f"rule of thumb, {value:g}",
        "uid": "guide",
        "x": [1, layers],
        "y": [value, value],
        "mode": "lines",
        "line": GUIDE_LINE,
        "hoverinfo": "skip",
    }


def _profile(one: LayerValues, look: dict, quantity: Quantity, step: int | None) -> dict:
    shown = shown_at(one, step)
    return {
        "type": "scatter",
        "name": figure_text(one.label),
        "uid": uid(one.label),
        "x": list(range(1, len(shown) + 1)) or [None],
        "y": [_drawn(value, quantity) for value in shown] or [None],
        "text": [f"{layer} ({kind})" if kind else layer for layer, kind in zip(one.layers, one.kinds)],
        "mode": "lines+markers",
        "line": look | {"width": 2.5},
        "marker": {"size": 4, "symbol": ["diamond" if kind == "linear" else "circle" for kind in one.kinds]},
        "hovertemplate": f"%{{y:.3g}} %{{text}}{extra(one.label)}",
    }


def _columns(one: LayerValues, quantity: Quantity) -> tuple[list[int], np.ndarray]:
    """The steps that are drawn, and what is drawn of them: layer x step, logarithms where the quantity spans decades."""
    chosen = thinned(len(one.steps), MOST_COLUMNS)
    values = np.array([one.values[index] for index in chosen], float).T if chosen else np.empty((len(one.layers), 0))
    if quantity.log:
        values = np.log10(np.where(values > 0, values, np.nan))
    return [one.steps[index] for index in chosen], values


def _panel(figure: dict, index: int, count: int, one: LayerValues, steps: list[int], z: np.ndarray, quantity: Quantity) -> None:
    """Add one heatmap, its axes and its title, in a grid of two columns."""
    columns = min(2, count)
    rows = -(-count // columns)
    row, column = divmod(index, columns)
    width, height, gap = (1 - 0.08 * (columns - 1)) / columns, 1 / rows, min(0.5 / rows, 0.16)
    left, top = column * (width + 0.08), 1 - row * height
    axis = axis_number(index)
    domain = {"x": [left, left + width], "y": [top - height + (gap if rows > 1 else 0), top]}
    x = {"domain": domain["x"], "anchor": f"y{axis}", "title": {"text": "optimiser step" if row == rows - 1 else ""}}
    y = {"domain": domain["y"], "anchor": f"x{axis}", "title": {"text": "" if column else "layer"}}
    if axis:
        x["matches"] = "x"
    if not steps:
        y["range"] = [0.5, max(one.depth, 1) + 0.5]
    label = {"text": figure_text(one.label), "showarrow": False, "xref": "paper", "yref": "paper", "x": left + width / 2, "y": top,
             "yanchor": "bottom"}  # fmt: skip
    figure["layout"] |= {f"xaxis{axis}": x, f"yaxis{axis}": y}
    figure["layout"]["annotations"].append(label | {"font": {"size": 13}})
    unit = f"log₁₀ {quantity.unit}" if quantity.log else quantity.unit
    figure["data"].append(
        {
            "type": "heatmap",
            "name": figure_text(one.label),
            "uid": uid(one.label),
            "x": steps,
            "y": list(range(1, len(one.layers) + 1)),
            "z": [[None if math.isnan(value) else round(value, 2 if quantity.log else 3) for value in line] for line in z.tolist()],
            "xaxis": f"x{axis}",
            "yaxis": f"y{axis}",
            "coloraxis": "coloraxis",
            "hovertemplate": f"{unit} = %{{z:.3g}}<br>layer %{{y}}, step %{{x}}{extra(one.label)}",
        }
    )


def _colour_axis(values: Sequence[tuple[list[int], np.ndarray]], quantity: Quantity) -> dict:
    """From the least to the greatest value of all panels; from zero where the quantity spans no decades."""
    finite = [z[np.isfinite(z)] for _, z in values]
    everything = np.concatenate([*finite, np.zeros(0)])
    low = float(everything.min()) if quantity.log and len(everything) else 0.0
    high = float(everything.max()) if len(everything) else 0.0
    unit = f"log₁₀ {quantity.unit}" if quantity.log else quantity.unit
    bar = {"title": {"text": unit, "side": "right"}}
    if quantity.guide and low < math.log10(quantity.guide) < high:
        ticks = sorted({*range(math.ceil(low), math.floor(high) + 1), math.log10(quantity.guide)})
        words = [f"<b>{tick:g} guide</b>" if tick == math.log10(quantity.guide) else f"{tick:g}" for tick in ticks]
        bar |= {"tickvals": ticks, "ticktext": words}
    return {"colorscale": "Viridis", "cmin": round(low, 3), "cmax": round(max(high, low + 0.1), 3), "colorbar": bar}


def _when(series: Sequence[LayerValues], step: int | None) -> str:
    if step is not None:
        return f"at step {step:,}, or the last one measured before"
    latest = [one.steps[-1] for one in series if one.steps]
    if not latest:
        return "no step measured yet"
    low, high = min(latest), max(latest)
    return f"at each network's latest measured step ({low})" if low == high else f"at each network's latest measured step ({low} to {high})"


def _drawn(value: float | None, quantity: Quantity) -> float | None:
    """Four digits are enough to draw; what is exactly zero has no place on a log axis."""
    return None if value is None or (quantity.log and not value) else float(f"{value:.4g}")
