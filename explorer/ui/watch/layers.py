"""What a run has measured of its layers, as charts and drawings take it."""

import math
from collections.abc import Sequence

from explorer.figures.series import LayerValues
from explorer.runs.series import LayerSeries
from explorer.ui.watch.labels import Subject

# Which values of a run, and the layers that they belong to.
MEASURED = {
    "gradient": ("norms", "layers"),
    "update": ("ratios", "layers"),
    "activation": ("stds", "activations"),
    "dead": ("dead", "activations"),
}


def layer_values(one: Subject, measured: LayerSeries, quantity: str) -> LayerValues:
    """A quantity of `figures.layer_charts.QUANTITIES` at all steps that have it; none where the run has not recorded it."""
    values, names = MEASURED[quantity]
    rows = [(step, row) for step, row in zip(measured.steps, getattr(measured, values)) if row]
    layers = getattr(measured, names) if rows else ()
    kinds = measured.kinds if names == "layers" and rows else ("",) * len(layers)
    return LayerValues(one.label, one.family, layers, kinds, [step for step, _ in rows], [row for _, row in rows], depth=one.depth)


def numbers(row: Sequence[float | None]) -> list[float]:
    """With NaN for what was no finite number: None would say that the layer has no value."""
    return [math.nan if value is None else value for value in row]
