"""The signal on its way through a network, and the gradient on its way back, along every edge of the network's graph."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.anatomy.naming import LayerNames
from explorer.anatomy.recorder import Operation, Recorder
from explorer.signals.activations import exact_figures_of
from explorer.signals.norms import norm_of

ACTIVATIONS = ("relu", "relu6")  # kinds of layers
# What changes its argument, and what computes the same into new memory, so that every reader can be given its own view.
_NEW = {Tensor.__iadd__: Tensor.__add__, Tensor.__isub__: Tensor.__sub__, Tensor.__imul__: Tensor.__mul__,
        Tensor.__itruediv__: Tensor.__truediv__, Tensor.add_: Tensor.add, Tensor.mul_: Tensor.mul,
        Tensor.relu_: torch.relu, torch.relu_: torch.relu}  # fmt: skip


@dataclass(frozen=True)
class Signals:
    """What was seen of one forward and backward pass. Layers are named as the anatomy names them.

    For every ReLU, in the order of computation: the L2 norm of the loss's gradient with respect to its result; mean and
    standard deviation of its result over batch, channels and places; the share of its channels that are zero in the whole
    batch. For every edge (source, target): the L2 norm of the gradient that comes back along it. At a signal that several
    layers read, the gradients of its edges add up to the whole.
    """

    activations: tuple[str, ...]
    signal_norms: tuple[float, ...]
    means: tuple[float, ...]
    stds: tuple[float, ...]
    dead: tuple[float, ...]
    edges: tuple[tuple[str, str], ...]
    edge_norms: tuple[float, ...]


class SignalProbe:
    """Follows one forward pass of `net` and the backward pass after it. The net stays as it is, without a hook.

    It is a net that nobody else uses meanwhile (see `twin`).
    """

    def __init__(self, net: nn.Module):
        self.net = net
        self._watcher: _Watcher | None = None

    @contextmanager
    def watching(self, images: Tensor) -> Iterator[Tensor]:
        """Watch the forward pass made inside, on the images handed out: they are the given ones, with a gradient."""
        images = images.detach().requires_grad_()
        self._watcher = _Watcher(images, self.net)
        with self._watcher.following():
            yield images

    def signals(self) -> Signals:
        """What was seen, once the backward pass is over. Raises ValueError before any pass."""
        watcher, naming = self._watcher, LayerNames(self.net)
        if watcher is None or not watcher.operations:
            raise ValueError("There are no signals to read: watch a forward pass, and run its backward pass, first.")
        names = [naming.name(op) for op in watcher.operations]
        numbers = [*watcher.figures]
        ends = [(source, target) for target, op in enumerate(watcher.operations) for source in op.inputs]
        edges = [edge for edge in ends if edge in watcher.edges]
        norms = _combined([watcher.signals[number] for number in numbers] + [watcher.edges[edge] for edge in edges])
        figures = torch.stack([watcher.figures[number] for number in numbers]).cpu().double().T.tolist() if numbers else ([], [], [])
        means, stds, dead = map(tuple, figures)
        return Signals(tuple(names[number] for number in numbers), tuple(norms[: len(numbers)]), means, stds, dead,
                       tuple((names[source], names[target]) for source, target in edges), tuple(norms[len(numbers) :]))


class _Watcher(Recorder):
    """Gives every reader of a signal a view of its own, so that each tells the gradient that comes back from it."""

    def __init__(self, images: Tensor, net: nn.Module):
        super().__init__(images, net)
        self.edges: dict[tuple[int, int], list[Tensor]] = {}  # norms, by the numbers of the operations
        self.signals: dict[int, list[Tensor]] = {}
        self.figures: dict[int, Tensor] = {}
        self._views: dict[int, tuple[Tensor, Tensor, int]] = {}  # of this call's arguments: view, itself, the view's version

    def computed(self, function, name, args, kwargs, call):
        function = _NEW.get(function, function)
        if kwargs.get("inplace"):
            kwargs = kwargs | {"inplace": False}
        self._views = {}
        return function(*self._viewed(args), **self._viewed(kwargs))

    def noted(self, operation: Operation, results: list[Tensor]) -> None:
        number = len(self.operations) - 1
        for view, tensor, version in self._views.values():
            if view._version == version:
                _hear(view, self.edges.setdefault((self.operands.of(tensor).made_by, number), []))
            else:  # The function changed it where it stands: its gradient is lost, and its next readers read this operation's result.
                self.operands.made(tensor, operation.out.learns).made_by = number
        self._views = {}
        if operation.kind in ACTIVATIONS and results[0].requires_grad:
            _hear(results[0], self.signals.setdefault(number, []))
            self.figures[number] = exact_figures_of(results[0])

    def _viewed(self, value):
        if isinstance(value, Tensor):
            return self._view(value)
        if isinstance(value, tuple | list):
            parts = [self._viewed(part) for part in value]
            return parts if isinstance(value, list) else tuple(parts)
        if isinstance(value, dict):
            return {key: self._viewed(part) for key, part in value.items()}
        return value

    def _view(self, tensor: Tensor) -> Tensor:
        """The same one wherever a call has the tensor: attention asks whether keys and values are one."""
        if self.operands.of(tensor).made_by is None or not tensor.requires_grad:
            return tensor
        if id(tensor) not in self._views:
            view = tensor.view_as(tensor)
            self._views[id(tensor)] = view, tensor, view._version
        return self._views[id(tensor)][0]


def _hear(signal: Tensor, norms: list[Tensor]) -> None:
    signal.register_hook(lambda gradient: norms.append(norm_of(gradient)))


def _combined(parts: list[list[Tensor]]) -> list[float]:
    """For each list of norms the norm of the whole; 0 where no gradient came. One transfer."""
    device = next((norm.device for norms in parts for norm in norms), None)
    if device is None:
        return [0.0] * len(parts)
    zero = torch.zeros((), dtype=torch.float64 if device.type != "mps" else torch.float32, device=device)
    wholes = [norms[0] if len(norms) == 1 else torch.stack(norms).norm() if norms else zero for norms in parts]
    return torch.stack(wholes).tolist()
