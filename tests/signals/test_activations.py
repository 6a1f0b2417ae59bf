"""The probe of ReLUs held against the same figures taken by hand."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.activations import ActivationProbe

FAMILIES = {  # the number of ReLUs, and the first and last of them
    "cifar/plain-8?width=4&norm=none": (7, "relu", "layer3.0.relu2"),
    "cifar/basic-8?width=4&shortcut=C": (7, "relu", "layer3.0.relu2"),
    "cifar/bottleneck-11?width=4": (10, "relu", "layer3.0.relu3"),
    "cifar/preact-8?width=4": (7, "relu", "relu_last"),
    "cifar/preact-bottleneck-11?width=4&norm=none": (10, "relu", "relu_last"),
    "cifar/highway-8?width=4": (7, "relu", "layer3.1.relu1"),
    "imagenet/vgg-16?width=2&input=32&classes=4": (15, "layer1.0.relu1", "relu2"),
    "torchvision/resnet18": (17, "relu", "layer4.1.relu:2"),
    "torchvision/squeezenet1_1": (26, "features.1", "classifier.2"),
}


def watched(net, images):
    probe = ActivationProbe(net)
    with probe.watching():
        net(images)
    return probe


@pytest.mark.parametrize("network", FAMILIES)
def test_every_relu_of_every_family_is_seen_in_the_order_of_the_pass(network):
    net = build(parse_spec(network)).to(memory_format=torch.channels_last)
    by_hand = []
    for module in net.modules():
        if isinstance(module, nn.ReLU):
            module.register_forward_hook(lambda module, inputs, result: by_hand.append(result.detach().double().clone()))
    probe = watched(net, torch.randn(3, 3, 32, 32, generator=torch.Generator().manual_seed(0)))
    stds, dead = probe.figures()
    assert (len(probe.names), probe.names[0], probe.names[-1]) == FAMILIES[network]
    assert len(set(probe.names)) == len(by_hand)
    assert stds.tolist() == pytest.approx([result.std(correction=0).item() for result in by_hand], rel=1e-4)
    zero = [(result.transpose(0, 1).flatten(1) == 0).all(1).double().mean().item() for result in by_hand]
    assert dead.tolist() == pytest.approx(zero)


class Functional(nn.Module):
    """ReLUs as functions, in every spelling; the second of the inner module's is its own name's second."""

    def __init__(self):
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(4, 6), Twice())
        self.clipped = nn.ReLU6()

    def forward(self, x):
        return self.clipped(F.relu(self.inner(x)) - 0.5).relu()


class Twice(nn.Module):
    def forward(self, x):
        return torch.relu(F.relu(x, inplace=True) - 0.1)


def test_functional_relus_are_named_after_the_module_that_calls_them():
    assert watched(Functional(), torch.randn(5, 4)).names == ("inner.1.relu", "inner.1.relu:2", "relu", "clipped", "relu:2")


def test_a_dead_unit_is_one_that_is_zero_for_the_whole_batch():
    net = nn.Sequential(nn.Linear(2, 4), nn.ReLU())
    with torch.no_grad():
        net[0].weight.zero_()
        net[0].weight[3] = torch.tensor([1.0, -1.0])
        net[0].bias.copy_(torch.tensor([-1.0, 2.0, -3.0, 0.0]))
    stds, dead = watched(net, torch.tensor([[1.0, 0.0], [0.0, 1.0]])).figures()
    assert dead.tolist() == [0.5]  # the last unit is zero for one of the two
    assert stds.item() == pytest.approx(torch.tensor([0.0, 2, 0, 1, 0, 2, 0, 0]).std(correction=0).item())


def test_bfloat16_figures_are_those_of_the_rounded_values():
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU()).to(memory_format=torch.channels_last)
    images = torch.randn(16, 3, 12, 12)
    with torch.autocast("cpu", torch.bfloat16):
        exact = net(images).double().std(correction=0).item()
        stds = watched(net, images).figures()[0]
    assert stds.dtype == torch.float32 and stds.item() == pytest.approx(exact, rel=1e-4)


def test_figures_that_are_no_numbers_are_told_as_such_and_no_channel_counts_as_dead():
    net = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
    stds, dead = watched(net, torch.full((2, 3), float("nan"))).figures()
    assert stds.isnan().all() and dead.tolist() == [0.0]


def test_watching_leaves_no_hook_and_the_pass_its_bits():
    net = build(parse_spec("cifar/basic-8?width=4"))
    other = build(parse_spec("cifar/basic-8?width=4"))
    images = torch.randn(4, 3, 32, 32)
    probe = ActivationProbe(net)
    with probe.watching():
        logits = net(images)
    assert torch.equal(logits, other(images))
    assert all(torch.equal(a, b) for a, b in zip(net.state_dict().values(), other.state_dict().values(), strict=True))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())
    with pytest.raises(RuntimeError), probe.watching():
        net(images[:, :1])
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())


def test_a_network_without_relus_has_no_figures():
    probe = watched(nn.Linear(2, 2), torch.ones(2, 2))
    assert probe.names == () and probe.figures().shape == (2, 0)
