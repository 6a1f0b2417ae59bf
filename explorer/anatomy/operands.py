"""Which operand stands for which tensor while a network runs, and how much memory its results occupy meanwhile."""

import weakref
from functools import partial
from itertools import count

import torch
from torch import nn

from explorer.anatomy.operand import Operand


class Operands:
    """The operands of one forward pass's tensors. It holds no tensor, so each dies when the network lets it go.

    `occupied` are the bytes of the results that are there now: what the network's own variables still name. Tensors
    are known by their ids, and memories by numbers of our own, because both ids and addresses are used again.
    """

    def __init__(self, net: nn.Module):
        self.occupied = 0
        self._known: dict[int, Operand] = {}
        self._watched: dict[int, weakref.ref] = {}
        self._users: dict[int, int] = {}  # of each storage, by its address, the tensors that are alive
        self._storages: dict[int, int] = {}  # its number, by its address
        self._numbers = count()
        for parameter in net.parameters():
            self._add(parameter, parameter.requires_grad, held=True, parameters=(parameter,))
        for buffer in net.buffers():
            self._add(buffer, held=True)

    def of(self, tensor: torch.Tensor) -> Operand:
        """The operand of a tensor, also of one that the forward pass has from elsewhere."""
        known = self._known.get(id(tensor))
        return self._add(tensor, held=True) if known is None else known  # a scalar's operand is an empty tuple

    def made(self, tensor: torch.Tensor, learns: bool) -> Operand:
        """The operand of what a function has just returned: a new tensor, or an old one with new values."""
        return self._add(tensor, learns)

    def _add(self, tensor, learns=False, held=False, parameters=()):
        storage = tensor.untyped_storage()
        address, size = storage._cdata, 0 if held else storage.nbytes()
        if address not in self._storages:
            self._storages[address], self._users[address] = next(self._numbers), 0
            self.occupied += size
        number = self._storages[address]
        if id(tensor) not in self._watched:
            self._users[address] += 1
            self._watched[id(tensor)] = weakref.ref(tensor, partial(self._forget, id(tensor), address, size))
        operand = self._known[id(tensor)] = Operand(tensor.shape, number, storage.nbytes(), tensor.stride(), learns,
                                                       held, parameters)
        return operand

    def _forget(self, key, address, size, _):
        del self._known[key], self._watched[key]
        self._users[address] -= 1
        if not self._users[address]:
            del self._users[address], self._storages[address]
            self.occupied -= size
