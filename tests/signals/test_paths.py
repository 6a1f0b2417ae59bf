"""Gradients along single paths: together they are the gradient, and each is what a hand-written backward pass gives."""

from itertools import product
from math import comb

import pytest
import torch
import torch.nn.functional as F
from signals_unchanged import unchanged
from torch import nn

from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.paths import PathLength, Routes, by_path_length, shares

ALL = ["cifar/basic-8?width=4&input=8", "cifar/basic-8?width=4&input=8&shortcut=C", "cifar/basic-8?width=4&input=8&norm=none",
       "cifar/bottleneck-11?width=4&input=8", "cifar/preact-8?width=4&input=8", "cifar/preact-bottleneck-11?width=4&input=8"]  # fmt: skip


def setting(text, count=4):
    net = build(parse_spec(text), seed=1).double().eval().requires_grad_(False)
    generator = torch.Generator().manual_seed(3)
    images = torch.randn(count, 3, 8, 8, generator=generator, dtype=torch.float64)
    return net, images, torch.randint(10, (count,), generator=generator)


def whole_gradient(net, images, labels):
    images = images.clone().requires_grad_(True)
    return torch.autograd.grad(F.cross_entropy(net(images).float(), labels, reduction="sum"), images)[0]


@pytest.mark.parametrize("text", ALL)
def test_all_paths_together_are_the_gradient(text):
    net, images, labels = setting(text)
    routes = Routes(net)
    losses, leaf = routes.losses(images, labels)
    assert torch.equal(losses.detach(), F.cross_entropy(net(images).float(), labels, reduction="sum"))
    paths = [torch.tensor(path).expand(len(labels), -1) for path in product((False, True), repeat=len(routes.blocks))]
    gradients = [routes.gradients(losses, leaf, path) for path in paths]
    assert len(paths) == 2 ** len(routes.blocks)
    assert torch.allclose(sum(gradients), whole_gradient(net, images, labels), rtol=1e-9, atol=1e-12)
    assert all(gradient.abs().sum() > 0 for gradient in gradients)


@pytest.mark.parametrize("text", ALL[:2])
def test_a_path_is_the_one_that_was_asked_for_with_a_path_of_its_own_for_each_picture(text):
    """By hand: what a path does not take is detached, so that no gradient comes back there."""
    net, images, labels = setting(text)
    taken = torch.tensor([[True, False, True], [False, False, False], [True, True, True], [False, True, False]])

    def by_hand(picture, label, path):
        picture = picture.clone().requires_grad_(True)
        x = net.relu(net.bn1(net.conv1(picture)))
        for block, branch_is_taken in zip((net.layer1[0], net.layer2[0], net.layer3[0]), path.tolist()):
            carried = x if block.downsample is None else block.downsample(x)
            branch = block.bn2(block.conv2(block.relu1(block.bn1(block.conv1(x)))))
            x = torch.relu(branch + carried.detach() if branch_is_taken else branch.detach() + carried)
        logits = net.fc(net.avgpool(x).flatten(1)).float()
        return torch.autograd.grad(F.cross_entropy(logits, label, reduction="sum"), picture)[0]

    routes = Routes(net)
    losses, leaf = routes.losses(images, labels)
    found = routes.gradients(losses, leaf, taken)
    for place in range(len(labels)):
        one = slice(place, place + 1)
        assert torch.allclose(found[one], by_hand(images[one], labels[one], taken[place]), rtol=1e-6, atol=1e-12), place


def test_each_length_has_its_number_of_paths_and_its_mean_norm():
    net, images, labels = setting(ALL[0])
    lengths = list(by_path_length(net, images, labels, draws=3))
    assert [(one.length, one.paths, one.samples) for one in lengths] == [(0, 1, 4), (1, 3, 12), (2, 3, 12), (3, 1, 4)]
    routes = Routes(net)
    losses, leaf = routes.losses(images, labels)
    longest = routes.gradients(losses, leaf, torch.ones(4, 3, dtype=torch.bool)).flatten(1).norm(dim=1).mean()
    assert lengths[3].norm == pytest.approx(longest.item(), rel=1e-9)
    assert list(by_path_length(net, images, labels, draws=3)) == lengths
    assert sum(shares(lengths)) == pytest.approx(1) and shares(lengths)[1] == pytest.approx(3 * lengths[1].norm / sum(one.total for one in lengths))


def test_equal_norms_give_the_binomial_distribution():
    lengths = [PathLength(k, comb(4, k), 2.5, 1) for k in range(5)]
    assert shares(lengths) == [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16]


def test_the_net_is_left_as_it_was():
    net, images, labels = setting(ALL[4])
    with unchanged(net):
        list(by_path_length(net, images, labels))
    assert not images.requires_grad and images.grad is None


@pytest.mark.parametrize("text", ["cifar/plain-8?width=4", "cifar/highway-8?width=4"])
def test_only_residual_networks_have_two_ways_back(text):
    with pytest.raises(BadInput, match="two ways back"):
        Routes(build(parse_spec(text)))
    with pytest.raises(BadInput):
        Routes(nn.Linear(1, 1))
