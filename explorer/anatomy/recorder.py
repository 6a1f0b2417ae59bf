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
from explorer.anatomy.shapes import result_shape


@dataclass
class Operation:
    """One call of a PyTorch function that made a tensor out of the network's input."""

    operator: str  # the function's name
    module: str  # path of the module whose forward called it
    args: tuple  # the function's own, every tensor replaced by its shape
    kwargs: dict
    in_shape: tuple[int, ...]
    out_shape: tuple[int, ...]
    inputs: list[int]  # earlier operations, by index
    parameters: list[nn.Parameter] = field(default_factory=list)  # learned tensors that flow in here
    bytes: int = 0  # newly occupied by the result

    @property
    def kind(self) -> str:
        return kind_of(self.operator)


def record(net: nn.Module, images: torch.Tensor) -> list[Operation]:
    """The operations of `net(images)`, `images` [1, C, H, W], all on the meta device; the input itself is the first."""
    recorder = _Recorder(images)
    with torch.no_grad(), torch.device("meta"), _scopes(net, recorder.scopes), recorder:
        net(images)
    return recorder.operations


class _Recorder(TorchFunctionMode):
    def __init__(self, images):
        super().__init__()
        shape = tuple(images.shape)
        self.scopes = [""]
        self.operations = [Operation("input", "", (), {}, shape, shape, [], [], images.nbytes)]
        self.made_by = {id(images): 0}
        # Parameters that an operator without any input of the network has reshaped, sliced or expanded.
        self.carried: dict[int, list[nn.Parameter]] = {}
        # A freed tensor's id is soon another's: meta tensors hold no data, so all are kept.
        self.alive = [images]

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(function, "__name__", str(function))
        shapes, named_shapes = _shapes(args), _shapes(kwargs)
        shape = result_shape(name, shapes, named_shapes)
        result = function(*args, **kwargs) if shape is None else args[0].new_empty(shape)
        made = list(_tensors(result))
        if made:
            self._note(name, args, kwargs, made, (shapes, named_shapes))
        return result

    def _note(self, name, args, kwargs, made, shapes):
        given = list(_tensors((args, kwargs)))
        parameters = [p for t in given for p in ([t] if isinstance(t, nn.Parameter) else self.carried.get(id(t), ()))]
        inputs = list(dict.fromkeys(self.made_by[id(t)] for t in given if id(t) in self.made_by))
        self.alive += made
        if not inputs or name.startswith("new_"):  # x.new_zeros takes a type from x and no values
            self.carried.update((id(tensor), parameters) for tensor in made if parameters)
            return
        storages = {t.untyped_storage()._cdata for t in given}
        new = sum(t.nbytes for t in made if t.untyped_storage()._cdata not in storages)
        if not new and kind_of(name) == "copy":
            self.made_by.update((id(tensor), inputs[0]) for tensor in made)  # contiguous() with nothing to do
            return
        first = next(t for t in given if id(t) in self.made_by)
        self.made_by.update((id(tensor), len(self.operations)) for tensor in made)
        self.operations.append(Operation(name, self.scopes[-1], *shapes, tuple(first.shape), tuple(made[0].shape),
                                         inputs, parameters, new))


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


def _shapes(value):
    """The same arguments, every tensor replaced by its shape."""
    if isinstance(value, torch.Tensor):
        return tuple(value.shape)
    if isinstance(value, tuple | list):
        return type(value)(map(_shapes, value)) if type(value) in (tuple, list) else tuple(map(_shapes, value))
    if isinstance(value, dict):
        return {key: _shapes(part) for key, part in value.items()}
    return value
