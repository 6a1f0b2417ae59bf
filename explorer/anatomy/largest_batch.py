"""How many images of a network fit into a given memory at once. Imports no torch."""

from bisect import bisect_right

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.memory import LARGEST_BATCH, memory_of


def largest_batch(anatomy: Anatomy, room: int, precision: str = "fp32", optimiser: str = "momentum") -> int:
    """The largest batch whose peak is at most `room` bytes: 0 where one image is too much, at most `LARGEST_BATCH`.

    The peak grows with the batch, so that some twenty peaks find it.
    """
    batches = range(1, LARGEST_BATCH + 1)
    return bisect_right(batches, room, key=lambda batch: memory_of(anatomy, batch, precision, optimiser).peak)
