"""From a network's name to the module: its shapes alone, or with memory and first values."""

import torch
from torch import nn

from explorer.networks.initialise import initialise
from explorer.networks.spec import NetworkSpec, TorchvisionSpec
from explorer.networks.staged import StagedNetwork
from explorer.networks.torchvision_models import build_torchvision
from explorer.networks.vgg import Vgg


def build(spec: NetworkSpec | TorchvisionSpec, seed: int = 0, device: str | torch.device = "cpu",
          meta: bool = False) -> nn.Module:
    """The network of `spec`, [N, channels, H, W] to [N, classes], in training mode.

    Equal (spec, seed) give equal weights on every device. With `meta` the net has shapes and no values. Safe from
    several threads: no global generator and no global default is touched.
    """
    generator = torch.Generator().manual_seed(seed)
    if isinstance(spec, TorchvisionSpec):
        net = build_torchvision(spec, generator, meta)
        return net if meta else net.to(device)
    net = Vgg(spec, "meta") if spec.block == "vgg" else StagedNetwork(spec, "meta")
    if meta:
        return net
    _give_memory(net)
    initialise(net, spec, generator)
    return net.to(device)


def _give_memory(net):
    # As net.to_empty("cpu"), which on meta tensors first imports sympy: a third of a second in every worker.
    for module in net.modules():
        for name, parameter in list(module.named_parameters(recurse=False)):
            setattr(module, name, nn.Parameter(torch.empty(parameter.shape)))
        for name, buffer in list(module.named_buffers(recurse=False)):
            setattr(module, name, torch.empty(buffer.shape, dtype=buffer.dtype))
