"""What speaks for a class at every place of a picture, however it was found. No torch."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from PIL import Image

from explorer.vision.prepare import Box

GRID = 64  # places a side at which two heats are compared


@dataclass(frozen=True, eq=False)
class Heat:
    """`values`, float32 [rows, columns], lie evenly over the prepared image: above 0 where something speaks for class number `target`.

    `logit` and `probability` are what the network gives that class for the whole picture.
    """

    values: np.ndarray
    target: int
    logit: float
    probability: float

    @property
    def strongest(self) -> float:
        """The largest value, whatever its sign."""
        return float(np.abs(self.values).max())


def stretched(values: np.ndarray, width: int, height: int) -> np.ndarray:
    """Values [rows, columns] between which a straight line is drawn, float32 [height, width]; the places of both are centres of cells."""
    return np.asarray(Image.fromarray(np.ascontiguousarray(values, np.float32)).resize((width, height), Image.Resampling.BILINEAR))


def half_area(values: np.ndarray) -> float | None:
    """The share of all places that the hottest ones need to hold half of what is above 0; None where nothing is."""
    hot = np.sort(np.clip(values, 0, None).astype(np.float64).ravel())[::-1]
    if not hot[0] > 0:
        return None
    # Of the last place that is needed only a part.
    held = np.concatenate([[0], np.cumsum(hot)])
    return float(np.interp(held[-1] / 2, held, np.arange(len(held)))) / len(hot)


def hottest(values: np.ndarray) -> tuple[float, float] | None:
    """Across and down, from 0 to 1, the middle of the place of the largest value, of several equal ones the middle of all; None where
    nothing is above 0."""
    if not values.max() > 0:
        return None
    down, across = np.nonzero(values == values.max())
    return float((across.mean() + 0.5) / values.shape[1]), float((down.mean() + 0.5) / values.shape[0])


def likeness(one: np.ndarray, other: np.ndarray, boxes: tuple[Box, Box]) -> float | None:
    """The correlation (Pearson's) of two heats over the part of the picture that both networks saw, each in its box.

    None where there is no such part, or where one of the two is the same everywhere.
    """
    (left, top, right, bottom) = (max(boxes[0][0], boxes[1][0]), max(boxes[0][1], boxes[1][1]),
                                  min(boxes[0][2], boxes[1][2]), min(boxes[0][3], boxes[1][3]))  # fmt: skip
    if left >= right or top >= bottom:
        return None
    found = [_part(values, box, (left, top, right, bottom)) for values, box in zip((one, other), boxes, strict=True)]
    if min(np.ptp(values) for values in found) == 0:
        return None
    return float(np.corrcoef(*(values.ravel().astype(np.float64) for values in found))[0, 1])


def pairs(heats: Sequence[np.ndarray], boxes: Sequence[Box]) -> list[tuple[int, int, float]]:
    """The likeness of every two heats that can be compared, by their numbers."""
    found = ((a, b, likeness(heats[a], heats[b], (boxes[a], boxes[b]))) for a, b in combinations(range(len(heats)), 2))
    return [(a, b, alike) for a, b, alike in found if alike is not None]


def _part(values: np.ndarray, box: Box, part: Box) -> np.ndarray:
    """The values of a part of the picture on a grid of `GRID` places a side."""
    rows, columns = values.shape
    across, down = columns / (box[2] - box[0]), rows / (box[3] - box[1])
    cut = ((part[0] - box[0]) * across, (part[1] - box[1]) * down, (part[2] - box[0]) * across, (part[3] - box[1]) * down)
    cut = tuple(min(max(0.0, place), most) for place, most in zip(cut, (columns, rows, columns, rows)))
    image = Image.fromarray(np.ascontiguousarray(values, np.float32))
    return np.asarray(image.resize((GRID, GRID), Image.Resampling.BILINEAR, box=cut))
