"""Heavy networks in bfloat16 where the processor multiplies it fast, and the others as they are.

Measured on one thread with AVX512_BF16 and AMX (`tests/benchmarks/bench_classify.py`): a ResNet-50 answers 3 times as fast as in
float32. But on 517 test pictures of CIFAR-10 bfloat16 moves a ResNet-20's or -32's probabilities by 0.2 points on average, by up to
12, and changes one or two answers. So networks that are quick anyway stay in float32, and their answers are those that they give to
one picture alone.
"""

from dataclasses import replace

import torch
from torch import Tensor, nn

from explorer.machine.device import supports_bf16
from explorer.vision.loading import LoadedModel

HEAVY = 20_000_000  # bytes of weights: more than the CIFAR nets up to ResNet-110 have, less than ResNet-18 and ResNet-1202


def quick(model: LoadedModel) -> LoadedModel:
    """The same network, untouched, answering in `precision`."""
    return replace(model, net=Bfloat16(model.net)) if precision(model) == "bfloat16" else model


def precision(model: LoadedModel) -> str:
    """In which `quick` computes: "bfloat16" or "float32"."""
    return "bfloat16" if model.bytes > HEAVY and supports_bf16(model.device) else "float32"


class Bfloat16(nn.Module):
    """A network whose convolutions and matrix products are in bfloat16.

    Its input lies channels last in memory, as loaded weights do: 17% faster for a ResNet-50; in float32 it made no difference.
    """

    def __init__(self, net: nn.Module):
        super().__init__()
        self.net = net

    def forward(self, inputs: Tensor) -> Tensor:
        with torch.autocast(inputs.device.type, torch.bfloat16):
            return self.net(inputs.contiguous(memory_format=torch.channels_last))
