"""How signals pass through a fresh network and gradients back, at initialisation and after some optimiser steps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from explorer.errors import BadInput
from explorer.machine.device import use_one_thread
from explorer.networks.build import build
from explorer.networks.spec import NetworkSpec, TorchvisionSpec
from explorer.signals.edges import SignalProbe, Signals
from explorer.signals.norms import norm_of
from explorer.signals.probe import GradientProbe
from explorer.signals.sgd import Sgd


@dataclass(frozen=True)
class FlowStep:
    """What the next batch meets after `step` optimiser steps: its loss, and figures in the order of the result's names.

    Of every weight layer the L2 norm of the loss's gradient with respect to its weight, ‖∂L/∂W‖; of every activation (a
    ReLU's result) ‖∂L/∂a‖, its mean, its standard deviation and the share of its channels that are zero in the whole
    batch; of every edge the L2 norm of the gradient that comes back along it. NaN and infinite where that is measured.
    """

    step: int
    loss: float
    norms: tuple[float, ...]
    signal_norms: tuple[float, ...]
    means: tuple[float, ...]
    stds: tuple[float, ...]
    dead: tuple[float, ...]
    edge_norms: tuple[float, ...]


@dataclass(frozen=True)
class FlowResult:
    """A network's weight layers in the order of their definition, which is input first, with their kinds and how many
    numbers each weight has; its activations and edges (source, target) in the order of computation, named as the
    anatomy's layers; and what was measured at each of the steps."""

    network: str
    names: tuple[str, ...]
    kinds: tuple[str, ...]
    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    edges: tuple[tuple[str, str], ...]
    steps: tuple[FlowStep, ...]


def gradient_flow(spec: NetworkSpec | TorchvisionSpec, images: Tensor, labels: Tensor, **keywords) -> FlowResult:
    """All that `measured_steps` finds, with its keywords."""
    *_, result = measured_steps(spec, images, labels, **keywords)
    return result


def measured_steps(
    spec: NetworkSpec | TorchvisionSpec,
    images: Tensor,
    labels: Tensor,
    *,
    seed: int = 0,
    steps: tuple[int, ...] = (0, 10),
    batch: int = 64,
    lr: float = 0.05,
    device: torch.device | str = "cpu",
) -> Iterator[FlowResult]:
    """A fresh network's flow after 0, 10, … steps of SGD with momentum 0.9, in float32: the result so far, with each of
    the `steps` one more. Between two of them nothing is computed and nothing is kept open.

    `images` float32 [N, C, H, W], normalised, and `labels` [N] are used in order, `batch` at a time, and again from the
    start when they run out. float32, since at initialisation the norms of a deep plain net span more than bf16's three
    digits can show. (On CUDA PyTorch's convolutions keep as few, TF32, unless the process says
    `torch.backends.cudnn.allow_tf32 = False`, which is not for one of its threads to say.) Batch normalisation is as in
    training, dropout and stochastic depth are off: they would draw from torch's generator, which all sessions share.
    Raises BadInput for steps or a batch that cannot be, before anything is computed.
    """
    if not steps or min(steps) < 0:
        raise BadInput(f"The steps to look at are whole numbers from 0, not {steps}.")
    if not 2 <= batch <= len(labels):
        raise BadInput(f"A batch has 2 to {len(labels)} pictures here, not {batch}.")
    return _measured(spec, images, labels, seed, set(steps), batch, lr, device)


def _measured(spec, images, labels, seed, steps, batch, lr, device) -> Iterator[FlowResult]:
    net = build(spec, seed=seed).to(device, memory_format=torch.channels_last).train()
    _without_chance(net)
    sgd = Sgd(net.parameters()) if max(steps) else None  # its velocities take as much memory as the weights
    result = None
    for step in range(max(steps) + 1):
        use_one_thread()  # for this thread: a page's is another at every run
        pictures, classes = (some.to(device) for some in _batch(images, labels, step, batch))
        pictures = pictures.contiguous(memory_format=torch.channels_last)
        if step in steps:
            result = _with_step(result, spec, net, step, pictures, classes)
            yield result
        else:
            _loss(net(pictures), classes).backward()
        if step < max(steps):
            sgd.step(lr)
            sgd.clear()


def _with_step(before: FlowResult | None, spec, net: nn.Module, step: int, images: Tensor, labels: Tensor) -> FlowResult:
    """Forward and backward pass, watched. The gradients of the weights stay in the net."""
    probe = SignalProbe(net)
    with probe.watching(images) as watched:
        output = net(watched)
    loss = _loss(output, labels)
    loss.backward()
    weights, seen = GradientProbe(net), probe.signals()
    found = FlowStep(step, loss.item(), _weight_norms(weights), seen.signal_norms, seen.means, seen.stds, seen.dead, seen.edge_norms)
    return replace(before or _named(spec, weights, seen), steps=(*(before.steps if before else ()), found))


def _named(spec, weights: GradientProbe, seen: Signals) -> FlowResult:
    sizes = tuple(weight.numel() for weight in weights.weights)
    return FlowResult(spec.text, weights.names, weights.kinds, sizes, seen.activations, seen.edges, ())


def _weight_norms(probe: GradientProbe) -> tuple[float, ...]:
    """0 for a weight that the loss does not depend on. One transfer."""
    gradients = [weight.grad for weight in probe.weights]
    norms = iter(torch.stack([norm_of(gradient) for gradient in gradients if gradient is not None]).tolist())
    return tuple(0.0 if gradient is None else next(norms) for gradient in gradients)


def _without_chance(net: nn.Module) -> None:
    """Dropout and torchvision's StochasticDepth (by its name since torchvision may not be imported) do nothing, and no
    activation overwrites its input, so that every layer's reader can be watched."""
    for module in net.modules():
        if isinstance(module, _DropoutNd) or type(module).__name__ == "StochasticDepth":
            module.eval()
        if getattr(module, "inplace", False) is True:
            module.inplace = False


def _batch(images: Tensor, labels: Tensor, step: int, batch: int) -> tuple[Tensor, Tensor]:
    start = step % (len(labels) // batch) * batch
    return images[start : start + batch], labels[start : start + batch]


def _loss(output, labels: Tensor) -> Tensor:
    logits = output if isinstance(output, Tensor) else output.logits  # Inception and GoogLeNet put out more than that
    return F.cross_entropy(logits, labels)
