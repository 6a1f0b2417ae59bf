"""Watch one forward pass: every operator, the module that called it and the tensors that flow between.

Not torch.fx: its tracer patches nn.Module for the whole process, which other sessions share. A TorchFunctionMode
belongs to its thread, and the hooks to one net that nobody else has.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from explorer.anatomy.costs import kind_of
from explorer.anatomy.operand import Operand
from explorer.anatomy.shapes import result_shape


# What a forward may make out of nothing; here it comes without values too.
_MAKERS = {torch.empty, torch.zeros, torch.ones, torch.full, torch.arange, torch.linspace, torch.eye, torch.tensor,
           torch.rand, torch.randn}


@dataclass
class Operation:
    """One call of a PyTorch function that made a tensor out of the network's input."""

    operator: str  # the function's name
    module: str  # path of the module whose forward called it
    args: tuple  # the function's own, every tensor replaced by its `Operand`
    kwargs: dict
    first: Operand  # of the tensors given, the first that came from the network's input
    out: Operand
    inputs: list[int]  # earlier operations, by index
    parameters: list[nn.Parameter] = field(default_factory=list)  # learned tensors that flow in here
    bytes: int = 0  # newly occupied by the result

    @property
    def kind(self) -> str:
        return kind_of(self.operator)


def record(net: nn.Module, images: torch.Tensor) -> list[Operation]:
    """The operations of `net(images)`, `images` [1, C, H, W], all on the meta device; the input itself is the first."""
    recorder = _Recorder(images, net)
    with torch.no_grad(), _scopes(net, recorder.scopes), recorder:
        net(images)
    return recorder.operations


class _Recorder(TorchFunctionMode):
    def __init__(self, images, net):
        super().__init__()
        self.operands: dict[int, Operand] = {}
        # A freed tensor's id is soon another's: meta tensors hold no data, so all are kept.
        self.alive: list[torch.Tensor] = []
        for tensor in net.buffers():
            self._see(tensor, held=True)
        pixels = self._see(images)
        self.scopes = [""]
        self.operations = [Operation("input", "", (), {}, pixels, pixels, [], [], images.nbytes)]
        self.made_by = {id(images): 0}
        # Parameters that an operator without any input of the network has reshaped, sliced or expanded.
        self.carried: dict[int, list[nn.Parameter]] = {}

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if function in _MAKERS:
            kwargs = {"device": "meta"} | kwargs
        name = getattr(function, "__name__", str(function))
        given: list[torch.Tensor] = []
        operands, named_operands = self._operands(args, given), self._operands(kwargs, given)
        shape = result_shape(name, operands, named_operands)
        named_operands.pop("out", None)  # a formula's own word for the result
        result = function(*args, **kwargs) if shape is None else args[0].new_empty(shape)
        made = list(_tensors(result))
        if made:
            self._note(name, given, made, (operands, named_operands))
        return result

    def _note(self, name, given, made, operands):
        learns = any(self.operands[id(tensor)].learns for tensor in given)
        storages = {self.operands[id(tensor)].storage for tensor in given}
        results = [self._see(tensor, learns) for tensor in made]
        parameters = [p for t in given for p in ([t] if isinstance(t, nn.Parameter) else self.carried.get(id(t), ()))]
        inputs = list(dict.fromkeys(self.made_by[id(t)] for t in given if id(t) in self.made_by))
        if not inputs or name.startswith("new_"):  # x.new_zeros takes a type from x and no values
            self.carried.update((id(tensor), parameters) for tensor in made if parameters)
            return
        new = sum(t.nbytes for t, result in zip(made, results) if result.storage not in storages)
        if not new and kind_of(name) == "copy":
            self.made_by.update((id(tensor), inputs[0]) for tensor in made)  # contiguous() with nothing to do
            return
        first = next(t for t in given if id(t) in self.made_by)
        self.made_by.update((id(tensor), len(self.operations)) for tensor in made)
        self.operations.append(Operation(name, self.scopes[-1], *operands, self.operands[id(first)], results[0],
                                         inputs, parameters, 0 if name == "dropout" else new))

    def _see(self, tensor, learns=False, held=False):
        """The operand of a tensor that has just been made, or is met for the first time."""
        storage = tensor.untyped_storage()
        parameter = isinstance(tensor, nn.Parameter)
        operand = Operand(tensor.shape, storage._cdata, storage.nbytes(), learns or parameter and tensor.requires_grad,
                          held or parameter)
        self.operands[id(tensor)] = operand
        self.alive.append(tensor)
        return operand

    def _operands(self, value, tensors):
        """The same arguments with operands in the place of tensors, which are added to `tensors`."""
        if isinstance(value, torch.Tensor):
            tensors.append(value)
            return self.operands.get(id(value)) or self._see(value)
        if isinstance(value, tuple | list):
            parts = [self._operands(part, tensors) for part in value]
            return parts if isinstance(value, list) else tuple(parts)
        if isinstance(value, dict):
            return {key: self._operands(part, tensors) for key, part in value.items()}
        return value


@contextmanager
def _scopes(net: nn.Module, scopes: list[str]) -> Iterator[None]:
    """Keeps the path of the module that is running at the end of `scopes`; leaves no hook behind."""
    handles = []
    for path, module in net.named_modules(remove_duplicate=True):
        if path:
            handles.append(module.register_forward_pre_hook(lambda _, __, path=path: scopes.append(path)))
            handles.append(module.register_forward_hook(lambda *_: scopes.pop() and None))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _tensors(value) -> Iterator[torch.Tensor]:
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _tensors(part)
    elif isinstance(value, dict):
        yield from _tensors(list(value.values()))
