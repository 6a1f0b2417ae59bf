"""Networks of a stem, stages of equal blocks, global average pooling and a classifier: all families but VGG."""

import torch
from torch import nn

from explorer.networks.blocks import BasicBlock, Bottleneck, HighwayBlock, PlainBlock
from explorer.networks.options import BOTTLENECKS
from explorer.networks.parts import Parts
from explorer.networks.preactivation import PreactBlock, PreactBottleneck
from explorer.networks.spec import NetworkSpec


class StagedNetwork(nn.Module):
    """[N, channels, H, W] to class scores [N, classes]; each stage after `layer1` halves the image.

    The cifar stem is one 3x3 convolution (1512.03385, section 4.2), the imagenet stem a 7x7 of stride 2 and a max-pool
    (table 1). State-dict keys are torchvision's.
    """

    def __init__(self, spec: NetworkSpec, device: str = "cpu"):
        super().__init__()
        parts = Parts(spec.norm, device)
        kernel, stride = (3, 1) if spec.stem == "cifar" else (7, 2)
        self.conv1 = parts.conv(spec.channels, spec.width, kernel, stride)
        self.bn1 = parts.normalise(spec.width)
        self.relu = nn.ReLU()
        self.maxpool = nn.Identity() if spec.stem == "cifar" else nn.MaxPool2d(3, stride=2, padding=1)
        self.stage_names = tuple(f"layer{number}" for number in range(1, len(spec.stage_blocks) + 1))
        channels = spec.width
        for name, width, count in zip(self.stage_names, spec.stage_widths, spec.stage_blocks):
            self.add_module(name, _stage(spec, parts, channels, width, count, is_first=name == "layer1"))
            channels = 4 * width if spec.block in BOTTLENECKS else width
        # The last sum of a pre-activation net meets no further block that would activate it.
        is_preact = spec.family == "preactivation"
        self.bn_last = parts.normalise(channels) if is_preact else nn.Identity()
        self.relu_last = nn.ReLU() if is_preact else nn.Identity()
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.dropout = nn.Dropout(spec.dropout) if spec.dropout else nn.Identity()
        self.fc = parts.linear(channels, spec.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        for name in self.stage_names:
            x = self.get_submodule(name)(x)
        x = self.relu_last(self.bn_last(x))
        x = torch.flatten(self.avgpool(x), 1)
        return self.fc(self.dropout(x))


def _stage(spec, parts, inputs, width, count, is_first):
    """`count` blocks of one width; the first block of a later stage halves the image."""
    blocks = nn.Sequential()
    for number in range(count):
        stride = 2 if number == 0 and not is_first else 1
        blocks.append(_block(spec, parts, inputs, width, stride, activated=is_first and number == 0))
        inputs = blocks[-1].outputs
    return blocks


def _block(spec, parts, inputs, width, stride, activated):
    """One block; `activated` where the stem has activated its input already."""
    match spec.block:
        case "plain":
            return PlainBlock(inputs, width, stride, parts)
        case "basic":
            return BasicBlock(inputs, width, stride, spec.shortcut, parts)
        case "bottleneck":
            return Bottleneck(inputs, width, stride, spec.shortcut, spec.stride, parts)
        case "highway":
            return HighwayBlock(inputs, width, stride, spec.shortcut, parts)
        case "preact":
            return PreactBlock(inputs, width, stride, spec.shortcut, parts, activated)
        case "preact-bottleneck":
            return PreactBottleneck(inputs, width, stride, spec.shortcut, spec.stride, parts, activated)
