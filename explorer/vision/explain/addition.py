"""Where a shortcut comes back: what it carries, what the block's branch adds to it, and their sum, before and after the ReLU.

After "Deep Residual Learning for Image Recognition" (1512.03385), equation 1, y = F(x) + x; in a highway layer (1507.06228,
equation 3) the same place adds T(x) H(x) to (1 - T(x)) x.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from torch import Tensor, nn

from explorer.anatomy.layers import Anatomy, Layer
from explorer.vision.explain.features import channels_first, follow
from explorer.vision.explain.places import Signal, signal_of

# What happens to x on its shortcut: nothing; pixels left out and channels of zeros added (option A); a projection (options B and
# C); a gate, in a highway layer.
Way = Literal["identity", "padded", "projected", "gated"]
WAYS: Mapping[str, Way] = {"pad": "padded", "conv": "projected", "bn": "projected", "mul": "gated"}


@dataclass(frozen=True)
class Addition:
    """The sum of a block, by the signals that are added; `after` is that of the ReLU behind it, if there is one.

    `name` is the block's, or the sum's own where a block has several.
    """

    name: str
    way: Way
    shortcut: Signal
    branch: Signal
    total: Signal
    after: Signal | None

    @property
    def signals(self) -> tuple[Signal, ...]:
        return (self.shortcut, self.branch, self.total, *([self.after] if self.after else []))


@dataclass(frozen=True)
class Balance:
    """How what is added compares with what it is added to, over all values of both.

    `shortcut` and `branch` are L2 norms, `cosine` that of the angle between the two (0 where one of them is zero). `off`: of the
    values that the shortcut brings above zero, the share that the sum has not; `on`: of the others, the share that the sum has. NaN
    where there are none.
    """

    shortcut: float
    branch: float
    cosine: float
    off: float
    on: float

    @property
    def ratio(self) -> float:
        """The branch's norm over the shortcut's; infinite where the shortcut carries nothing."""
        return self.branch / self.shortcut if self.shortcut else float("inf")


def additions_of(anatomy: Anatomy) -> tuple[Addition, ...]:
    """The sums of two maps of one shape of which one came around the other's weights; none in a plain network."""
    layers = {layer.name: layer for layer in anatomy.layers}
    around = {(edge.source, edge.target) for edge in anatomy.edges if edge.kind == "shortcut"}
    targets = {target for _, target in around}
    relus = {layer.inputs[0]: layer for layer in anatomy.layers if layer.kind in ("relu", "relu6")}
    sums = [layer for layer in anatomy.layers if layer.kind == "add" and _adds_maps(layer, layers, around)]
    several = {block for block, count in Counter(layer.block for layer in sums).items() if count > 1 or not block}
    found = []
    for layer in sums:
        shortcut, branch = sorted(layer.inputs, key=lambda source: (source, layer.name) not in around)
        way = WAYS.get(layers[shortcut].kind, "identity") if shortcut in targets else "identity"
        after = relus.get(layer.name)
        name = layer.name if layer.block in several else layer.block
        found.append(Addition(name, way, *(signal_of(layers[one]) for one in (shortcut, branch, layer.name)), after and signal_of(after)))
    return tuple(found)


def balance(shortcut: np.ndarray, branch: np.ndarray, total: np.ndarray) -> Balance:
    """Of three arrays of one shape, the third being the sum."""
    carried, added = (float(np.linalg.norm(values.astype(np.float64))) for values in (shortcut, branch))
    cosine = float(np.vdot(shortcut.astype(np.float64), branch.astype(np.float64))) / (carried * added) if carried and added else 0.0
    above = shortcut > 0
    return Balance(carried, added, cosine, _share(total[above] <= 0), _share(total[~above] > 0))


def balances(net: nn.Module, images: Tensor, additions: Sequence[Addition]) -> tuple[Balance, ...]:
    """Of every addition in one forward pass of one picture, `images` [1, C, H, W]; `net` stays as it is."""
    added = [signal for one in additions for signal in (one.shortcut, one.branch)]
    signals = {signal.name: signal for signal in added}
    waiting = Counter(signal.name for signal in added)
    at = {one.total.name: one for one in additions}
    held: dict[str, np.ndarray] = {}
    found: dict[str, Balance] = {}

    def take(name: str, values: Tensor) -> None:
        if name in at:
            shortcut, branch = at[name].shortcut.name, at[name].branch.name
            found[name] = balance(held[shortcut], held[branch], channels_first(values[0], at[name].total))
            waiting.subtract([shortcut, branch])
            for used in {shortcut, branch}:
                if not waiting[used]:
                    del held[used]  # a network of 600 sums would fill the memory
        if waiting[name]:
            held[name] = channels_first(values[0], signals[name])

    follow(net, images, {*signals, *at}, take)
    return tuple(found[one.total.name] for one in additions)


def _adds_maps(layer: Layer, layers: Mapping[str, Layer], around: set[tuple[str, str]]) -> bool:
    """Whether it adds two stacks of maps of one shape, exactly one of which came around."""
    if len(layer.inputs) != 2 or signal_of(layer) is None:
        return False
    same = all(layers[source].out_shape == layer.out_shape for source in layer.inputs)
    return same and sum((source, layer.name) in around for source in layer.inputs) == 1


def _share(which: np.ndarray) -> float:
    return float(which.mean()) if which.size else float("nan")
