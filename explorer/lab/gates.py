"""Untrained gates, and what highway networks answer whose gates are pushed."""

import torch
from torch import Tensor, nn

from explorer.anatomy.of import anatomy_of
from explorer.lab.limits import check_answers
from explorer.lab.pictures import fresh_pictures
from explorer.networks.build import build
from explorer.networks.spec import NetworkSpec
from explorer.signals.gates import GateReading, gate_reading
from explorer.signals.statistics import with_statistics_of


def fresh_gates(spec: NetworkSpec, count: int, seed: int = 0, data: str = "digits") -> tuple[GateReading, Tensor, Tensor]:
    """What the gates of an untrained net let through of `count` pictures; these, float32 [count, C, H, W], and labels [count].

    Batch normalisation uses the statistics of these pictures, as in training, but fixed: one picture's gates do not depend on
    which others are looked at with it. Raises BadInput for a net without gates, and for what does not fit into the free memory.
    """
    check_answers(anatomy_of(spec), count)
    images, labels = fresh_pictures(spec, count, seed, data)
    return gate_reading(with_statistics_of(build(spec, seed), images), images), images, labels


@torch.inference_mode()
def answers(net: nn.Module, images: Tensor, batch: int = 100) -> Tensor:
    """Class probabilities, float32 [N, classes] on the CPU, of normalised images [N, C, H, W]; NaN where there are none."""
    device = next(net.parameters()).device
    return torch.cat([net(some.to(device)).float().softmax(1).cpu() for some in images.split(batch)])


def error_of(probabilities: Tensor, labels: Tensor) -> float:
    """The share of pictures whose likeliest class is another than their label; what is not a number is wrong."""
    right = (probabilities.argmax(1) == labels) & probabilities.isfinite().all(1)
    return 1 - right.float().mean().item()
