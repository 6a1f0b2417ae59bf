"""Fresh and trained networks on given pictures, both probes in one pass."""

import pytest
import torch
from torch import nn

from explorer.errors import BadInput
from explorer.lab import limits
from explorer.lab.pictures import fresh_pictures
from explorer.lab.propagation import check_affordable, fresh_signals, trained_signals
from explorer.networks.build import build
from explorer.networks.spec import parse_spec

TEXT = "cifar/basic-8?width=4"


def pictures(text=TEXT, count=8):
    spec = parse_spec(text)
    return spec, fresh_pictures(spec, count, 0, "noise")[0]


def test_a_fresh_network_normalises_by_the_pictures_themselves():
    spec, images = pictures()
    found = fresh_signals(spec, images, seed=3)
    assert [block.branch for block in found.blocks] == pytest.approx([1.0] * 3, abs=1e-3)
    assert [response.std for response in found.responses] == pytest.approx([1.0] * 7, abs=1e-3)
    assert found == fresh_signals(spec, images, seed=3) != fresh_signals(spec, images, seed=4)


def test_dropout_takes_no_part_and_no_chance_is_drawn():
    spec, images = pictures()
    state = torch.get_rng_state()
    dropping = fresh_signals(parse_spec(TEXT + "&dropout=0.5"), images)
    assert dropping == fresh_signals(spec, images)
    assert torch.equal(torch.get_rng_state(), state)


def test_a_trained_network_is_read_with_the_statistics_it_has_learnt_and_takes_no_notice():
    spec, images = pictures()
    net = build(spec, seed=1).train()
    with torch.no_grad():
        net(images)
    before = {name: tensor.clone() for name, tensor in net.state_dict().items()}
    found = trained_signals(net, images)
    assert all(torch.equal(before[name], tensor) for name, tensor in net.state_dict().items())
    assert net.training and not any(module._forward_hooks for module in net.modules())
    with torch.no_grad():
        stem = net.eval().bn1(net.conv1(images))
    assert found.responses[0].std == pytest.approx(stem.std(correction=0).item(), rel=1e-4)
    assert isinstance(net.bn1, nn.BatchNorm2d) and found.responses[0].std != pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("text, count, free, sentence", [
    ("cifar/basic-56?width=64", 256, 10**12, r"would take long here \(513 G multiply-adds, this view stops at 400 G\)"),
    ("cifar/basic-8", 64, 10**6, r"Residual-8 need about 0\.\d GB of memory for 64 pictures, and 0\.0 GB are free"),
])  # fmt: skip
def test_what_is_too_large_is_refused_with_the_estimate(monkeypatch, text, count, free, sentence):
    monkeypatch.setattr(limits, "free_bytes", lambda: free)
    with pytest.raises(BadInput, match=sentence):
        check_affordable(parse_spec(text), count)


def test_what_fits_is_not_refused(monkeypatch):
    monkeypatch.setattr(limits, "free_bytes", lambda: 4 * 10**9)
    check_affordable(parse_spec("cifar/basic-110"), 64)
