"""Loaded models whose explanations are known: nets made by the test, ready as `open_model` would have them."""

from pathlib import Path

import torch
from torch import nn

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.vision.loading import LoadedModel
from explorer.vision.model import Model
from explorer.vision.prepare import Preparation


class SumOfMaps(nn.Module):
    """The logit of class k is the sum of map k over all places: the maps are 2 x 2 means of the input's channels times `weights`."""

    def __init__(self, weights):
        super().__init__()
        self.maps = nn.Conv2d(3, len(weights), 2, stride=2, bias=False)
        self.maps.weight.data = (torch.tensor(weights).view(-1, 3, 1, 1) / 4).expand(-1, -1, 2, 2).contiguous()
        self.closed = nn.PReLU(1, init=1.0)  # changes nothing, and may be looked at

    def forward(self, x):
        return self.closed(self.maps(x)).sum((2, 3))


def loaded(net: nn.Module, size: int, classes: int, channels: int = 3, text: str = "cifar/basic-8?width=4") -> LoadedModel:
    """A model on the CPU whose input is normalised to -1 … 1."""
    model = Model("made", "A net of the test", "file", parse_spec(text), Path("made"), {})
    preparation = Preparation(size, size, channels, (0.5,) * channels, (0.5,) * channels)
    names = tuple(f"class {number}" for number in range(classes))
    return LoadedModel(model, net.eval().requires_grad_(False), preparation, names, torch.device("cpu"))


def built(text: str, seed: int = 3) -> LoadedModel:
    """A network of this project with first weights, and statistics that differ from channel to channel."""
    spec = parse_spec(text)
    net = build(spec, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    for name, buffer in net.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_(0, 0.2, generator=generator)
    return loaded(net, spec.input, spec.classes, spec.channels, text)
