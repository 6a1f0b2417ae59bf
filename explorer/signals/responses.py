"""How strongly each layer responds: the standard deviations of figure 7 of "Deep Residual Learning" (1512.03385, section 4.2)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.errors import BadInput
from explorer.networks.blocks import BasicBlock, Bottleneck, HighwayBlock, PlainBlock
from explorer.networks.preactivation import PreactBlock, PreactBottleneck
from explorer.networks.staged import StagedNetwork
from explorer.networks.vgg import VggLayer
from explorer.signals.moments import exact_channel_moments, overall_std

AFTER = (StagedNetwork, PlainBlock, BasicBlock, Bottleneck, HighwayBlock, VggLayer)  # conv1 is followed by bn1
BEFORE = (PreactBlock, PreactBottleneck)  # conv1 is followed by bn2, and the last convolution by the addition


@dataclass(frozen=True)
class Response:
    """The standard deviation of a convolution's response over pictures, channels and places, by the name of the convolution."""

    layer: str
    std: float


class ResponseProbe:
    """Reads the response of every convolution on the main path: after its BN where one follows, before ReLU or addition.

    Projections of shortcuts and highway gates are left out, as in the figure, which shows 3x3 layers. The net is one that nobody
    else uses (see `twin`): while it is watched, others' passes would be read too. Raises BadInput for a network that is none of
    this project's own.
    """

    def __init__(self, net: nn.Module):
        self._points = {name: point for place, module in net.named_modules() for name, point in _points(place, module)}
        if not self._points:
            raise BadInput("Layer responses are read from this project's own networks only.")
        self._seen: dict[str, Tensor] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the forward pass made inside; outside no hook is left."""
        self._seen = {}
        hooks = [
            point.register_forward_hook(lambda module, inputs, result, name=name: self._seen.__setitem__(name, _std(result)))
            for name, point in self._points.items()
        ]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def responses(self) -> tuple[Response, ...]:
        """The layers of the last pass watched, input side first. Raises ValueError where none was watched to its end."""
        if len(self._seen) < len(self._points):
            raise ValueError("There are no responses to read: watch a whole forward pass first.")
        return tuple(map(Response, self._seen, torch.stack(list(self._seen.values())).tolist()))


def _points(place: str, module: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """The name of each convolution that a block or a stem holds itself, and the module whose result is its response."""
    if not isinstance(module, AFTER + BEFORE):
        return
    for number in range(1, 4):
        convolution = getattr(module, f"conv{number}", None)
        if convolution is None:
            return
        normalised = getattr(module, f"bn{number + isinstance(module, BEFORE)}", convolution)
        yield f"{place}.conv{number}".lstrip("."), normalised


def _std(signal: Tensor) -> Tensor:
    return overall_std(*exact_channel_moments(signal))
