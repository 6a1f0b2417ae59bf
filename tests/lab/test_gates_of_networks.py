"""Untrained gates, and the answers of a net whose gates are pushed."""

import math

import pytest
import torch

from explorer.errors import BadInput
from explorer.lab.gates import answers, error_of, fresh_gates
from explorer.lab.pictures import fresh_pictures
from explorer.networks.build import build
from explorer.networks.spec import parse_spec

NETWORK = "cifar/highway-8?width=4&channels=1"


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
