"""How signals propagate through a network on given pictures: at initialisation and trained."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.anatomy.of import anatomy_of
from explorer.errors import BadInput
from explorer.lab.limits import check_answers
from explorer.machine.device import use_one_thread
from explorer.networks.build import build
from explorer.networks.spec import NetworkSpec
from explorer.signals.propagation import BlockSignals, PropagationProbe
from explorer.signals.responses import Response, ResponseProbe
from explorer.signals.twin import twin

# Multiply-adds of a forward pass that an ordinary machine does in some ten seconds on one core.
MOST_MACS = 400e9


@dataclass(frozen=True)
class NetworkSignals:
    """What leaves every block, and how strongly every convolution responds, both from the input on."""

    blocks: tuple[BlockSignals, ...]
    responses: tuple[Response, ...]


def fresh_signals(spec: NetworkSpec, images: Tensor, *, seed: int = 0, device: torch.device | str = "cpu") -> NetworkSignals:
    """Of a fresh network; batch normalisation takes its statistics from these very `images`, as in the first step of training.

    `images` float32 [N, C, H, W], normalised. Dropout is off. Raises SpecError where the weights do not fit into memory.
    """
    net = build(spec, seed=seed).to(device)
    for module in net.modules():
        module.training = isinstance(module, nn.BatchNorm2d)
    return _signals(net, images)


def trained_signals(net: nn.Module, images: Tensor) -> NetworkSignals:
    """Of a trained network in evaluation mode, with the statistics that it has learnt; `net` itself takes no notice."""
    return _signals(twin(net).eval(), images)


def check_affordable(spec: NetworkSpec, pictures: int) -> None:
    """Raises BadInput, with the estimate, for a forward pass that would not fit into the free memory or take very long."""
    anatomy = anatomy_of(spec)
    check_answers(anatomy, pictures)
    if (macs := anatomy.macs * pictures) > MOST_MACS:
        raise BadInput(f"{spec.text} with {pictures} pictures would take long here ({macs / 1e9:,.0f} G multiply-adds, this view "
                       f"stops at {MOST_MACS / 1e9:,.0f} G): choose a shallower or narrower network, or fewer pictures.")


@torch.no_grad()
def _signals(net: nn.Module, images: Tensor) -> NetworkSignals:
    use_one_thread()
    blocks, responses = PropagationProbe(net), ResponseProbe(net)
    with blocks.watching(), responses.watching():
        net(images.to(next(net.parameters()).device).contiguous(memory_format=torch.channels_last))
    return NetworkSignals(blocks.signals(), responses.responses())
