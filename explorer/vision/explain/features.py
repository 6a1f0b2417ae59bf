"""Feature maps: what the layers of a network make of one picture, and which channels answer to it the most."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.naming import LayerNames
from explorer.anatomy.recorder import Operation, Recorder
from explorer.anatomy.trace import trace
from explorer.signals.twin import twin
from explorer.vision.explain.places import Signal
from explorer.vision.loading import LoadedModel

# How active a channel is: by its mean over all places, or by its largest value; of absolute values.
MEASURES = ("mean", "max")


@dataclass(frozen=True)
class Activity:
    """Of every channel of a stack of maps, float32 [C]: mean and largest absolute value, share of places that are above 0."""

    mean: np.ndarray
    max: np.ndarray
    above_zero: np.ndarray

    def order(self, measure: str) -> np.ndarray:
        """The channels from the most active on by one of MEASURES; of equals the first."""
        return np.argsort(-getattr(self, measure), kind="stable")


def anatomy_of_loaded(loaded: LoadedModel) -> Anatomy:
    """Every layer of a loaded network as it is fed here. Raises `Untraceable`, a `BadInput`, where it cannot be followed."""
    preparation = loaded.preparation
    empty = twin(loaded.net).to("meta")
    return trace(empty, (preparation.channels, preparation.size, preparation.size), loaded.model.spec.text, loaded.model.title)


def maps_of(net: nn.Module, images: Tensor, signals: Sequence[Signal]) -> dict[str, np.ndarray]:
    """By layer, float32 [C, H, W] on the CPU, for one normalised picture: `images` [1, C, H, W]. `net` stays as it is."""
    found = read(net, images, {signal.name for signal in signals})
    return {signal.name: channels_first(found[signal.name][0], signal) for signal in signals}


def read(net: nn.Module, images: Tensor, names: Collection[str]) -> dict[str, Tensor]:
    """The results of the layers of these names (the anatomy's) in one forward pass, each as it was made."""
    found: dict[str, Tensor] = {}
    follow(net, images, names, found.__setitem__)
    return found


def follow(net: nn.Module, images: Tensor, names: Collection[str], take: Callable[[str, Tensor], None]) -> None:
    """Pass `images` through `net`, which stays as it is; `take` is given the name and a copy of each result asked for."""
    watched = twin(net).eval()
    with torch.inference_mode(), _Reader(images, watched, names, take).following():
        watched(images)


def activity(maps: np.ndarray) -> Activity:
    """Of maps, float32 [C, H, W]."""
    size = np.abs(maps)
    return Activity(size.mean((1, 2)), size.max((1, 2)), (maps > 0).mean((1, 2), dtype=np.float32))


def seen_by(signal: Signal, row: int, column: int, size: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the pixels that a value depends on, within an input of `size` x `size`.

    The centre is that of its share of the picture: where kernels are even or paddings lopsided, off by less than a jump.
    """
    step, half = size / signal.side, signal.receptive_field / 2
    centres = ((column + 0.5) * step, (row + 0.5) * step)
    left, top = (max(0, round(centre - half)) for centre in centres)
    right, bottom = (min(size, round(centre + half)) for centre in centres)
    return left, top, right, bottom


class _Reader(Recorder):
    """Hands on copies of the results that are asked for: a later layer may work in place."""

    def __init__(self, images: Tensor, net: nn.Module, names: Collection[str], take: Callable[[str, Tensor], None]):
        super().__init__(images, net)
        self.names, self.take = names, take
        self._naming = LayerNames(net)
        self._naming.name(self.operations[0])

    def noted(self, operation: Operation, results: list[Tensor]) -> None:
        name = self._naming.name(operation)
        if name in self.names:
            self.take(name, results[0].clone())


def channels_first(values: Tensor, signal: Signal) -> np.ndarray:
    """A layer's result for one picture, [C, H, W] or [H, W, C], as float32 [C, H, W]."""
    return (values.permute(2, 0, 1) if signal.channels_last else values).float().cpu().numpy()
