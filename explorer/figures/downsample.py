"""Fewer points that draw the same line: of every stretch of the axis its lowest and highest point are kept."""

import numpy as np


def kept(x: np.ndarray, y: np.ndarray, at_most: int, log: bool = False) -> np.ndarray:
    """Rising indices of at most `at_most` points (4 or more) of a line, its first and last always among them.

    `x` does not fall, `y` is finite, both of one length. The axis is cut into stretches of equal width, on a log axis of
    equal ratio, and each gives its lowest and its highest point: a spike of one step among 100,000 stays in sight.
    """
    count = len(x)
    if count <= at_most:
        return np.arange(count)
    stretch = _stretches(x, (at_most - 2) // 2, log)
    order = np.lexsort((y, stretch))
    ends = np.flatnonzero(np.diff(stretch[order]))
    lowest, highest = np.append(0, ends + 1), np.append(ends, count - 1)
    return np.unique(np.concatenate(([0, count - 1], order[lowest], order[highest])))


def _stretches(x: np.ndarray, number: int, log: bool) -> np.ndarray:
    """The number of the stretch that each point lies in, from 0; points without a logarithm lie in the first."""
    place = x.astype(float)
    if log:
        positive = place[place > 0]
        place = np.log(np.maximum(place, positive[0] if len(positive) else 1.0))
    width = place[-1] - place[0]
    if not width > 0:
        return np.zeros(len(x), int)
    return np.minimum(((place - place[0]) / width * number).astype(int), number - 1)
