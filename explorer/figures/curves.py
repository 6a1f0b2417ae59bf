"""Error and loss against the optimiser step: training thin, validation bold, as in the paper's figures."""

from collections.abc import Callable, Mapping, Sequence

import plotly.graph_objects as go

from explorer.figures.colours import colour
from explorer.figures.series import RunCurves, dashes, thinned, uid

TRAINING_WIDTH = 1.3
VALIDATION_WIDTH = 3.5
MOST_POINTS = 500
NOTE = "thin: training, over the latest batches; bold: validation"


def error_curves(runs: Sequence[RunCurves]) -> go.Figure:
    """Training error (over the batches since the last point) and validation error, in percent."""
    return _curves(runs, "Error", NOTE, "error (%)", "recent_error", "val_error", lambda fraction: round(100 * fraction, 3))


def loss_curves(runs: Sequence[RunCurves]) -> go.Figure:
    """Cross-entropy in nats: of training batches, and over the validation images."""
    return _curves(runs, "Loss", NOTE, "cross-entropy (nats)", "loss", "val_loss", lambda loss: float(f"{loss:.5g}"))


def _curves(
    runs: Sequence[RunCurves], title: str, note: str, unit: str, training: str, validation: str, shown: Callable[[float], float]
) -> go.Figure:
    figure = go.Figure()
    dash = dashes(runs)
    for run in runs:
        line = {"color": colour(run.family), "dash": dash[run.label]}
        figure.add_trace(_line(run, "training", training, shown, line | {"width": TRAINING_WIDTH}))
        figure.add_trace(_line(run, "validation", validation, shown, line | {"width": VALIDATION_WIDTH}))
    figure.update_layout(
        title={"text": title, "subtitle": {"text": note}},
        xaxis={"title": {"text": "optimiser step"}, "rangemode": "tozero"},
        yaxis={"title": {"text": unit}, "rangemode": "tozero"},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"},
        hovermode="closest",
    )
    return figure


def _line(run: RunCurves, part: str, key: str, shown: Callable[[float], float], line: dict) -> go.Scatter:
    rows = [row for row in run.rows if _number(row, key) is not None]
    if part == "training":
        rows = [rows[index] for index in thinned(len(rows), MOST_POINTS)]
    # A point without a value keeps the trace, and with it the reader's choice to hide it, before the first row is there.
    steps = [row["step"] for row in rows] or [None]
    return go.Scatter(
        name=f"{run.label} {part}",
        uid=uid(f"{run.label} {part}"),
        x=steps,
        y=[shown(row[key]) for row in rows] or [None],
        mode="lines+markers" if part == "validation" else "lines",
        marker={"size": 7},
        line=line,
        hovertemplate="%{y:.4g} at step %{x}<extra>%{fullData.name}</extra>",
    )


def _number(row: Mapping, key: str) -> float | None:
    """The row's value, if it has one; a loss that overflowed is stored as null."""
    value = row.get(key)
    return value if isinstance(value, (int, float)) and "step" in row else None
