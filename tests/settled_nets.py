"""Networks that are not as first initialised, and pictures of noise for them."""

import torch
from torch import nn

from explorer.networks.build import build
from explorer.networks.spec import parse_spec


def settled(text: str, seed: int = 0) -> nn.Module:
    """In evaluation, with first weights; its batch normalisations have statistics, scales and shifts of their own."""
    net = build(parse_spec(text), seed=seed).eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(seed)
    for module in net.modules():
        if isinstance(module, nn.BatchNorm2d):
            for tensor in (module.weight, module.bias, module.running_mean, module.running_var):
                tensor.copy_(0.5 + torch.rand(tensor.shape, generator=generator))
    return net


def noise_for(text: str, count: int = 3) -> torch.Tensor:
    """Pictures of the network's input: normal [count, channels, side, side], always the same."""
    spec = parse_spec(text)
    return torch.randn(count, spec.channels, spec.input, spec.input, generator=torch.Generator().manual_seed(7))
