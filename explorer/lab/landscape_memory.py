"""What measuring a loss surface takes of the memory: asked before it starts, and before further threads share the work."""

from math import prod

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.memory import FLOAT
from explorer.lab.landscapes import Asked
from explorer.lab.limits import answer_bytes, check_memory
from explorer.machine.hardware import free_bytes


def check_surface(anatomy: Anatomy, asked: Asked) -> None:
    """Raises BadInput, with the estimate, where a network's loss surface needs more memory than is free."""
    needed = _shared_bytes(anatomy, asked) + thread_bytes(anatomy, asked)
    check_memory(f"The points of a loss surface of {anatomy.title}", needed, asked.pictures)


def fitting_threads(anatomy: Anatomy, asked: Asked) -> int:
    """How many further threads, each with a network of its own, fit into the memory that is free now."""
    return free_bytes() // thread_bytes(anatomy, asked)


def thread_bytes(anatomy: Anatomy, asked: Asked) -> int:
    """A thread's network, the weights that it comes back to, its pictures in the order of its convolutions, and a batch's answers."""
    from explorer.signals.landscape import BATCH

    return answer_bytes(anatomy, min(BATCH, asked.pictures)) + FLOAT * anatomy.params + _picture_bytes(anatomy, asked)


def _shared_bytes(anatomy: Anatomy, asked: Asked) -> int:
    """The network as it was loaded, the directions, and the pictures."""
    return FLOAT * anatomy.params * (1 + asked.dims) + _picture_bytes(anatomy, asked)


def _picture_bytes(anatomy: Anatomy, asked: Asked) -> int:
    return FLOAT * asked.pictures * prod(anatomy.input_shape)
