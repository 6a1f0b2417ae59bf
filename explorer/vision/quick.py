"""Networks at the pace that this machine allows: channels last, and heavy ones in bfloat16 where the processor multiplies it fast.

Measured on one thread with AVX512_BF16 and AMX, against float32 in torch's usual layout (`tests/benchmarks/bench_classify.py`): both
together 3 times as fast for a ResNet-20 of CIFAR, 3 to 5 times for a ResNet-50. But on 517 test pictures of CIFAR-10 bfloat16 moves a
ResNet-20's or -32's probabilities by 0.2 points on average, by up to 12, and changes one or two answers. So networks that are quick
anyway stay in float32, and their answers are those that they give to one picture alone.
"""

from dataclasses import replace

import torch
from torch import Tensor, nn

from explorer.machine.device import supports_bf16
from explorer.vision.loading import LoadedModel

HEAVY = 20_000_000  # bytes of weights: more than the CIFAR nets up to ResNet-110 have, less than ResNet-18 and ResNet-1202


def quick(model: LoadedModel) -> LoadedModel:
    """The same network, untouched, answering faster, in `precision`."""
    return replace(model, net=(Bfloat16 if precision(model) == "bfloat16" else ChannelsLast)(model.net))


def precision(model: LoadedModel) -> str:
    """In which `quick` computes: "bfloat16" or "float32"."""
    return "bfloat16" if model.bytes > HEAVY and supports_bf16(model.device) else "float32"


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
