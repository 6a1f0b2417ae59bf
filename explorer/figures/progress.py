"""How far a training has come, by what a reader asks for: steps, epochs, seconds or multiply-adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from explorer.figures.series import RunCurves

Axis = Literal["step", "epoch", "time", "macs"]
PASSES = 3  # a forward pass, and a backward pass that does twice its work: gradients of the inputs and of the weights


@dataclass(frozen=True)
class Progress:
    """What an x axis is called, and its convention where it has one."""

    title: str
    note: str = ""


AXES: dict[Axis, Progress] = {
    "step": Progress("optimiser step"),
    "epoch": Progress("epoch"),
    "time": Progress("training time (s)", "time: this run's steps and validations, without queue and pauses"),
    "macs": Progress("multiply-adds (MACs)", f"MACs: {PASSES} × those of a forward pass × images seen; convolutions and linear layers only"),
}


def line_of(run: RunCurves, key: str, axis: Axis) -> tuple[np.ndarray, np.ndarray]:
    """The run's progress, rising, and the values of `key` there; rows without either are left out.

    A loss that overflowed is stored as null.
    """
    x, y = _progress(run, axis), _column(run.rows, key)
    there = ~np.isnan(x) & ~np.isnan(y)
    x, y = np.maximum.accumulate(x[there]), y[there]
    # Of rows of one step the last stands, which has the validation's figures.
    last = np.append(np.diff(x) > 0, True)[: len(x)]
    return x[last], y[last]


def recorded(run: RunCurves, axis: Axis) -> bool:
    """Whether the run can be drawn against this axis, going by its last row."""
    return not run.rows or not np.isnan(_progress(replace(run, rows=run.rows[-1:]), axis)[0])


def _progress(run: RunCurves, axis: Axis) -> np.ndarray:
    if axis == "macs":
        return PASSES * (run.macs or np.nan) * (run.batch or np.nan) * _column(run.rows, "step")
    return _column(run.rows, {"step": "step", "epoch": "epoch", "time": "seconds"}[axis])


def _column(rows: Sequence[Mapping], key: str) -> np.ndarray:
    """Not-a-number where a row has no number; in as few passes as Python allows, for a long run has 100,000 rows."""
    values = [row.get(key) for row in rows]
    if not {int, float, type(None)}.issuperset(map(type, values)):
        values = [value if type(value) in (int, float) else None for value in values]
    return np.array(values, float)
