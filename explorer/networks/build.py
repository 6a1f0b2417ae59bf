"""From a network's name to the module: its shapes alone, or with memory and first values."""

import psutil
import torch
from torch import nn

from explorer.networks.initialise import initialise
from explorer.networks.spec import NetworkSpec, SpecError, TorchvisionSpec
from explorer.networks.staged import StagedNetwork
from explorer.networks.torchvision_models import build_torchvision
from explorer.networks.vgg import Vgg


def build(spec: NetworkSpec | TorchvisionSpec, seed: int = 0, device: str | torch.device = "cpu",
          meta: bool = False) -> nn.Module:
    """The network of `spec`, [N, channels, H, W] to [N, classes], in training mode.

    Equal (spec, seed) give equal weights on every device. With `meta` the net has shapes and no values. Safe from
    several threads: no global generator and no global default is touched. Raises `SpecError` where the weights of one
    of this project's own networks exceed the free memory.
    """
    generator = torch.Generator().manual_seed(seed)
    if isinstance(spec, TorchvisionSpec):
        net = build_torchvision(spec, generator, meta)
        return net if meta else net.to(device)
    net = Vgg(spec, "meta") if spec.block == "vgg" else StagedNetwork(spec, "meta")
    if meta:
        return net
    _refuse_too_large(net, spec)
    _give_memory(net)
    initialise(net, spec, generator)
    return net.to(device)


def _refuse_too_large(net, spec):
    needed = sum(tensor.nbytes for tensor in net.state_dict().values())
    free = psutil.virtual_memory().available
    if needed > free:
        raise SpecError(f"The weights of {spec} take {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB of memory are free: "
                        "choose a smaller width or depth.")


def _give_memory(net):
    # As net.to_empty("cpu"), which on meta tensors first imports sympy: a third of a second in every worker.
    for module in net.modules():
        for name, parameter in list(module.named_parameters(recurse=False)):
            setattr(module, name, nn.Parameter(torch.empty(parameter.shape)))
        for name, buffer in list(module.named_buffers(recurse=False)):
            setattr(module, name, torch.empty(buffer.shape, dtype=buffer.dtype))
