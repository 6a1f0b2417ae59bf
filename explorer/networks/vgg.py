"""VGG (1409.1556): the plain network that the paper compares with."""

import torch
from torch import nn

from explorer.networks.parts import Parts
from explorer.networks.spec import NetworkSpec

_POOLED = 7  # side of the image that enters the classifier; 224 halved five times


class VggLayer(nn.Module):
    """A 3x3 convolution and ReLU, [N, inputs, H, W] to [N, width, H, W]. The convolution has a bias, with BN too."""

    def __init__(self, inputs: int, width: int, parts: Parts = Parts("none")):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, width, 3, padding=1, device=parts.device)
        self.bn1 = parts.normalise(width)
        self.relu1 = nn.ReLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.relu1(self.bn1(self.conv1(x)))


class Vgg(nn.Module):
    """[N, channels, H, W] to class scores [N, classes]: five stages, each pooled to half, and three linear layers."""

    def __init__(self, spec: NetworkSpec, device: str = "cpu"):
        super().__init__()
        parts = Parts(spec.norm, device)
        self.stage_count = len(spec.stage_blocks)
        channels = spec.channels
        for number, (width, count) in enumerate(zip(spec.stage_widths, spec.stage_blocks), 1):
            self.add_module(f"layer{number}", _layers(channels, width, count, parts))
            self.add_module(f"pool{number}", nn.MaxPool2d(2))
            channels = width
        # Has an effect on other inputs than 224 only, which it brings to the classifier's size (as in torchvision).
        self.avgpool = nn.AdaptiveAvgPool2d(_POOLED)
        hidden = 64 * spec.width  # 4096 at VGG's own width
        self.fc1 = parts.linear(channels * _POOLED**2, hidden)
        self.relu1, self.dropout1 = nn.ReLU(), _dropout(spec)
        self.fc2 = parts.linear(hidden, hidden)
        self.relu2, self.dropout2 = nn.ReLU(), _dropout(spec)
        self.fc = parts.linear(hidden, spec.classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for number in range(1, self.stage_count + 1):
            x = self.get_submodule(f"layer{number}")(x)
            x = self.get_submodule(f"pool{number}")(x)
        x = torch.flatten(self.avgpool(x), 1)
        x = self.dropout1(self.relu1(self.fc1(x)))
        x = self.dropout2(self.relu2(self.fc2(x)))
        return self.fc(x)

    def torchvision_names(self) -> dict[str, str]:
        """What the entries of torchvision's state_dict, numbered through `features` and `classifier`, are called here."""
        names, at = {}, 0
        for number in range(1, self.stage_count + 1):
            stage = f"layer{number}"
            for place, layer in enumerate(self.get_submodule(stage)):
                has_bn = isinstance(layer.bn1, nn.BatchNorm2d)
                names |= {f"features.{at}": f"{stage}.{place}.conv1"} | ({f"features.{at + 1}": f"{stage}.{place}.bn1"} if has_bn else {})
                at += 3 if has_bn else 2
            at += 1  # the pooling
        names |= {"classifier.0": "fc1", "classifier.3": "fc2", "classifier.6": "fc"}
        entries = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
        return {f"{theirs}.{entry}": f"{ours}.{entry}" for theirs, ours in names.items() for entry in entries}


def _layers(inputs, width, count, parts):
    """A stage: `count` layers of one width."""
    layers = [VggLayer(inputs, width, parts)]
    layers += [VggLayer(width, width, parts) for _ in range(count - 1)]
    return nn.Sequential(*layers)


def _dropout(spec):
    return nn.Dropout(spec.dropout) if spec.dropout else nn.Identity()
