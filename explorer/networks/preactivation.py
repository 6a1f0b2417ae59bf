"""Pre-activation blocks of "Identity Mappings in Deep Residual Networks" (1603.05027).

BN and ReLU come before each convolution, and nothing stands on the way from block to block but the addition,
y = F(x) + x. Where the shortcut must change the shape, it takes the activated signal; the network's first block gets
a signal that its stem has activated already (the paper's appendix). Shapes as in `blocks`.
"""

import torch
from torch import nn

from explorer.networks.blocks import ResidualBlock
from explorer.networks.parts import Parts, shortcut


class PreactBlock(ResidualBlock):
    """F of two 3x3 convolutions (figure 4e)."""

    closing = ("conv2",)

    def __init__(self, inputs: int, width: int, stride: int = 1, option: str = "B", parts: Parts = Parts(),
                 activated: bool = False):
        super().__init__()
        self.outputs = width
        self.bn1 = nn.Identity() if activated else parts.normalise(inputs)
        self.relu1 = nn.Identity() if activated else nn.ReLU()
        self.conv1 = parts.conv(inputs, width, 3, stride)
        self.bn2 = parts.normalise(width)
        self.relu2 = nn.ReLU()
        self.conv2 = parts.conv(width, width, 3)
        self.downsample = shortcut(option, inputs, width, stride, parts, normalised=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        signal = self.relu1(self.bn1(x))
        carried = x if self.downsample is None else self.downsample(signal)
        branch = self.conv1(signal)
        branch = self.conv2(self.relu2(self.bn2(branch)))
        return branch + carried


class PreactBottleneck(ResidualBlock):
    """F of 1x1, 3x3 and 1x1 convolutions, the output four times as wide; the stride in the first 1x1 or in the 3x3."""

    expansion = 4
    closing = ("conv3",)

    def __init__(self, inputs: int, width: int, stride: int = 1, option: str = "B", stride_in: str = "1x1",
                 parts: Parts = Parts(), activated: bool = False):
        super().__init__()
        first, second = (stride, 1) if stride_in == "1x1" else (1, stride)
        self.outputs = width * self.expansion
        self.bn1 = nn.Identity() if activated else parts.normalise(inputs)
        self.relu1 = nn.Identity() if activated else nn.ReLU()
        self.conv1 = parts.conv(inputs, width, 1, first)
        self.bn2 = parts.normalise(width)
        self.relu2 = nn.ReLU()
        self.conv2 = parts.conv(width, width, 3, second)
        self.bn3 = parts.normalise(width)
        self.relu3 = nn.ReLU()
        self.conv3 = parts.conv(width, self.outputs, 1)
        self.downsample = shortcut(option, inputs, self.outputs, stride, parts, normalised=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        signal = self.relu1(self.bn1(x))
        carried = x if self.downsample is None else self.downsample(signal)
        branch = self.conv1(signal)
        branch = self.conv2(self.relu2(self.bn2(branch)))
        branch = self.conv3(self.relu3(self.bn3(branch)))
        return branch + carried
