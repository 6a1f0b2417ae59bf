"""How strong the gradient arrives at every layer, at initialisation and after some optimiser steps."""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from explorer.errors import BadInput
from explorer.machine.device import use_one_thread
from explorer.networks.build import build
from explorer.networks.spec import NetworkSpec, TorchvisionSpec
from explorer.signals.probe import GradientProbe
from explorer.signals.sgd import Sgd


@dataclass(frozen=True)
class FlowStep:
    """After `step` optimiser steps: the loss of the next batch, and the L2 norm of every weight's gradient (None: not finite)."""

    step: int
    loss: float | None
    norms: tuple[float | None, ...]


@dataclass(frozen=True)
class FlowResult:
    """The layers of a network, input side first, and their gradient norms at each of the steps asked for."""

    network: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    steps: tuple[FlowStep, ...]


def gradient_flow(
    spec: NetworkSpec | TorchvisionSpec,
    images: Tensor,
    labels: Tensor,
    *,
    seed: int = 0,
    steps: tuple[int, ...] = (0, 10),
    batch: int = 64,
    lr: float = 0.05,
    device: torch.device | str = "cpu",
) -> FlowResult:
    """Gradient norms of a fresh network after 0, 10, … steps of SGD with momentum 0.9, in float32.

    `images` float32 [N, C, H, W], normalised, and `labels` [N] are used in order, `batch` at a time, and again from the
    start when they run out. float32, since at initialisation the norms of a deep plain net span more than bf16's three
    digits can show. Batch normalisation is as in training, dropout and stochastic depth are off: they would draw from
    torch's generator, which all sessions share. Raises BadInput for steps or a batch that cannot be.
    """
    if not steps or min(steps) < 0:
        raise BadInput(f"The steps to look at are whole numbers from 0, not {steps}.")
    if not 2 <= batch <= len(labels):
        raise BadInput(f"A batch has 2 to {len(labels)} pictures here, not {batch}.")
    use_one_thread()
    net = build(spec, seed=seed).to(device, memory_format=torch.channels_last).train()
    for module in net.modules():
        if _draws(module):
            module.eval()
    probe = GradientProbe(net)
    sgd = Sgd(net.parameters()) if max(steps) else None  # its velocities take as much memory as the weights
    found = []
    for step in range(max(steps) + 1):
        loss = _backward(net, *_batch(images, labels, step, batch), device)
        if step in steps:
            found.append(FlowStep(step, _finite(loss.item()), tuple(map(_finite, probe.norms()))))
        if step < max(steps):
            sgd.step(lr)
            sgd.clear()
    return FlowResult(spec.text, probe.names, probe.kinds, tuple(found))


def _draws(module: nn.Module) -> bool:
    """Dropout or torchvision's StochasticDepth, by its name since torchvision may not be imported."""
    return isinstance(module, _DropoutNd) or type(module).__name__ == "StochasticDepth"


def _batch(images: Tensor, labels: Tensor, step: int, batch: int) -> tuple[Tensor, Tensor]:
    start = step % (len(labels) // batch) * batch
    return images[start : start + batch], labels[start : start + batch]


def _backward(net, images: Tensor, labels: Tensor, device) -> Tensor:
    images = images.to(device).contiguous(memory_format=torch.channels_last)
    output = net(images)
    logits = output if isinstance(output, Tensor) else output.logits  # Inception and GoogLeNet put out more than that
    loss = F.cross_entropy(logits, labels.to(device))
    loss.backward()
    return loss.detach()


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
