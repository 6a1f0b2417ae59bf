"""A tensor as the formulas of this room see it. Imports no torch."""


class Operand(tuple):
    """The shape of a tensor, which also knows where its values lie and where they come from.

    Views of one memory have the same `storage`, of `nbytes` in all. `learns` where a gradient flows to it (a parameter,
    or computed from one); `held` where the network itself holds the memory: parameters and buffers.
    """

    storage: int
    nbytes: int
    learns: bool
    held: bool
    made_by: int | None  # the operation, by number, where it comes from the network's input
    parameters: tuple  # the parameters that it is, or is a rearrangement of

    def __new__(cls, shape: tuple[int, ...], storage: int, nbytes: int, learns: bool, held: bool = False,
                parameters: tuple = ()) -> "Operand":
        operand = super().__new__(cls, shape)
        operand.storage, operand.nbytes, operand.learns, operand.held = storage, nbytes, learns, held
        operand.made_by, operand.parameters = None, parameters
        return operand
