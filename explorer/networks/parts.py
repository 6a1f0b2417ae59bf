"""What every block is made of: convolutions, their normalisation, and the shortcuts of the paper's section 3.3."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Parts:
    """Makes the layers of one network: with batch normalisation, or without it and then with biases."""

    norm: str = "batch"
    device: str = "cpu"

    def conv(self, inputs: int, outputs: int, kernel: int, stride: int = 1) -> nn.Conv2d:
        """[N, inputs, H, W] to [N, outputs, H/stride, W/stride], zero-padded. BN's shift makes a bias idle."""
        return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=self.norm == "none",
                         device=self.device)

    def normalise(self, channels: int) -> nn.Module:
        """Batch normalisation of [N, channels, H, W], or nothing where the network has none."""
        return nn.BatchNorm2d(channels, device=self.device) if self.norm == "batch" else nn.Identity()

    def linear(self, inputs: int, outputs: int) -> nn.Linear:
        """[N, inputs] to [N, outputs], with a bias."""
        return nn.Linear(inputs, outputs, device=self.device)


def shortcut(option: str, inputs: int, outputs: int, stride: int, parts: Parts,
             normalised: bool = True) -> nn.Module | None:
    """The shortcut of one block, None where it is the identity.

    A: identity, zero-padded channels where the shape changes. B: projection where it changes. C: projection always.
    A projection is normalised, but for pre-activation: there its input is, and its output stays on the clean path.
    """
    if option != "C" and stride == 1 and inputs == outputs:
        return None
    if option == "A":
        return PaddedShortcut(inputs, outputs, stride)
    projection = parts.conv(inputs, outputs, 1, stride)
    return nn.Sequential(projection, parts.normalise(outputs)) if normalised else nn.Sequential(projection)


class PaddedShortcut(nn.Module):
    """Option A: every `stride`-th pixel, and zeros for the new channels; no parameters.

    [N, inputs, H, W] to [N, outputs, ceil(H/stride), ceil(W/stride)]. The paper leaves open where the zeros go: half
    before and half after, as in the public CIFAR weights.
    """

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.stride = stride
        self.before = (outputs - inputs) // 2
        self.after = outputs - inputs - self.before

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.before, self.after))

    def extra_repr(self) -> str:
        return f"stride={self.stride}, before={self.before}, after={self.after}"
