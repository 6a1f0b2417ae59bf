"""Runs that differ in their seed only, taken together: their mean, and how far they spread."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

BANDS = {"range": "band: least to greatest of the seeds", "sd": "band: mean ± one standard deviation of the seeds (n - 1)"}

Line = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Spread:
    """At each `x`: the mean over the seeds that have come so far, the band's edges, and how many seeds these are."""

    x: np.ndarray
    mean: np.ndarray
    low: np.ndarray
    high: np.ndarray
    count: np.ndarray


def over_seeds(lines: Sequence[Line], band: Literal["range", "sd"]) -> Spread:
    """Each seed's line is read at every x of all of them, linearly between its own points and nowhere beyond them.

    The x of each line rises. One seed alone has a band without height.
    """
    lines = [(x, y) for x, y in lines if len(x)]
    if not lines:
        return Spread(*(np.array([]) for _ in range(5)))
    grid = np.unique(np.concatenate([x for x, _ in lines]))
    values = np.array([np.interp(grid, x, y, left=np.nan, right=np.nan) for x, y in lines])
    there = ~np.isnan(values)
    count = there.sum(axis=0)
    # Between the end of one seed and the beginning of another there may be nobody.
    grid, values, there, count = grid[count > 0], values[:, count > 0], there[:, count > 0], count[count > 0]
    mean = np.where(there, values, 0).sum(axis=0) / count
    if band == "range":
        low, high = np.nanmin(values, axis=0), np.nanmax(values, axis=0)
    else:
        squares = np.where(there, (values - mean) ** 2, 0).sum(axis=0)
        deviation = np.sqrt(squares / np.maximum(count - 1, 1))
        low, high = mean - deviation, mean + deviation
    return Spread(grid, mean, low, high, count)
