"""Plain and residual blocks of "Deep Residual Learning for Image Recognition" (1512.03385), and the highway layer.

Every block maps [N, inputs, H, W] to [N, outputs, H/stride, W/stride] and keeps its convolution weights under the
names of torchvision's ResNet. ReLUs are not in place, so that backward hooks see every signal.
"""

import torch
from torch import nn

from explorer.networks.parts import Parts, shortcut


class PlainBlock(nn.Module):
    """Two 3x3 convolutions and no shortcut: the residual block's control experiment (section 3.3)."""

    def __init__(self, inputs: int, width: int, stride: int = 1, parts: Parts = Parts()):
        super().__init__()
        self.outputs = width
        self.conv1 = parts.conv(inputs, width, 3, stride)
        self.bn1 = parts.normalise(width)
        self.relu1 = nn.ReLU()
        self.conv2 = parts.conv(width, width, 3)
        self.bn2 = parts.normalise(width)
        self.relu2 = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu1(self.bn1(self.conv1(x)))
        return self.relu2(self.bn2(self.conv2(x)))


class ResidualBlock(nn.Module):
    """A block that adds its shortcut to a branch F; `closing` names F's last layers, the last of all first."""

    closing: tuple[str, ...]

    def branch_end(self) -> nn.Module:
        """F's last module with weights: zero it, and the block starts as the identity."""
        layers = [self.get_submodule(name) for name in self.closing]
        return next(layer for layer in layers if not isinstance(layer, nn.Identity))


class BasicBlock(ResidualBlock):
    """y = relu(F(x) + x), F of two 3x3 convolutions (figure 5, left)."""

    closing = ("bn2", "conv2")

    def __init__(self, inputs: int, width: int, stride: int = 1, option: str = "B", parts: Parts = Parts()):
        super().__init__()
        self.outputs = width
        self.conv1 = parts.conv(inputs, width, 3, stride)
        self.bn1 = parts.normalise(width)
        self.relu1 = nn.ReLU()
        self.conv2 = parts.conv(width, width, 3)
        self.bn2 = parts.normalise(width)
        self.downsample = shortcut(option, inputs, width, stride, parts)
        self.relu2 = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        carried = x if self.downsample is None else self.downsample(x)
        branch = self.relu1(self.bn1(self.conv1(x)))
        branch = self.bn2(self.conv2(branch))
        return self.relu2(branch + carried)


class Bottleneck(ResidualBlock):
    """y = relu(F(x) + x), F of 1x1, 3x3 and 1x1 convolutions, the output four times as wide (figure 5, right).

    The paper strides in the first 1x1; torchvision and most published weights ("v1.5") in the 3x3.
    """

    expansion = 4
    closing = ("bn3", "conv3")

    def __init__(self, inputs: int, width: int, stride: int = 1, option: str = "B", stride_in: str = "1x1",
                 parts: Parts = Parts()):
        super().__init__()
        first, second = (stride, 1) if stride_in == "1x1" else (1, stride)
        self.outputs = width * self.expansion
        self.conv1 = parts.conv(inputs, width, 1, first)
        self.bn1 = parts.normalise(width)
        self.relu1 = nn.ReLU()
        self.conv2 = parts.conv(width, width, 3, second)
        self.bn2 = parts.normalise(width)
        self.relu2 = nn.ReLU()
        self.conv3 = parts.conv(width, self.outputs, 1)
        self.bn3 = parts.normalise(self.outputs)
        self.downsample = shortcut(option, inputs, self.outputs, stride, parts)
        self.relu3 = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        carried = x if self.downsample is None else self.downsample(x)
        branch = self.relu1(self.bn1(self.conv1(x)))
        branch = self.relu2(self.bn2(self.conv2(branch)))
        branch = self.bn3(self.conv3(branch))
        return self.relu3(branch + carried)


class HighwayBlock(nn.Module):
    """One gated layer, y = H(x) T(x) + x (1 - T(x)), T = sigmoid of a convolution (1507.06228, equation 3).

    H is convolution, BN, ReLU; T sees as far as H does (3x3). A negative gate bias makes the layer carry at first.
    Where the shape changes, x is brought to the new shape by the shortcut option.
    """

    def __init__(self, inputs: int, width: int, stride: int = 1, option: str = "A", parts: Parts = Parts()):
        super().__init__()
        self.outputs = width
        self.conv1 = parts.conv(inputs, width, 3, stride)
        self.bn1 = parts.normalise(width)
        self.relu1 = nn.ReLU()
        self.gate = nn.Conv2d(inputs, width, 3, stride, padding=1, device=parts.device)
        self.sigmoid = nn.Sigmoid()
        self.downsample = shortcut(option, inputs, width, stride, parts)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        carried = x if self.downsample is None else self.downsample(x)
        transformed = self.relu1(self.bn1(self.conv1(x)))
        opening = self.sigmoid(self.gate(x))
        return transformed * opening + carried * (1 - opening)
