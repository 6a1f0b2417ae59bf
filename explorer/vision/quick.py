"""Networks at the pace that this machine allows: bfloat16 where the processor multiplies it fast, channels last everywhere.

Measured on one thread with AVX512_BF16 and AMX, against float32 in torch's usual layout (`tests/benchmarks/bench_classify.py`):
3 times as fast for a ResNet-20 of CIFAR, 3 to 5 times for a ResNet-50.
"""

from dataclasses import replace

import torch
from torch import Tensor, nn

from explorer.machine.device import supports_bf16
from explorer.vision.loading import LoadedModel


def quick(model: LoadedModel) -> LoadedModel:
    """The same network, untouched, answering faster; probabilities may differ in the third digit where `precision` is bfloat16."""
    return replace(model, net=(Bfloat16 if precision(model) == "bfloat16" else ChannelsLast)(model.net))


def precision(model: LoadedModel) -> str:
    """In which `quick` computes there: "bfloat16", or "float32" where that is only emulated."""
    return "bfloat16" if supports_bf16(model.device) else "float32"


class ChannelsLast(nn.Module):
    """A network whose input lies channels last in memory, which its convolutions then keep."""

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, inputs: Tensor) -> Tensor:
        return self.net(inputs.contiguous(memory_format=torch.channels_last))


class Bfloat16(ChannelsLast):
    """The same, its convolutions and matrix products in bfloat16."""

    def forward(self, inputs: Tensor) -> Tensor:
        with torch.autocast(inputs.device.type, torch.bfloat16):
            return super().forward(inputs)
