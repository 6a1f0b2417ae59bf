"""What a measurement may take of this machine: refused before it begins, with the estimate."""

from math import prod

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.memory import FLOAT, memory_of
from explorer.errors import BadInput
from explorer.machine.hardware import free_bytes

SMALLER = "choose a shallower or narrower network, or a smaller input"
# What the process grows by, over its tensors: glibc's allocator leaves holes. Measured: 1.24 to 1.48, and 0.97 without the holes.
WITH_HOLES = 1.5


def check_memory(what: str, needed: int, pictures: int, instead: str = SMALLER) -> None:
    """Raises BadInput, with the estimate, where `what` needs more memory, in bytes, than is free."""
    if needed > (free := free_bytes()):
        raise BadInput(f"{what} need about {needed / 1e9:,.1f} GB of memory for {pictures:,} pictures, "
                       f"and {free / 1e9:.1f} GB are free: {instead}.")  # fmt: skip


def check_answers(anatomy: Anatomy, pictures: int, at_once: int = 1, further: int = 0) -> None:
    """Raises BadInput where `at_once` copies of a network, of so many pictures each, and `further` bytes do not fit."""
    check_memory(f"The answers of {anatomy.title}", at_once * answer_bytes(anatomy, pictures) + further, pictures)


def check_gradients(anatomy: Anatomy, pictures: int) -> None:
    """Raises BadInput where a pass forward and back with so many pictures does not fit into the free memory."""
    check_memory(f"The gradients of {anatomy.title}", gradient_bytes(anatomy, pictures), pictures)


def answer_bytes(anatomy: Anatomy, pictures: int) -> int:
    """At most what a forward pass takes, weights included."""
    return int(WITH_HOLES * memory_of(anatomy, pictures, optimiser="none").peak)


def gradient_bytes(anatomy: Anatomy, pictures: int, optimiser: str = "sgd", further: int = 0) -> int:
    """At most what passes forward and back take: a training step's peak, and `further` bytes; beside it the pictures' own
    gradient, and one signal in float64 (where it leaves float32's range)."""
    own = FLOAT * pictures * prod(anatomy.input_shape)
    widest = pictures * max(prod(layer.out_shape) for layer in anatomy.layers)
    return int(WITH_HOLES * (memory_of(anatomy, pictures, optimiser=optimiser).peak + further + own + 2 * FLOAT * widest))
