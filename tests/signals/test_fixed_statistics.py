"""Batch normalisation with the statistics of given pictures."""

import torch
from signals_unchanged import unchanged
from torch import nn

from explorer.data.images import batch_for
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.statistics import with_statistics_of

NETWORK = "cifar/highway-8?width=4&channels=1"


def test_statistics_are_those_of_the_pictures_and_the_net_keeps_its_own():
    spec = parse_spec(NETWORK)
    net, (images, _) = build(spec, 0).eval(), batch_for(spec, 30)
    with unchanged(net):
        settled = with_statistics_of(net, images)
    with torch.no_grad():
        signal = net.conv1(images).double()
    # PyTorch sums up in float32 on one thread.
    torch.testing.assert_close(settled.bn1.running_mean.double(), signal.mean((0, 2, 3)), rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(settled.bn1.running_var.double(), signal.var((0, 2, 3)), rtol=1e-3, atol=1e-4)
    assert not any(module.training for module in settled.modules()) and not net.training
    assert all(module.momentum == 0.1 for module in settled.modules() if isinstance(module, nn.BatchNorm2d))
    assert settled.conv1.weight is net.conv1.weight


def test_on_their_batch_they_give_what_training_gives():
    spec = parse_spec("cifar/basic-8?width=4")
    images, _ = batch_for(spec, 16)
    net = build(spec)
    expected = net.train()(images).detach()
    settled = with_statistics_of(net, images)
    # Running variances are those of N - 1; the smallest N is 16 pictures of 8 x 8 pixels.
    torch.testing.assert_close(settled(images).detach(), expected, rtol=0.01, atol=0.005)
    alone = torch.cat([settled(image[None]) for image in images]).detach()
    torch.testing.assert_close(settled(images).detach(), alone, rtol=1e-3, atol=1e-4)


def test_dropout_takes_no_part_and_no_chance_is_drawn():
    spec = parse_spec(NETWORK + "&dropout=0.5")
    net, (images, _) = build(spec), batch_for(spec, 8)
    assert any(isinstance(module, nn.Dropout) for module in net.modules())
    with unchanged(net):
        settled = [with_statistics_of(net, images) for _ in range(2)]
    assert torch.equal(settled[0](images), settled[1](images))
    without = with_statistics_of(build(parse_spec(NETWORK)), images)
    assert torch.equal(settled[0](images), without(images))


def test_a_net_without_batch_normalisation_is_only_copied():
    net = nn.Sequential(nn.Linear(4, 2))
    settled = with_statistics_of(net, torch.zeros(1, 1, 2, 2))  # which it could not read
    assert settled is not net and settled[0].weight is net[0].weight
