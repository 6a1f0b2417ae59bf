"""What is read beside a loss surface; what is seen is said from the very numbers that are drawn."""

import math
from collections.abc import Sequence

from explorer.figures.landscape import labels
from explorer.lab.landscapes import Surface
from explorer.numbers import printed
from explorer.ui.anatomies import anatomy
from explorer.ui.format import percent, plain
from explorer.ui.gradients.reading import Reading

IDEA = (
    "A network's loss is a function of all its weights. Cut through it along random directions, and its shape near the minimum can be "
    "drawn: a smooth bowl, or ridges and pits. Each filter of a direction is scaled to the length of the network's own filter, so that "
    "a step means the same in nets whose weights differ in size."
)
SCALED = r"\delta_{i,j}\leftarrow\frac{\delta_{i,j}}{\lVert\delta_{i,j}\rVert}\,\lVert\theta_{i,j}\rVert"
LINE = r"f(\alpha)=L(\theta+\alpha\,\delta),\qquad" + SCALED
PLANE = r"f(\alpha,\beta)=L(\theta+\alpha\,\delta+\beta\,\eta),\qquad" + SCALED
PAPER = (
    "Li et al. 2018 ([1712.09913](https://arxiv.org/abs/1712.09913), section 6): on CIFAR-10 a ResNet-20 *without* shortcuts still has a "
    "benign surface, with convex contours around its centre. At 56 layers without shortcuts it is chaotic; with them it stays smooth at "
    "every depth."
)
DIFFERS = (
    "The paper trained for 300 epochs on CIFAR-10 and drew the loss of its *training* pictures; here it is that of some *validation* "
    "pictures, around each net as it was trained. As there, biases and BN's parameters are not moved, nor are BN's running statistics: far "
    "out they no longer fit the weights, and the loss climbs for that reason too. {directions} little of the whole: try other seeds, and "
    "take no single picture for a proof."
)
HALF = 0.5


def reading(surfaces: Sequence[Surface], form: str) -> Reading:
    """The reading of a figure of these surfaces."""
    here = [_seen(one, name, form) for one, name in zip(surfaces, labels(surfaces))]
    return Reading(IDEA, LINE if form == "line" else PLANE, PAPER, here, DIFFERS.format(directions=_directions(surfaces, form)))


def _directions(surfaces: Sequence[Surface], form: str) -> str:
    """How few there are of all."""
    chosen = "One direction" if form == "line" else "Two directions"
    counts = sorted({anatomy(one.network).params for one in surfaces})
    of = f" of {counts[0]:,}" if len(counts) == 1 else f" of {counts[0]:,} to {counts[-1]:,}" if counts else ""
    return f"{chosen}{of} {'shows' if form == 'line' else 'show'}"


def _seen(one: Surface, name: str, form: str) -> str:
    """The centre, the rim, and how bumpy it is between; of what is measured so far."""
    loss, error = one.centre
    rows, errors = (one.loss, one.error) if form != "line" else ([values[len(values) // 2]] for values in (one.loss, one.error))
    done = [value for row in rows for value in row if value is not None]
    missing = sum(map(len, rows)) - len(done)
    if loss is None:
        return f"{plain(name)}: nothing is measured at its centre yet."
    told = f"{plain(name)}: loss {printed(loss, 3)} and {percent(error)} wrong at the centre"
    if rim := [value for value in _rim(rows) if value is not None]:
        told += f"; {printed(min(rim, key=_order), 3)} to {printed(max(rim, key=_order), 3)} at the rim"
    wrong = [value for row in errors for value in row if value is not None]
    share = percent(sum(value < HALF for value in wrong) / len(wrong), 0)
    told += f". At {share} of the points{' measured so far' if missing else ''} fewer than half of the pictures are wrong"
    return f"{told}. {missing:,} points are still to be measured." if missing else f"{told}; {_shape(rows, one.axis)}."


def _shape(rows: Sequence[Sequence[float]], axis: Sequence[float]) -> str:
    pits, bad = minima(rows), sum(not math.isfinite(value) for row in rows for value in row)
    told = f"{_lowest(rows, axis)}, and "
    told += "one point is lower than all its neighbours" if pits == 1 else f"{pits} points are lower than all their neighbours"
    return told + (f"; at {bad} the loss is no finite number" if bad else "")


def _lowest(rows: Sequence[Sequence[float]], axis: Sequence[float]) -> str:
    """Where the loss is least: not always where training ended, for other pictures."""
    least, i, j = min((_order(value), i, j) for i, row in enumerate(rows) for j, value in enumerate(row))
    middle = len(axis) // 2
    if _order(rows[len(rows) // 2][middle]) == least:
        return "the loss is nowhere lower than at the centre"
    place = f"({axis[j]:.3g}, {axis[i]:.3g})" if len(rows) > 1 else f"{axis[j]:.3g}"
    return f"the loss is least, {printed(least, 3)}, at {place.replace('-', '−')}"


def minima(rows: Sequence[Sequence[float]]) -> int:
    """How many points are lower than their neighbours, two on a line and eight on a plane, and not on the rim."""
    if len(rows) == 1:
        row = rows[0]
        return sum(row[j] < min(row[j - 1], row[j + 1]) for j in range(1, len(row) - 1))
    return sum(
        row[j] < min(rows[i + down][j + right] for down in (-1, 0, 1) for right in (-1, 0, 1) if down or right)
        for i, row in enumerate(rows[1:-1], 1) for j in range(1, len(row) - 1)
    )  # fmt: skip


def _rim(rows: Sequence[Sequence[float | None]]) -> list[float | None]:
    if len(rows) == 1:
        return [rows[0][0], rows[0][-1]]
    return [*rows[0], *rows[-1], *(row[j] for row in rows[1:-1] for j in (0, -1))]


def _order(value: float) -> float:
    """Not-a-number counts as the worst."""
    return math.inf if math.isnan(value) else value
