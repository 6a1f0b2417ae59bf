"""First values of every weight, drawn from a generator of one's own: torch's global one is never touched."""

import torch
from torch import nn

from explorer.networks.blocks import HighwayBlock, ResidualBlock
from explorer.networks.spec import NetworkSpec


@torch.no_grad()
def initialise(net: nn.Module, spec: NetworkSpec, generator: torch.Generator) -> None:
    """Fills a net whose memory is not set yet, in the order of its modules: equal generators give equal nets."""
    draw = {"he": _he, "xavier": _xavier, "torch": _torch}[spec.init]
    for module in net.modules():
        if spec.init == "he" and module is net.fc:
            # He's rule is for layers before a ReLU; the classifier keeps PyTorch's smaller values, as in torchvision.
            _torch(module, generator)
        elif isinstance(module, nn.Conv2d | nn.Linear):
            draw(module, generator)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()  # ones and zeros, running statistics too
    if spec.gate_bias is not None:
        for block in net.modules():
            if isinstance(block, HighwayBlock):
                nn.init.constant_(block.gate.bias, spec.gate_bias)
    if spec.zero_init:
        for block in net.modules():
            if isinstance(block, ResidualBlock):
                _zero(block.branch_end())


def _he(module, generator):
    """Normal of variance 2 / fan (1502.01852, equation 10), the fan of a convolution outgoing, as in torchvision."""
    mode = "fan_out" if isinstance(module, nn.Conv2d) else "fan_in"
    nn.init.kaiming_normal_(module.weight, mode=mode, nonlinearity="relu", generator=generator)
    _zero_bias(module)


def _xavier(module, generator):
    """Normal of variance 2 / (fan in + fan out) (Glorot and Bengio 2010, section 4.2.1)."""
    nn.init.xavier_normal_(module.weight, generator=generator)
    _zero_bias(module)


def _torch(module, generator):
    """PyTorch's own: weights and biases uniform within 1 / sqrt(fan in)."""
    bound = module.weight[0].numel() ** -0.5
    nn.init.uniform_(module.weight, -bound, bound, generator=generator)
    if module.bias is not None:
        nn.init.uniform_(module.bias, -bound, bound, generator=generator)


def _zero(module):
    nn.init.zeros_(module.weight)
    _zero_bias(module)


def _zero_bias(module):
    if module.bias is not None:
        nn.init.zeros_(module.bias)
