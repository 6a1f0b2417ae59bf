"""Error, loss and learning rate while training goes on: training thin, validation bold, as in the paper's figures.

Figures are plain dictionaries, as Plotly's JSON: they are drawn anew while training goes on, and Plotly's own classes would
spend most of that time checking them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from explorer.figures.axes import LEGEND
from explorer.figures.downsample import kept
from explorer.figures.progress import AXES, Axis, line_of, recorded
from explorer.figures.seeds import BANDS, Spread, over_seeds
from explorer.figures.series import RunCurves, looks, uid
from explorer.figures.smoothing import smoothed
from explorer.figures.text import extra, figure_text

TRAINING_WIDTH = 1.3
VALIDATION_WIDTH = 3.5
RAW_WIDTH = 0.8
FAINT = 0.35
MOST_POINTS = 600
# Lines that are seen and neither in the legend nor under the pointer: a template would bring them back there.
UNTOLD = {"showlegend": False, "hoverinfo": "skip", "hovertemplate": None}
NOTE = "thin: training, over the latest batches; bold: validation"
RATE_NOTE = "of the step just made; a line alone may cover others that are equal"


@dataclass(frozen=True)
class CurveView:
    """How curves are shown. `x` is one of `progress.AXES`; `log` names the logarithmic axes ("", "x", "y" or "xy").

    `smooth` is the weight of the past in the moving average of the training lines, 0 for none. `seeds` draws each run, or
    for runs of one arm their mean with a band of their range or their standard deviation.
    """

    x: Axis = "step"
    log: str = ""
    smooth: float = 0.0
    seeds: Literal["each", "range", "sd"] = "each"


PLAIN = CurveView()


@dataclass(frozen=True)
class Part:
    """A line of each run: what it is called, the key of its rows, how thick it is, and whether it is made smooth."""

    name: str
    key: str
    width: float
    noisy: bool = False


def error_curves(runs: Sequence[RunCurves], view: CurveView = PLAIN) -> dict:
    """Training error (over the batches since the last point) and validation error, in percent."""
    parts = (Part("training", "recent_error", TRAINING_WIDTH, noisy=True), Part("validation", "val_error", VALIDATION_WIDTH))
    return _curves(runs, view, "Error", "error (%)", parts, lambda y: 100 * y)


def loss_curves(runs: Sequence[RunCurves], view: CurveView = PLAIN) -> dict:
    """Cross-entropy in nats: of training batches, and over the validation images."""
    parts = (Part("training", "loss", TRAINING_WIDTH, noisy=True), Part("validation", "val_loss", VALIDATION_WIDTH))
    return _curves(runs, view, "Loss", "cross-entropy (nats)", parts, lambda y: y)


def rate_curves(runs: Sequence[RunCurves], view: CurveView = PLAIN) -> dict:
    """The learning rate of each run's latest step."""
    return _curves(runs, view, "Learning rate", "learning rate", (Part("", "lr", 2.0),), lambda y: y, RATE_NOTE)


def _curves(
    runs: Sequence[RunCurves],
    view: CurveView,
    title: str,
    unit: str,
    parts: Sequence[Part],
    shown: Callable[[np.ndarray], np.ndarray],
    note: str = NOTE,
) -> dict:
    arms: dict[str, list[RunCurves]] = {}
    for run in runs:
        arms.setdefault(run.label if view.seeds == "each" else run.arm or run.label, []).append(run)
    look = looks([RunCurves(run.arm or run.label, run.family, run.depth, ()) for run in runs])
    traces = []
    for name, members in arms.items():
        for part in parts:
            lines = [(x, shown(y)) for x, y in (line_of(run, part.key, view.x) for run in members)]
            traces += _arm(name, part, lines, look[members[0].arm or members[0].label], view)
    return {"data": traces, "layout": _layout(title, unit, view, _notes(note, view, runs, any(part.noisy for part in parts)))}


def _arm(name: str, part: Part, lines: list, look: dict, view: CurveView) -> list[dict]:
    """The traces of one run, or of the seeds of one arm."""
    text = f"{name} {part.name}".strip()
    smooth = view.smooth if part.noisy else 0.0
    made = [(x, np.array(smoothed(y.tolist(), smooth))) if smooth else (x, y) for x, y in lines]
    traces = []
    if view.seeds == "each":
        (x, y), (_, raw) = made[0], lines[0]
        main = _trace(text, text, x, y, view.log) | {"line": look | {"width": part.width}}
    else:
        spread, raw = over_seeds(made, view.seeds), over_seeds(lines, view.seeds).mean
        x, many = spread.x, sum(len(line) > 0 for line, _ in lines)
        traces += _band(text, spread, look["color"], view.log) if many > 1 else []
        main = _trace(text, f"{text}, n = {many}", x, spread.mean, view.log) | {"line": look | {"width": part.width}}
    if smooth:
        faint = {"line": look | {"width": RAW_WIDTH, "dash": "solid"}, "opacity": FAINT} | UNTOLD
        traces.append(_trace(f"{text} raw", f"{text}, not smoothed", x, raw, view.log) | faint)
    if part.width == VALIDATION_WIDTH:
        main |= {"mode": "lines+markers", "marker": {"size": 7 if view.seeds == "each" else 5}}
    return [*traces, main]


def _band(text: str, spread: Spread, shade: str, log: str) -> list[dict]:
    """Two edges without lines, the upper one filled down to the lower."""
    red, green, blue = (int(shade[i : i + 2], 16) for i in (1, 3, 5))
    edge = {"line": {"width": 0, "color": shade}} | UNTOLD
    low = _trace(f"{text} low", f"{text}, band from", spread.x, spread.low, log) | edge
    high = _trace(f"{text} high", f"{text}, band to", spread.x, spread.high, log) | edge
    return [low, high | {"fill": "tonexty", "fillcolor": f"rgba({red},{green},{blue},0.18)"}]


def _trace(known: str, name: str, x: np.ndarray, y: np.ndarray, log: str) -> dict:
    """`known` stays the same for as long as the trace does, `name` is what the reader sees."""
    chosen = kept(x, y, MOST_POINTS, "x" in log) if len(x) else []
    # A point without a value keeps the trace, and with it the reader's choice to hide it, before the first row is there.
    return {
        "type": "scatter",
        "name": figure_text(name),
        "uid": uid(known),
        "x": [float(f"{value:.7g}") for value in x[chosen].tolist()] if len(x) else [None],
        "y": [float(f"{value:.5g}") for value in y[chosen].tolist()] if len(x) else [None],
        "mode": "lines",
        "hovertemplate": f"%{{y:.4g}}{extra(name)}",
    }


def _notes(first: str, view: CurveView, runs: Sequence[RunCurves], noisy: bool) -> list[str]:
    notes = [first]
    if view.smooth and noisy:
        notes.append(f"training: moving average, {view.smooth:g} of it the past, the raw line faint")
    if view.seeds != "each":
        notes.append(f"mean of the seeds that have come so far; {BANDS[view.seeds]}")
    if AXES[view.x].note:
        notes.append(AXES[view.x].note)
    if lacking := [run.label for run in runs if not recorded(run, view.x)]:
        notes.append(f"without {AXES[view.x].title}, so not drawn: {', '.join(lacking)}")
    return notes


def _layout(title: str, unit: str, view: CurveView, notes: Sequence[str]) -> dict:
    return {
        "title": {"text": title, "subtitle": {"text": "; ".join(notes)}},
        "xaxis": {
            "title": {"text": AXES[view.x].title},
            "exponentformat": "SI",
            "unifiedhovertitle": {"text": f"{AXES[view.x].title} %{{x}}"},
        }
        | _scale("x", view),
        "yaxis": {"title": {"text": unit}} | _scale("y", view),
        "legend": LEGEND,
        "hovermode": "x unified",
        "hoverdistance": 40,
    }


def _scale(letter: str, view: CurveView) -> dict:
    return {"type": "log"} if letter in view.log else {"type": "linear", "rangemode": "tozero"}
