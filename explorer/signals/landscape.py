"""The loss around a trained network, on a line or a plane through its weights (Li et al. 2018, 1712.09913)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.machine.streams import stream

BATCH = 50  # as many activations as a core's cache holds, for 32x32 pictures: larger batches are no faster


@dataclass(frozen=True)
class PointValues:
    """Mean cross-entropy and share of wrong answers, 0 to 1, of all pictures; nan and inf where the weights lead to such."""

    loss: float
    error: float


def random_direction(net: nn.Module, generator: torch.Generator) -> list[Tensor]:
    """A Gaussian direction in the space of the weights, filter by filter as long as the network's own (section 4).

    A tensor a parameter, in their order and shape: d_ij / ‖d_ij‖ · ‖w_ij‖ for filter j of layer i, where a row of a
    linear layer counts as a filter; zeros for biases and batch normalisation's parameters, which are not moved.
    """
    return [_filter_normalised(torch.randn(weight.shape, generator=generator), weight.detach().cpu()) for weight in net.parameters()]


def directions(net: nn.Module, count: int, seed: int) -> list[list[Tensor]]:
    """`count` random directions, equal for equal seeds and weights; the first is the same whatever the count.

    Their stream of random numbers is another than the one that `build` draws a network's first weights from with that seed:
    a direction would else point back to where the training began.
    """
    generator = stream("directions", seed)
    return [random_direction(net, generator) for _ in range(count)]


class Landscape:
    """The loss of fixed pictures as a function of where on the plane the weights are.

    `net`, in evaluation mode and float32, is a twin that nobody else uses: its weights are moved and come to rest at the
    last point. Batch normalisation keeps the running statistics of the trained weights. `images` are [N, C, H, W],
    normalised, and `labels` [N], on the network's device, as are the `axes`, from `directions`.
    """

    def __init__(self, net: nn.Module, axes: Sequence[Sequence[Tensor]], images: Tensor, labels: Tensor, batch: int = BATCH):
        self._net = net.eval().requires_grad_(False).to(memory_format=torch.channels_last)
        self._moved = [(weight, weight.clone(), [axis[i].to(weight) for axis in axes]) for i, weight in enumerate(net.parameters())]
        self._batches = [
            (some.contiguous(memory_format=torch.channels_last), of)
            for some, of in zip(images.split(batch), labels.split(batch), strict=True)
        ]
        self._count = len(labels)

    @torch.inference_mode()
    def at(self, *place: float) -> PointValues:
        """What the network makes of the pictures with its weights moved by `place[k]` times axis k; its own ones at the origin."""
        self._move(place)
        loss, wrong = 0.0, 0
        for images, labels in self._batches:
            logits = self._net(images)
            loss += F.cross_entropy(logits, labels, reduction="sum").item()
            # Not-a-number is no answer, so it is a wrong one, even where argmax would happen to name the right class.
            wrong += (~((logits.argmax(1) == labels) & logits.isfinite().all(1))).sum().item()
        return PointValues(loss / self._count, wrong / self._count)

    def _move(self, place: Sequence[float]) -> None:
        for weight, trained, axes in self._moved:
            weight.copy_(trained)
            for share, axis in zip(place, axes, strict=True):
                weight.add_(axis, alpha=share)


def _filter_normalised(drawn: Tensor, weight: Tensor) -> Tensor:
    if weight.dim() < 2:
        return torch.zeros_like(weight)
    length = drawn.flatten(1).norm(dim=1).clamp_min(torch.finfo(torch.float32).tiny)
    return drawn * (weight.flatten(1).norm(dim=1) / length).view(-1, *[1] * (weight.dim() - 1))
