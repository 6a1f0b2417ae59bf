"""Where in a network feature maps can be looked at: its blocks from the input on, each with the signals inside it. Imports no torch."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.anatomy.layers import Anatomy, Layer

LEVELS = ("low", "mid", "high")
# Layers that only carry or rearrange what another made, or mix places in a way that leaves no maps.
NO_MAPS = {"input", "permute", "reshape", "slice", "split", "copy", "roll", "dropout", "matmul", "softmax"}
GROUPED = ("stem", "head")  # outside of stages: one place each


@dataclass(frozen=True)
class Signal:
    """A layer's result that is a stack of maps: `channels` of `side` x `side`, named as the anatomy names the layer.

    A value depends on `receptive_field` x `receptive_field` pixels of the input, its neighbour's `jump` pixels further on. Some
    torchvision models keep the channels behind the places (`channels_last`, as Swin).
    """

    name: str
    kind: str
    channels: int
    side: int
    channels_last: bool
    receptive_field: int
    jump: int


@dataclass(frozen=True)
class Place:
    """A block such as "layer2.1", the stem, or outside of blocks a layer; the last of its signals is what it hands on."""

    name: str
    stage: str
    signals: tuple[Signal, ...]

    @property
    def output(self) -> Signal:
        return self.signals[-1]


def places_of(anatomy: Anatomy) -> tuple[Place, ...]:
    """The places of a network for square pictures, input side first; empty where nothing in it is a stack of maps."""
    found: dict[str, list[Signal]] = {}
    stages = {}
    for layer in anatomy.layers:
        signal = None if layer.kind in NO_MAPS else signal_of(layer)
        if signal:
            name = layer.block or (layer.stage if layer.stage in GROUPED else layer.name)
            found.setdefault(name, []).append(signal)
            stages[name] = layer.stage
    return tuple(Place(name, stages[name], tuple(signals)) for name, signals in found.items())


def levels_of(places: Sequence[Place]) -> dict[str, Place]:
    """Low, mid and high level features: the last places with maps of the first size, of the middle one and of the last, which in
    a residual network are the ends of stages. In networks of fewer sizes the places at a third, two thirds and the end of the way.
    """
    ends = list({place.output.side: place for place in places}.values())
    among = ends if len(ends) >= len(LEVELS) else [places[max(0, round(len(places) * part / 3) - 1)] for part in (1, 2, 3)]
    return dict(zip(LEVELS, (among[0], among[(len(among) - 1) // 2], among[-1]), strict=True))


def counterpart(name: str, places: Sequence[Place], others: Sequence[Place]) -> Place:
    """Of `others`, the place of that name, or else the one at the same share of the way as `name` among `places`."""
    same = next((place for place in others if place.name == name), None)
    if same:
        return same
    at = [place.name for place in places].index(name)
    share = at / max(1, len(places) - 1)
    return others[round(share * (len(others) - 1))]


def signal_of(layer: Layer) -> Signal | None:
    """The layer's result as maps, None where it has not the shape of any: the network is given squares, so maps are square."""
    if len(layer.out_shape) != 3:
        return None
    first, second, third = layer.out_shape
    if second == third > 1:
        channels, side, channels_last = first, second, False
    elif first == second > 1:
        channels, side, channels_last = third, first, True
    else:
        return None
    return Signal(layer.name, layer.kind, channels, side, channels_last, layer.receptive_field, layer.jump)
