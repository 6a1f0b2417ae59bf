"""Watch one forward pass: every operator, the module that called it and the tensors that flow between.

Not torch.fx: its tracer patches nn.Module for the whole process, which other sessions share. A TorchFunctionMode
belongs to its thread, and the hooks to one net that nobody else has.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from explorer.anatomy.costs import kind_of
from explorer.anatomy.operand import Operand, instances
from explorer.anatomy.operands import Operands
from explorer.anatomy.shapes import result_shape
from explorer.anatomy.untraceable import Untraceable, stopped

# What a forward may make out of nothing; here it comes without values too.
_MAKERS = {torch.empty, torch.zeros, torch.ones, torch.full, torch.arange, torch.linspace, torch.eye, torch.tensor,
           torch.rand, torch.randn}
_WHERE = "raised_in"  # an error's attribute


@dataclass
class Operation:
    """One call of a PyTorch function that made a tensor out of the network's input."""

    operator: str  # the function's name
    module: str  # path of the module whose forward called it
    args: tuple  # the function's own, every tensor replaced by its `Operand`
    kwargs: dict
    first: Operand  # of the tensors given, the first that came from the network's input
    out: Operand
    inputs: list[int] = field(default_factory=list)  # earlier operations, by number
    parameters: tuple[nn.Parameter, ...] = ()  # learned tensors that flow in here
    bytes: int = 0  # newly occupied by the result
    occupied: int = 0  # by all results that the network still names when this one is there

    @property
    def kind(self) -> str:
        return kind_of(self.operator)


def record(net: nn.Module, images: torch.Tensor) -> tuple[list[Operation], list[Operation]]:
    """The operations of `net(images)`, `images` [1, C, H, W], all on the meta device; the input itself is the first.
    And apart from them those that compute something from weights alone, the same for all images.

    Raises `Untraceable` where the forward pass fails, or its result is not computed from the images.
    """
    recorder = _Shapes(images, net)
    try:
        with torch.no_grad(), recorder.following():
            result = net(images)
    except Exception as error:  # a network's forward is anybody's code
        raise stopped(net, getattr(error, _WHERE, ""), error) from error
    if all(recorder.operands.of(tensor).made_by is None for tensor in instances(torch.Tensor, result)):
        raise Untraceable(f"the forward of {type(net).__name__} returns nothing that is computed from the images.")
    return recorder.operations, recorder.apart


class Recorder(TorchFunctionMode):
    """Notes every operation of one forward pass of `net` on `images`, made inside `following()`.

    `operations` begin with the images; `apart` are those that compute something from weights alone. A subclass says how
    a function is `computed`, and hears of every operation that is `noted`.
    """

    def __init__(self, images: torch.Tensor, net: nn.Module):
        super().__init__()
        self.net = net
        self.operands = Operands(net)
        self.scopes = [""]
        pixels = self.operands.made(images, learns=False)
        pixels.made_by = 0
        self.operations = [Operation("input", "", (), {}, pixels, pixels, bytes=images.nbytes, occupied=images.nbytes)]
        self.apart: list[Operation] = []

    @contextmanager
    def following(self) -> Iterator[None]:
        """While it is open, this thread's calls are recorded; it leaves no hook behind."""
        with _scopes(self.net, self.scopes), self:
            yield

    def computed(self, function, name: str, args: tuple, kwargs: dict, call: tuple):
        """The function's result; `call` are its arguments with operands in the place of tensors."""
        return function(*args, **kwargs)

    def noted(self, operation: Operation, results: list[torch.Tensor]) -> None:
        """Called with the latest of `operations`, and the tensors that it made."""

    def __torch_function__(self, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if "input" in kwargs:  # everywhere the first argument, which the formulas expect in its place
            args, kwargs = (kwargs["input"], *args), {key: value for key, value in kwargs.items() if key != "input"}
        name = getattr(function, "__name__", str(function))
        given: list[Operand] = []
        call = self._seen(args, given), self._seen(kwargs, given)
        result = self.computed(function, name, args, kwargs, call)
        made = list(instances(torch.Tensor, result))
        if made and (operation := self._note(name, given, made, call)):
            self.noted(operation, made)
        return result

    def _note(self, name, given, made, call):
        """The operation that this call is, None where it computes nothing from the images."""
        takes_values = not name.startswith("new_") and not name.endswith("_like")  # those read a shape and a type
        learns = takes_values and any(operand.learns for operand in given)
        results = [self.operands.made(tensor, learns) for tensor in made]
        parameters = tuple(parameter for operand in given for parameter in operand.parameters)
        inputs = [operand for operand in given if operand.made_by is not None]
        if not inputs or not takes_values:
            for result in results:
                result.parameters = parameters
            if learns:
                self.apart.append(Operation(name, self.scopes[-1], *call, given[0], results[0], parameters=parameters))
            return None
        old = {operand.storage for operand in given}
        new = sum(tensor.nbytes for tensor, result in zip(made, results) if result.storage not in old)
        unchanged = not new and kind_of(name) == "copy"  # contiguous() with nothing to do
        for result in results:
            result.made_by = inputs[0].made_by if unchanged else len(self.operations)
        if unchanged:
            return None
        call[1].pop("out", None)  # a formula's own word for the result
        self.operations.append(Operation(
            name, self.scopes[-1], *call, inputs[0], results[0], list(dict.fromkeys(x.made_by for x in inputs)),
            parameters, 0 if name == "dropout" else new, self.operands.occupied))
        return self.operations[-1]

    def _seen(self, value, operands):
        """The same arguments with operands in the place of tensors, added to `operands` too."""
        if isinstance(value, torch.Tensor):
            operands.append(self.operands.of(value))
            return operands[-1]
        if isinstance(value, tuple | list):
            parts = [self._seen(part, operands) for part in value]
            return parts if isinstance(value, list) else tuple(parts)
        if isinstance(value, dict):
            return {key: self._seen(part, operands) for key, part in value.items()}
        return value


class _Shapes(Recorder):
    """Computes nothing: results have shapes alone."""

    def computed(self, function, name, args, kwargs, call):
        if function in _MAKERS:
            kwargs = {"device": "meta"} | kwargs
        shape = result_shape(name, *call) if _is_plain(args, kwargs) else None
        return function(*args, **kwargs) if shape is None else args[0].new_empty(shape)


def _is_plain(args, kwargs):
    """Whether all tensors have one floating type, which is then the result's too; PyTorch has rules for all others."""
    types = {tensor.dtype for tensor in instances(torch.Tensor, [args, kwargs])}
    return len(types) == 1 and types.pop().is_floating_point


@contextmanager
def _scopes(net: nn.Module, scopes: list[str]) -> Iterator[None]:
    """Keeps the path of the module that is running at the end of `scopes`, and with an error the path of the module that
    it comes from, be it caught outside or not; leaves no hook behind."""

    def left(path):
        if scopes[-1] == path:
            scopes.pop()
        error = sys.exception()
        if error is not None and not hasattr(error, _WHERE):
            setattr(error, _WHERE, path)

    handles = []
    for path, module in net.named_modules(remove_duplicate=True):
        if path:
            handles.append(module.register_forward_pre_hook(lambda _, __, path=path: scopes.append(path)))
            handles.append(module.register_forward_hook(lambda *_, path=path: left(path), always_call=True))
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
