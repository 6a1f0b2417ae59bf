"""A tensor as the formulas of this room see it. Imports no torch."""

from collections.abc import Iterator


class Operand(tuple):
    """The shape of a tensor, which also knows where its values lie and where they come from.

    Views of one memory have the same `storage`, of `nbytes` in all, in which neighbours are `strides` apart. `learns`
    where a gradient flows to it (a parameter, or computed from one); `held` where the network itself holds the memory:
    parameters and buffers.
    """

    storage: int
    nbytes: int
    strides: tuple[int, ...]
    learns: bool
    held: bool
    made_by: int | None  # the operation, by number, where it comes from the network's input
    parameters: tuple  # the parameters that it is, or is a rearrangement of

    def __new__(cls, shape: tuple[int, ...], storage: int, nbytes: int, strides: tuple[int, ...], learns: bool,
                held: bool = False, parameters: tuple = ()) -> "Operand":
        operand = super().__new__(cls, shape)
        operand.storage, operand.nbytes, operand.strides = storage, nbytes, strides
        operand.learns, operand.held, operand.made_by, operand.parameters = learns, held, None, parameters
        return operand


def instances(kind: type, value) -> Iterator:
    """Everything of this kind in a value, or in the tuples, lists and dicts that it nests."""
    if isinstance(value, kind):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from instances(kind, part)
    elif isinstance(value, dict):
        yield from instances(kind, list(value.values()))
