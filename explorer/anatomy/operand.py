"""A tensor as the formulas of this room see it. Imports no torch."""


class Operand(tuple):
    """The shape of a tensor, which also knows where its values lie: views of one memory have the same `storage`.

    `nbytes` are the whole storage's. `learns` where a gradient flows to it (a parameter, or computed from one);
    `held` where the network itself holds the memory: parameters and buffers.
    """

    storage: int
    nbytes: int
    learns: bool
    held: bool

    def __new__(cls, shape: tuple[int, ...], storage: int, nbytes: int, learns: bool, held: bool = False) -> "Operand":
        operand = super().__new__(cls, shape)
        operand.storage, operand.nbytes, operand.learns, operand.held = storage, nbytes, learns, held
        return operand
