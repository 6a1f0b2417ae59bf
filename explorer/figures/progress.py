"""How far a training has come, by what a reader asks for: steps, epochs, seconds or multiply-adds."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    points = [(x, y) for row in run.rows if (y := _number(row, key)) is not None and (x := _progress(run, row, axis)) is not None]
    if not points:
        return np.array([]), np.array([])
    x, y = np.array(points, float).T
    # Of rows of one step the last stands, which has the validation's figures.
    last = np.append(np.diff(np.maximum.accumulate(x)) > 0, True)
    return np.maximum.accumulate(x)[last], y[last]


def _progress(run: RunCurves, row: Mapping, axis: Axis) -> float | None:
    if axis == "macs":
        step = _number(row, "step")
        return PASSES * run.macs * run.batch * step if run.macs and run.batch and step is not None else None
    return _number(row, {"step": "step", "epoch": "epoch", "time": "seconds"}[axis])


def _number(row: Mapping, key: str) -> float | None:
    value = row.get(key)
    return value if type(value) in (int, float) else None
