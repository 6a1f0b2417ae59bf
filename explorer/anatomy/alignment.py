"""Which layer of one network stands where which layer of another does. Imports no torch.

Networks of one kind name their layers alike; others agree at least on where they halve the image, as the rows of the
paper's figure 3 do. So stages are paired by name and by how far they have shrunk the input, blocks in their order
within a pair of stages, and layers by name and role within a pair of blocks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log2
from typing import TypeVar

from explorer.anatomy.layers import WEIGHTED, Anatomy, Layer
from explorer.anatomy.ways import around, gates_of

T = TypeVar("T")
Pairs = list[tuple[T | None, T | None]]

# Beyond so many pairs to weigh, layers without names or stages in common stay unpaired: it would take seconds.
MOST_WEIGHED = 400_000


@dataclass(frozen=True)
class Part:
    """A layer, what it does in its network (its kind, "gate", or its kind "around" a block), and its `reduction`: 4
    where a side of its result is about a quarter of the input's; in words where the result is no image."""

    layer: Layer
    role: str
    reduction: int | str


@dataclass(frozen=True)
class Stage:
    """Parts in order that share a stage of the network and the size of what they, or the blocks they are in, put out."""

    name: str
    parts: tuple[Part, ...]
    reduction: int | str


@dataclass(frozen=True)
class Alignment:
    """Stages in pairs, None where one stands alone, and layers in pairs."""

    stages: Pairs[Stage]
    layers: list[tuple[Layer, Layer]]


def align(a: Anatomy, b: Anatomy) -> Alignment:
    """Pair `a`'s stages and layers with `b`'s, each at most once."""
    stages = _in_order(stages_of(a), stages_of(b), _stages_fit)
    pairs = [(a.layers[0], b.layers[0])]  # the inputs
    for alone, run in groupby(stages, key=lambda pair: None in pair):
        run = list(run)
        if alone:  # what no stage stands against, on both sides of the same gap
            left, right = ([part for stage in side if stage for part in stage.parts] for side in zip(*run))
            pairs += _by_chunks(left, right)
        else:
            pairs += [pair for x, y in run for pair in _in_stages(x.parts, y.parts)]
    return Alignment(stages, pairs)


def stages_of(anatomy: Anatomy) -> list[Stage]:
    """The stages in order, without the input. One whose images shrink on the way, such as the `features` of
    torchvision's VGG or MobileNet, is a stage for each of their sizes."""
    parts = list(_parts(anatomy))
    ends = {part.layer.block: part.reduction for part in parts}
    rows = groupby(parts, key=lambda part: (part.layer.stage, ends[part.layer.block] if part.layer.block else part.reduction))
    return [Stage(name, tuple(parts), reduction) for (name, reduction), parts in rows]


def blocks_of(parts: Sequence[Part]) -> list[tuple[Part, ...]]:
    """The parts of each block of a stage."""
    return [tuple(block) for name, block in groupby(parts, key=lambda part: part.layer.block) if name]


def _parts(anatomy) -> Iterator[Part]:
    beside, gates = around(anatomy), frozenset(gates_of(anatomy))
    side, reduction = max(anatomy.input_shape[1:], default=1), 1
    for layer in anatomy.layers[1:]:
        role = "gate" if layer.name in gates else f"{layer.kind} around" if layer.name in beside else layer.kind
        reduction = _reduction(layer, side, reduction)
        yield Part(layer, role, reduction)


def _reduction(layer, side, before):
    # What pools ends a stage of larger images, as in the rows of the paper's figure 3.
    shape = layer.in_shape if "pool" in layer.kind else layer.out_shape
    if layer.kind == "flatten" or shape[1:] == (1, 1):
        return before
    if len(shape) != 3:
        return "vector" if len(shape) == 1 else "tokens"
    # The middle is a side of (channels, height, width) and of (height, width, channels); 299 / 73 is a quarter too.
    return 2 ** max(0, round(log2(side / shape[1])))


def _stages_fit(x: Stage, y: Stage) -> int:
    fit = 2 * (x.name == y.name) + 3 * (x.reduction == y.reduction)
    # Of several stages of one size, the one with the blocks is meant and not what leads over to it.
    return fit + (min(len(blocks_of(x.parts)), len(blocks_of(y.parts))) > 1) if fit else 0


def _in_stages(xs, ys):
    """Pairs of layers of two stages: block by block, where the blocks of both are of several weighted layers."""
    left, right = blocks_of(xs), blocks_of(ys)
    if min(map(_longest, (left, right))) < 2:
        return _by_chunks(xs, ys)
    pairs = _by_chunks(*([part for part in parts if not part.layer.block] for parts in (xs, ys)))
    return pairs + [pair for x, y in zip(left, right) for pair in _in_blocks(x, y)]


def _longest(blocks):
    return max((sum(part.role in WEIGHTED for part in block) for block in blocks), default=0)


def _by_chunks(xs, ys):
    """Pairs of layers of two rows, which are cut before each weighted layer on the main way."""
    left, right = _chunks(xs), _chunks(ys)
    if len(left) * len(right) > MOST_WEIGHED:
        return []
    paired = _in_order(left, right, _chunks_fit)
    return [pair for x, y in paired if x and y for pair in _in_blocks(x, y)]


def _chunks(parts):
    chunks: list[list[Part]] = []
    for part in parts:
        if part.role in WEIGHTED or not chunks:
            chunks.append([])
        chunks[-1].append(part)
    return chunks


def _chunks_fit(x, y) -> int:
    x, y = x[0], y[0]
    if x.role != y.role:
        return 0
    one, other = x.layer, y.layer
    same_channels = one.out_shape[0] == other.out_shape[0]
    return 1 + (one.name == other.name) + 2 * same_channels + 2 * (x.reduction == y.reduction) + (one.kernel == other.kernel)


def _in_blocks(xs, ys):
    """Pairs of layers of two blocks: those of one role and one name within the block, then the others in order."""
    pairs, left, right = [], list(xs), list(ys)
    for own_name in (_own_name, lambda part: ""):
        waiting: dict[tuple, list[Part]] = {}
        for part in right:
            waiting.setdefault((part.role, own_name(part)), []).append(part)
        for part in list(left):
            if partners := waiting.get((part.role, own_name(part))):
                partner = partners.pop(0)
                pairs.append((part.layer, partner.layer))
                left.remove(part)
                right.remove(partner)
    return pairs


def _own_name(part):
    return part.layer.name.removeprefix(part.layer.block)


def _in_order(xs: Sequence[T], ys: Sequence[T], fit: Callable[[T, T], int]) -> Pairs:
    """All of both in order, paired so that the fits add up to the most; what fits 0 is never paired, and of equal
    ways the one that pairs earlier is taken (Needleman and Wunsch 1970)."""
    fits = [[fit(x, y) for y in ys] for x in xs]
    best = [[0] * (len(ys) + 1) for _ in range(len(xs) + 1)]
    for i in reversed(range(len(xs))):
        for j in reversed(range(len(ys))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], fits[i][j] and fits[i][j] + best[i + 1][j + 1])
    pairs, i, j = [], 0, 0
    while i < len(xs) and j < len(ys):
        if fits[i][j] and best[i][j] == fits[i][j] + best[i + 1][j + 1]:
            pairs.append((xs[i], ys[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            pairs.append((xs[i], None))
            i += 1
        else:
            pairs.append((None, ys[j]))
            j += 1
    return pairs + [(x, None) for x in xs[i:]] + [(None, y) for y in ys[j:]]
