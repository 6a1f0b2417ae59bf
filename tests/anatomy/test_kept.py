"""What layers keep for the backward pass against what autograd saves, to the byte."""

import pytest
import torch
from measured_memory import for_training, kept_for_backward
from torch import nn
from torch.nn import functional as F

from explorer.anatomy.layers import WEIGHTED
from explorer.anatomy.memory import memory_of
from explorer.anatomy.trace import trace
from explorer.networks.build import build
from explorer.networks.spec import parse_spec

OWN = ["cifar/basic-20", "cifar/basic-56", "cifar/basic-20?shortcut=B", "cifar/basic-20?norm=none", "cifar/plain-20",
       "cifar/preact-20", "cifar/highway-20", "cifar/preact-bottleneck-29", "imagenet/bottleneck-50?input=64",
       "imagenet/plain-18?input=64", "imagenet/vgg-16?input=64&dropout=0.5", "imagenet/preact-bottleneck-50?input=64"]
TORCHVISION = {"resnet18": 64, "mobilenet_v2": 64, "mobilenet_v3_small": 64, "densenet121": 64, "googlenet": 64,
               "shufflenet_v2_x0_5": 64, "squeezenet1_0": 64, "efficientnet_b0": 64, "mnasnet0_5": 64, "regnet_y_400mf": 64,
               "convnext_tiny": 64, "vgg11_bn": 64, "alexnet": 64, "swin_t": 224, "vit_b_32": 224, "maxvit_t": 224}
NETWORKS = [(name, parse_spec(name).input) for name in OWN] + [(f"torchvision/{n}", side) for n, side in TORCHVISION.items()]
BATCH = 2


def of_a_batch(anatomy, batch=BATCH):
    """Images and everything that is kept of them, as the memory estimate adds it up."""
    memory = memory_of(anatomy, batch)
    return memory.images + memory.activations


@pytest.mark.parametrize("network, side", NETWORKS, ids=[name for name, _ in NETWORKS])
def test_all_that_autograd_saves(network, side):
    spec = parse_spec(network)
    anatomy = trace(build(spec, meta=True), (spec.channels, side, side))
    saved = kept_for_backward(for_training(build(spec)), torch.randn(BATCH, spec.channels, side, side))
    assert of_a_batch(anatomy) == saved


@pytest.mark.parametrize("network, side", [*NETWORKS[:len(OWN)], ("torchvision/resnet18", 64), ("torchvision/densenet121", 64),
                                           ("torchvision/mobilenet_v2", 64), ("torchvision/efficientnet_b0", 64)])
def test_under_autocast_all_but_the_copies_of_biases(network, side):
    """bf16 copies of biases are made, counted with their weights', but not saved."""
    spec = parse_spec(network)
    anatomy, net = trace(build(spec, meta=True), (spec.channels, side, side)), for_training(build(spec))
    saved = kept_for_backward(net, torch.randn(BATCH, spec.channels, side, side), bf16=True)
    biases = sum(m.bias.numel() for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear) and m.bias is not None)
    memory = memory_of(anatomy, BATCH, "bf16")
    assert memory.images + memory.activations == saved + 2 * biases
    copies = 2 * sum(layer.params for layer in anatomy.layers if layer.kind in WEIGHTED)
    assert memory.activations - copies < 0.67 * memory_of(anatomy, BATCH).activations


class Calls(nn.Module):
    """A convolution, then one function of its result."""

    def __init__(self, function):
        super().__init__()
        self.conv, self.function = nn.Conv2d(3, 4, 1), function

    def forward(self, x):
        return self.function(self.conv(x))


ONE_FUNCTION = {
    "relu": F.relu,
    "relu in place": lambda x: F.relu(x, inplace=True),
    "two in a row": lambda x: F.relu(F.relu(x)),
    "relu6": F.relu6,
    "relu6 in place": lambda x: F.relu6(x, inplace=True),
    "silu": F.silu,
    "silu in place": lambda x: F.silu(x, inplace=True),
    "hardswish": F.hardswish,
    "hardswish in place": lambda x: F.hardswish(x, True),
    "hardsigmoid": F.hardsigmoid,
    "gelu": F.gelu,
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softmax": lambda x: F.softmax(x, 1),
    "sum": lambda x: x + x,
    "in-place sum": lambda x: F.relu(x).add_(x),
    "difference": lambda x: 1 - x,
    "square": lambda x: x * x,
    "gate": lambda x: x * torch.sigmoid(x),
    "number": lambda x: x * 2 / 3,
    "quotient": lambda x: F.relu(x) / (1 + torch.sigmoid(x)),
    "maximum": lambda x: F.max_pool2d(x, 2),
    "mean of windows": lambda x: F.avg_pool2d(x, 2),
    "mean of all": lambda x: F.adaptive_avg_pool2d(x, 1),
    "means": lambda x: F.adaptive_avg_pool2d(x, 3),
    "mean": lambda x: x.mean([2, 3]),
    "concatenation": lambda x: torch.cat([x, F.relu(x)], 1),
    "views": lambda x: F.relu(x.permute(0, 2, 3, 1).flatten(1)[:, ::2]),
    "view of a kept one": lambda x: F.relu(x).flatten(1) * torch.sigmoid(x).flatten(1),
    "padding": lambda x: F.relu(F.pad(x, (1, 1, 1, 1))),
    "layer norm": lambda x: F.layer_norm(x, x.shape[2:]),
    "normalise": lambda x: F.normalize(x, dim=1),
    "products of matrices": lambda x: x @ x.transpose(-2, -1),
    "products of scattered matrices": lambda x: x.permute(0, 2, 3, 1) @ x.permute(0, 2, 1, 3),
    "einsum": lambda x: torch.einsum("bcij,bcik->bcjk", x, torch.relu(x)),
    "exponential": lambda x: torch.exp(torch.clamp(x, max=1.0)),
}


@pytest.mark.parametrize("function", ONE_FUNCTION.values(), ids=ONE_FUNCTION.keys())
def test_each_formula(function):
    found = trace(Calls(function).to("meta"), (3, 8, 8))
    assert not any("keeps" in note or "arithmetic" in note for note in found.uncounted)
    assert of_a_batch(found) == kept_for_backward(Calls(function), torch.randn(BATCH, 3, 8, 8))


@pytest.mark.parametrize("p", [0.0, 0.3])
@pytest.mark.parametrize("inplace", [False, True])
def test_dropout_keeps_its_mask_though_it_does_nothing_at_inference(p, inplace):
    def net():
        return nn.Sequential(nn.Conv2d(3, 4, 1), nn.Dropout(p, inplace), nn.Conv2d(4, 2, 1))

    found = trace(net().to("meta"), (3, 8, 8))
    assert of_a_batch(found) == kept_for_backward(net().train(), torch.randn(BATCH, 3, 8, 8))


def test_before_the_first_weight_nothing_is_kept():
    net = nn.Sequential(nn.ReLU(), nn.Sigmoid(), nn.MaxPool2d(2), nn.Conv2d(3, 4, 1))
    kept = [layer.kept_bytes for layer in trace(net.to("meta"), (3, 8, 8)).layers]
    assert kept == [4 * 192, 0, 0, 0, 4 * 48]


def test_frozen_weights_keep_less():
    def net():
        net = nn.Sequential(nn.Conv2d(3, 4, 1), nn.ReLU(), nn.Conv2d(4, 4, 1), nn.Conv2d(4, 4, 1))
        net[2].requires_grad_(False)
        return net

    found = trace(net().to("meta"), (3, 8, 8))
    assert of_a_batch(found) == kept_for_backward(net(), torch.randn(BATCH, 3, 8, 8))
    assert [layer.kept_bytes for layer in found.layers][2:4] == [4 * 256, 0]


def test_who_keeps_what_in_a_residual_block():
    found = trace(build(parse_spec("cifar/basic-8"), meta=True), (3, 32, 32))
    values = 4 * 16 * 32 * 32
    kept = {layer.name: layer.kept_bytes for layer in found.layers}
    assert kept["input"] == 4 * 3 * 32 * 32 and kept["conv1"] == 0
    block = {name.removeprefix("layer1.0."): size for name, size in kept.items() if name.startswith("layer1.0.")}
    assert block == {"conv1": 0, "bn1": values, "relu1": values, "conv2": 0, "bn2": values, "add": 0, "relu2": values}


def test_an_unknown_function_is_taken_as_keeping_all_and_said():
    found = trace(Calls(lambda x: torch.cumsum(x, 1)).to("meta"), (3, 8, 8))
    assert found.layers[-1].kept_bytes == 2 * 4 * 4 * 8 * 8
    assert any("what exactly cumsum keeps" in note for note in found.uncounted)
