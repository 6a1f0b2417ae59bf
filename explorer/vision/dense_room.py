"""Memory for networks that run over large pictures: such passes one at a time, and none that does not fit."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from threading import Lock

from explorer.anatomy.memory import memory_of
from explorer.anatomy.of import anatomy_of
from explorer.machine.hardware import free_bytes
from explorer.vision.loading import LoadedModel
from explorer.vision.model import ModelError

# Passes of more pixels are made one at a time: as many as five crops of 224 pixels square have.
LARGE = 5 * 224 * 224
# What is kept free beside the estimate, which is within 15% of what was measured, and the picture itself as numbers.
BESIDE = 1.2

_ONE_AT_A_TIME = Lock()


class TooLarge(ModelError):
    """A picture whose signals in a network do not fit into the memory that is free."""


@contextmanager
def room_for(model: LoadedModel, shape: tuple[int, ...]) -> Iterator[None]:
    """While a network runs over images [N, C, H, W] of this shape. Raises TooLarge, with the estimate, where they do not fit."""
    count, _, height, width = shape
    if count * height * width <= LARGE:
        yield
        return
    with _ONE_AT_A_TIME:
        needed, free = signal_bytes(model, shape), free_bytes()
        if model.device.type == "cpu" and needed > free:
            raise TooLarge(f"{model.model.title} needs about {needed / 1e9:.1f} GB of memory to be run over {width} x {height} pixels, "
                           f"and {free / 1e9:.1f} GB are free: use one crop or ten.")  # fmt: skip
        yield


def signal_bytes(model: LoadedModel, shape: tuple[int, ...]) -> int:
    """About what a forward pass of images [N, C, H, W] takes beside the weights: signals grow as pictures do."""
    anatomy = anatomy_of(model.model.spec)
    memory = memory_of(anatomy, optimiser="none")
    return int(BESIDE * (memory.peak - memory.weights) * shape[0] * prod(shape[2:]) / prod(anatomy.input_shape[1:]))
