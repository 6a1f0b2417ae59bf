"""Untrained gates, and the answers of a net whose gates are pushed."""

import math

import pytest
import torch
from torch import nn

from explorer.errors import BadInput
from explorer.lab.gates import answers, error_of, fresh_gates, with_statistics_of
from explorer.lab.pictures import fresh_pictures
from explorer.networks.build import build
from explorer.networks.spec import parse_spec

NETWORK = "cifar/highway-8?width=4&channels=1"


def test_statistics_are_those_of_the_pictures_and_the_net_keeps_its_own():
    spec = parse_spec(NETWORK)
    net = build(spec, 0).eval()
    before = {name: value.clone() for name, value in net.state_dict().items()}
    images, _ = fresh_pictures(spec, 30)
    settled = with_statistics_of(net, images)
    with torch.no_grad():
        signal = net.conv1(images)
    torch.testing.assert_close(settled.bn1.running_mean, signal.mean((0, 2, 3)), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(settled.bn1.running_var, signal.var((0, 2, 3)), rtol=1e-4, atol=1e-5)
    assert not settled.training and not net.training
    assert all(torch.equal(net.state_dict()[name], value) for name, value in before.items())
    assert all(module.momentum == 0.1 for module in settled.modules() if isinstance(module, nn.BatchNorm2d))
    assert settled.conv1.weight is net.conv1.weight


def test_untrained_gates_follow_their_bias_and_the_seed():
    shut, _, _ = fresh_gates(parse_spec(f"{NETWORK}&gate_bias=-6"), 20)
    even, images, labels = fresh_gates(parse_spec(f"{NETWORK}&gate_bias=0"), 20)
    assert shut.means.mean() < 0.05 < 0.3 < even.means.mean() < 0.7
    assert images.shape == (20, 1, 32, 32) and labels.shape == (20,)
    again, _, _ = fresh_gates(parse_spec(f"{NETWORK}&gate_bias=0"), 20)
    other, _, _ = fresh_gates(parse_spec(f"{NETWORK}&gate_bias=0"), 20, seed=1)
    assert torch.equal(again.means, even.means) and not torch.equal(other.means, even.means)
    with pytest.raises(BadInput, match="Only a highway network has gates"):
        fresh_gates(parse_spec("cifar/plain-8?width=4&channels=1"), 4)


def test_an_error_counts_what_is_no_number_as_wrong():
    found = torch.tensor([[0.9, 0.1], [0.2, 0.8], [math.nan, math.nan], [0.6, 0.4]])
    assert error_of(found, torch.tensor([0, 1, 0, 1])) == 0.5


def test_answers_are_the_softmax_in_any_batches():
    spec = parse_spec(NETWORK)
    net = build(spec, 0).eval()
    images, _ = fresh_pictures(spec, 7)
    with torch.no_grad():
        torch.testing.assert_close(answers(net, images, batch=3), net(images).softmax(1))
