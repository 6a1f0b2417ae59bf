"""The standard deviations of figure 7: after BN, before ReLU or addition."""

import pytest
import torch
import torch.nn.functional as F
from signals_unchanged import unchanged

from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.responses import ResponseProbe


def noise(count=8):
    return torch.randn(count, 3, 32, 32, generator=torch.Generator().manual_seed(0))


@torch.no_grad()
def stds(net, images):
    probe = ResponseProbe(net)
    with probe.watching():
        net(images)
    return {response.layer: response.std for response in probe.responses()}


def trained_like(text):
    """BN's parameters and statistics away from what they start with, in evaluation mode."""
    net, generator = build(parse_spec(text)).eval(), torch.Generator().manual_seed(1)
    for tensor in net.state_dict().values():
        if tensor.dim() == 1 and tensor.is_floating_point():
            tensor += 0.3 * torch.rand(tensor.shape, generator=generator)
    return net


def std(signal):
    return signal.double().std(correction=0).item()


def test_every_convolution_of_a_residual_net_after_its_bn():
    net, images = trained_like("cifar/basic-8?width=4"), noise()
    found = stds(net, images)
    assert list(found) == ["conv1", *(f"layer{stage}.0.conv{number}" for stage in (1, 2, 3) for number in (1, 2))]
    with torch.no_grad():
        stem = net.bn1(net.conv1(images))
        block = net.layer1[0]
        first = block.bn1(block.conv1(F.relu(stem)))
        second = block.bn2(block.conv2(F.relu(first)))
    assert found["conv1"] == pytest.approx(std(stem), rel=1e-5)
    assert found["layer1.0.conv1"] == pytest.approx(std(first), rel=1e-5)
    assert found["layer1.0.conv2"] == pytest.approx(std(second), rel=1e-5)


def test_in_a_preactivation_block_the_next_bn_follows_and_the_last_convolution_has_none():
    net, images = trained_like("cifar/preact-14?width=4"), noise()
    found = stds(net, images)
    with torch.no_grad():
        x = net.layer1[0](F.relu(net.bn1(net.conv1(images))))
        block = net.layer1[1]
        first = block.bn2(block.conv1(F.relu(block.bn1(x))))
        second = block.conv2(F.relu(first))
    assert found["layer1.1.conv1"] == pytest.approx(std(first), rel=1e-5)
    assert found["layer1.1.conv2"] == pytest.approx(std(second), rel=1e-5)


@pytest.mark.parametrize("text, count", [
    ("cifar/plain-14?width=4", 13), ("cifar/basic-14?width=4&shortcut=C", 13), ("cifar/highway-14?width=4", 13),
    ("cifar/bottleneck-11?width=4", 10), ("cifar/preact-bottleneck-11?width=4", 10), ("imagenet/vgg-16?width=2&input=32", 13),
])  # fmt: skip
def test_all_layers_of_the_main_path_and_neither_projections_nor_gates(text, count):
    found = stds(build(parse_spec(text)).eval(), noise(2))
    assert len(found) == count
    assert not any("downsample" in name or "gate" in name for name in found)


def test_without_bn_the_convolutions_own_result_is_the_response():
    net, images = build(parse_spec("cifar/plain-8?width=4&norm=none")), noise()
    with torch.no_grad():
        assert stds(net, images)["conv1"] == pytest.approx(std(net.conv1(images)), rel=1e-5)


@pytest.mark.parametrize("text", ["cifar/plain-20?width=4", "cifar/basic-20?width=4"])
def test_at_initialisation_bn_has_just_made_every_response_1(text):
    assert list(stds(build(parse_spec(text)), noise()).values()) == pytest.approx([1.0] * 19, abs=1e-3)


def test_the_net_is_left_as_it_was_found():
    net = build(parse_spec("cifar/basic-8?width=4")).eval()
    with unchanged(net):
        stds(net, noise(2))


def test_a_network_of_others_is_refused():
    with pytest.raises(BadInput, match="own networks only"):
        ResponseProbe(torch.nn.Linear(2, 2))
