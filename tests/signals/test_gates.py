"""Transform gates: read as the net computes them, and pushed to their limits exactly."""

import pytest
import torch
from signals_unchanged import unchanged

from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.gates import gate_reading, gated_blocks, pushed
from explorer.signals.twin import twin

NETWORK = "cifar/highway-8?width=4&channels=1"


@pytest.fixture
def net():
    """In evaluation mode, with running statistics that are not the identity."""
    net = build(parse_spec(NETWORK), seed=3)
    with torch.no_grad():
        net(pictures(40, seed=1))
    return net.eval()


def pictures(count=7, seed=0):
    return torch.randn(count, 1, 32, 32, generator=torch.Generator().manual_seed(seed))


def by_hand(net, images, block_of):
    """The network with `block_of(block, x)` in the place of every highway block."""
    x = net.maxpool(net.relu(net.bn1(net.conv1(images))))
    for stage in net.stage_names:
        for block in net.get_submodule(stage):
            x = block_of(block, x)
    return net.fc(torch.flatten(net.avgpool(x), 1))


def plain_layer(block, x):
    return torch.relu(block.bn1(block.conv1(x)))


def carry(block, x):
    return x if block.downsample is None else block.downsample(x)


def test_openings_are_the_sigmoids_means_by_picture_and_block(net):
    images, expected = pictures(), []

    def gate(block, x):
        opening = torch.sigmoid(block.gate(x))
        expected.append(opening)
        return plain_layer(block, x) * opening + carry(block, x) * (1 - opening)

    with torch.no_grad():
        by_hand(net, images, gate)
    reading = gate_reading(net, images, batch=3)
    assert reading.blocks == tuple(f"layer{stage}.{block}" for stage in (1, 2, 3) for block in (0, 1))
    torch.testing.assert_close(reading.means, torch.stack([one.mean((1, 2, 3)) for one in expected], 1))
    torch.testing.assert_close(reading.stds, torch.stack([one.std((1, 2, 3), correction=0) for one in expected], 1))
    assert reading.biases.tolist() == [block.gate.bias[0].item() for block in gated_blocks(net).values()]


def test_an_open_gate_is_a_plain_layer_and_a_shut_one_the_identity(net):
    images = pictures()
    with torch.no_grad():
        assert torch.equal(pushed(net, 1.0)(images), by_hand(net, images, plain_layer))
        assert torch.equal(pushed(net, -1.0)(images), by_hand(net, images, carry))
        assert torch.equal(pushed(net, 0.0)(images), net(images))


def test_half_pushed_gates_are_half_way(net):
    images = pictures()

    def half(block, x, target):
        opening = 0.5 * torch.sigmoid(block.gate(x)) + 0.5 * target
        return plain_layer(block, x) * opening + carry(block, x) * (1 - opening)

    with torch.no_grad():
        torch.testing.assert_close(pushed(net, 0.5)(images), by_hand(net, images, lambda block, x: half(block, x, 1.0)))
        torch.testing.assert_close(pushed(net, -0.5)(images), by_hand(net, images, lambda block, x: half(block, x, 0.0)))


def test_only_the_named_blocks_are_pushed(net):
    images, first = pictures(), net.layer1[0]

    def chosen(block, x):
        return carry(block, x) if block is first else block(x)

    with torch.no_grad():
        assert torch.equal(pushed(net, -1.0, ["layer1.0"])(images), by_hand(net, images, chosen))
        assert torch.equal(pushed(net, -1.0, [])(images), net(images))


def test_the_net_is_left_as_it_was(net):
    with unchanged(net):
        gate_reading(net, pictures())
        with torch.no_grad():
            pushed(net, 0.3)(pictures())


def test_a_twin_shares_tensors_and_no_modules(net):
    net.layer1[0].register_forward_hook(lambda module, inputs, result: result * 0)
    copied = twin(net)
    assert all(a is b for a, b in zip(copied.parameters(), net.parameters(), strict=True))
    assert all(a is b for a, b in zip(copied.buffers(), net.buffers(), strict=True))
    assert not set(copied.modules()) & set(net.modules())
    assert not copied.layer1[0]._forward_hooks and len(net.layer1[0]._forward_hooks) == 1
    assert copied.training == net.training


def test_what_cannot_be_pushed_is_said(net):
    with pytest.raises(BadInput, match="from -1 \\(shut\\) to 1 \\(open\\), not 1.5"):
        pushed(net, 1.5)
    with pytest.raises(BadInput, match="no highway block layer9.0: there are layer1.0, layer1.1"):
        pushed(net, 0.5, ["layer9.0"])
    with pytest.raises(BadInput, match="Only a highway network has gates"):
        gate_reading(build(parse_spec("cifar/plain-8?width=4")), torch.zeros(1, 3, 32, 32))
