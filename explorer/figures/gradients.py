"""What every layer of fresh networks does, by depth: gradients and activations, at initialisation and after some steps."""

import math
from collections.abc import Sequence

from explorer.figures.axes import CURSOR, LEGEND, axis_number, upright
from explorer.figures.layer_charts import LINEAR, Quantity, power_scale
from explorer.figures.off_scale import edge_marks, written
from explorer.figures.series import DEPTH, LayerValues, looks, uid
from explorer.figures.text import extra, figure_text

EARLY_WIDTH = 1.3
LATE_WIDTH = 3
GAP = 0.03  # between panels, as a share of the width
SAME = {"matches": "y", "showticklabels": False}
RELU_DEPTH = "ReLU, counted from the input"

QUANTITIES = {
    "weight": Quantity("Gradient norm of each weight", "gradient norm ‖∂L/∂W‖₂", True, "of each convolution and linear layer"),
    "root": Quantity("Gradient of each weight per root of its size", "‖∂L/∂W‖₂ / √(numbers in W)", True,
                     "the root mean square of the gradient's numbers"),
    "signal": Quantity("Gradient norm of each activation", "gradient norm ‖∂L/∂a‖₂", True, "of each ReLU's result, over the batch"),
    "mean": Quantity("Mean of each activation", "mean of a", True, "each ReLU's result, over batch, channels and places"),
    "std": Quantity("Standard deviation of each activation", "standard deviation of a", True,
                    "each ReLU's result, over batch, channels and places"),
    "dead": Quantity("Dead share of each activation", "share of channels", False,
                     "channels of each ReLU's result that are 0 for the whole batch"),
}  # fmt: skip
OF_WEIGHTS = ("weight", "root")  # all others are of activations


def depth_profile(series: Sequence[LayerValues], quantity: str, steps: Sequence[int], log: str | None = None, cursor: str = "") -> dict:
    """One of `QUANTITIES` of every layer by depth, one panel for each distinct `panel` of the series, on one scale.

    Each network is drawn at each of the `steps` that it has been measured at, the last of them bold. `log` has the
    logarithmic axes, "", "x", "y" or "xy", None for what suits the quantity. At `cursor`, a layer's name, stands a line.
    """
    log = default_log(quantity) if log is None else log
    panels = list(dict.fromkeys(one.panel for one in series)) or [""]
    drawn = [value for one in series for step in steps for value in one.at(step) if value and math.isfinite(value) and value > 0]
    figure = {"data": [], "layout": _layout(quantity, steps, panels, log, drawn)}
    look, shown = looks(series), set()
    for one in series:
        axis = axis_number(panels.index(one.panel))
        for step in steps:
            if step not in one.steps:
                continue
            trace = _trace(one, step, quantity, axis)
            trace["line"] = look[one.label] | {"width": LATE_WIDTH if step == steps[-1] else EARLY_WIDTH}
            trace["showlegend"] = trace["name"] not in shown
            shown.add(trace["name"])
            figure["data"].append(trace)
        _add_marks(figure["layout"], one, steps[-1:], look[one.label]["color"], axis, log, row=list(look).index(one.label))
        if cursor in one.layers:
            _add_cursor(figure["layout"], 1 + one.layers.index(cursor), axis)
    return figure


def default_log(quantity: str) -> str:
    """Gradients and activations span decades from layer to layer; a share does not."""
    return "y" if QUANTITIES[quantity].log else ""


def _trace(one: LayerValues, step: int, quantity: str, axis: str) -> dict:
    values, name = one.at(step), figure_text(f"{one.label}, step {step}")
    kinds, what = (one.kinds, "layer") if quantity in OF_WEIGHTS else (("",) * len(one.layers), "ReLU")
    called = [f"{layer} ({kind})" if kind else layer for layer, kind in zip(one.layers, kinds)]
    return {
        "type": "scatter",
        "name": name,
        "uid": uid(f"{one.panel} {name}"),
        "legendgroup": name,
        "x": list(range(1, len(values) + 1)),
        "y": [written(value) for value in values],
        # The panel too: in the CSV there are no panels to tell two curves of one name apart.
        "text": [", ".join(filter(None, (layer, one.panel))) for layer in called],
        "mode": "lines+markers",
        "marker": {"size": 4, "symbol": ["diamond" if kind == "linear" else "circle" for kind in kinds]},
        "hovertemplate": f"%{{y:.3g}}<br>{what} %{{x}}: %{{text}}<br>step {step}{extra(one.label)}",
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
    }


def _layout(quantity: str, steps: Sequence[int], panels: Sequence[str], log: str, drawn: Sequence[float]) -> dict:
    about = QUANTITIES[quantity]
    layout = {
        "title": {"text": about.title, "subtitle": {"text": f"{_when(steps)}; {about.note}"}},
        "legend": LEGEND | {"groupclick": "togglegroup"},
        "hovermode": "closest",
        "annotations": [],
        "shapes": [],
    }
    width = (1 - GAP * (len(panels) - 1)) / len(panels)
    x_scale = {"type": "log" if "x" in log else "linear", "title": {"text": DEPTH if quantity in OF_WEIGHTS else RELU_DEPTH}}
    y_scale = power_scale(drawn) if "y" in log else LINEAR
    for index, panel in enumerate(panels):
        axis, left = axis_number(index), index * (width + GAP)
        layout[f"xaxis{axis}"] = x_scale | {"domain": [left, left + width], "anchor": f"y{axis}"}
        layout[f"yaxis{axis}"] = y_scale | {"anchor": f"x{axis}"} | (SAME if axis else {})
        if panel:
            head = {"text": panel, "showarrow": False, "xref": "paper", "yref": "paper", "yanchor": "bottom", "font": {"size": 13}}
            layout["annotations"].append(head | {"x": left + width / 2, "y": 1})
    layout["yaxis"]["title"] = {"text": about.unit}
    return layout


def _add_marks(layout: dict, one: LayerValues, steps: Sequence[int], colour: str, axis: str, log: str, row: int) -> None:
    """Of the bold curve only: the words of two steps would lie upon each other."""
    for step in steps:
        values = one.at(step) if step in one.steps else ()
        x = range(1, len(values) + 1)
        annotations, shapes = edge_marks(x, values, colour, axis=axis, log_x="x" in log, log_y="y" in log, row=row)
        layout["annotations"] += annotations
        layout["shapes"] += shapes


def _add_cursor(layout: dict, x: int, axis: str) -> None:
    shape = upright(x, CURSOR, axis)
    if shape not in layout["shapes"]:
        layout["shapes"].append(shape)


def _when(steps: Sequence[int]) -> str:
    if len(steps) == 1:
        return f"at step {steps[0]}" if steps[0] else "at initialisation"
    return f"thin: step {', '.join(map(str, steps[:-1]))}; bold: step {steps[-1]}"
