"""Eight shapes by the signed distance from their outline, for drawing them without jagged edges. Imports no torch.

Distances are negative inside. All shapes lie within the unit circle and are of about its size.
"""

import math

import numpy as np

SHAPES = ("circle", "crescent", "cross", "hexagon", "ring", "square", "star", "triangle")


def outline(shape: str, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The distance of points from a shape's outline; exact near an edge, a little too small beyond corners."""
    return _OUTLINES[shape](x, y)


def _circle(x, y):
    return np.hypot(x, y) - 0.9


def _crescent(x, y):
    return np.maximum(np.hypot(x, y) - 0.95, 0.75 - np.hypot(x - 0.45, y))


def _cross(x, y):
    x, y = np.abs(x), np.abs(y)
    return np.minimum(np.maximum(x - 0.95, y - 0.3), np.maximum(x - 0.3, y - 0.95))


def _ring(x, y):
    return np.abs(np.hypot(x, y) - 0.7) - 0.22


def _spokes(x, y, points: int, inner: float):
    """A star: its points lie on the unit circle, the corners between them at `inner`.

    By symmetry one half of one point is enough: all others are folded onto it, and its edge is a straight line.
    """
    half = math.pi / points
    angle = np.abs((np.arctan2(y, x) + half) % (2 * half) - half)
    radius = np.hypot(x, y)
    edge = inner * math.cos(half) - 1, inner * math.sin(half)
    length = math.hypot(*edge)
    return (radius * np.cos(angle) - 1) * (edge[1] / length) - radius * np.sin(angle) * (edge[0] / length)


def _polygon(corners: int):
    return lambda x, y: _spokes(x, y, corners, math.cos(math.pi / corners))


_OUTLINES = {
    "circle": _circle,
    "crescent": _crescent,
    "cross": _cross,
    "hexagon": _polygon(6),
    "ring": _ring,
    "square": _polygon(4),
    "star": lambda x, y: _spokes(x, y, 5, 0.42),
    "triangle": _polygon(3),
}
