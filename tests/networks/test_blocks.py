"""Blocks against their formulas: exact shortcuts, exact identities, gradients against finite differences."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from explorer.networks.blocks import BasicBlock, Bottleneck, HighwayBlock, PlainBlock
from explorer.networks.parts import PaddedShortcut, Parts, shortcut
from explorer.networks.preactivation import PreactBlock, PreactBottleneck

RESIDUAL = [BasicBlock, Bottleneck, PreactBlock, PreactBottleneck]
BARE = Parts(norm="none")


def images(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.double)


def test_padded_shortcut_takes_every_second_pixel_and_pads_zeros_on_both_sides():
    x = torch.arange(2 * 5 * 5.0).view(1, 2, 5, 5)
    y = PaddedShortcut(2, 5, stride=2)(x)
    assert y.shape == (1, 5, 3, 3)
    assert torch.equal(y[:, 1:3], x[:, :, ::2, ::2])
    assert not y[:, 0].any() and not y[:, 3:].any()


@pytest.mark.parametrize("option, same, changed", [("A", None, PaddedShortcut), ("B", None, nn.Sequential),
                                                   ("C", nn.Sequential, nn.Sequential)])
def test_shortcut_options(option, same, changed):
    assert type(shortcut(option, 8, 8, 1, Parts())) is (same or type(None))
    assert type(shortcut(option, 8, 16, 2, Parts())) is changed
    assert type(shortcut(option, 8, 32, 1, Parts())) is changed


def test_basic_block_is_the_papers_formula():
    block = BasicBlock(4, 4, parts=BARE).double()
    x = images(2, 4, 6, 6)
    inner = F.relu(F.conv2d(x, block.conv1.weight, block.conv1.bias, padding=1))
    branch = F.conv2d(inner, block.conv2.weight, block.conv2.bias, padding=1)
    torch.testing.assert_close(block(x), F.relu(x + branch), rtol=0, atol=1e-12)


def test_highway_block_is_the_papers_formula_and_carries_when_its_gate_is_shut():
    block = HighwayBlock(4, 4, parts=BARE).double()
    x = images(2, 4, 6, 6)
    opening = torch.sigmoid(F.conv2d(x, block.gate.weight, block.gate.bias, padding=1))
    transformed = F.relu(F.conv2d(x, block.conv1.weight, block.conv1.bias, padding=1))
    torch.testing.assert_close(block(x), transformed * opening + x * (1 - opening), rtol=0, atol=1e-12)
    nn.init.constant_(block.gate.bias, -60)
    torch.testing.assert_close(block(x), x, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", RESIDUAL)
@pytest.mark.parametrize("norm", ["batch", "none"])
def test_a_zeroed_branch_makes_the_block_the_identity_and_its_gradient_one(kind, norm):
    inputs = 8 if kind in (BasicBlock, PreactBlock) else 32
    block = kind(inputs, 8, parts=Parts(norm)).double()
    end = block.branch_end()
    nn.init.zeros_(end.weight)
    if end.bias is not None:
        nn.init.zeros_(end.bias)
    x = images(2, inputs, 5, 5).abs().requires_grad_()  # not negative, so that a closing ReLU changes nothing
    y = block(x)
    assert torch.equal(y, x)
    weights = images(*y.shape, seed=1)
    (gradient,) = torch.autograd.grad(y, x, weights)
    torch.testing.assert_close(gradient, weights, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [Bottleneck, PreactBottleneck])
@pytest.mark.parametrize("stride_in, strides", [("1x1", (2, 1, 1)), ("3x3", (1, 2, 1))])
def test_where_a_bottleneck_strides(kind, stride_in, strides):
    block = kind(16, 4, stride=2, stride_in=stride_in)
    assert tuple(conv.stride[0] for conv in (block.conv1, block.conv2, block.conv3)) == strides
    assert block(torch.zeros(1, 16, 7, 7)).shape == (1, 16, 4, 4)


@pytest.mark.parametrize("kind", [PreactBlock, PreactBottleneck])
def test_a_changing_preactivation_shortcut_takes_the_activated_signal_and_has_no_normalisation(kind):
    block = kind(4, 8, stride=2).double().eval()
    assert [type(module) for module in block.downsample] == [nn.Conv2d]
    nn.init.zeros_(block.branch_end().weight)
    x = images(2, 4, 6, 6)
    activated = F.relu(block.bn1(x))
    expected = F.conv2d(activated, block.downsample[0].weight, stride=2)
    torch.testing.assert_close(block(x), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("kind", [PlainBlock, HighwayBlock, *RESIDUAL])
@pytest.mark.parametrize("norm", ["batch", "none"])
def test_gradients_equal_finite_differences(kind, norm):
    # Every entry of the Jacobian by input and by each parameter, at a point away from the ReLUs' kinks.
    options = {} if kind is PlainBlock else {"option": "B"}
    block = kind(2, 1, stride=2, parts=Parts(norm), **options).double()
    names = [name for name, _ in block.named_parameters()]

    def run(x, *parameters):
        return torch.func.functional_call(block, dict(zip(names, parameters)), (x,))

    # Buffers of BN stay as they are: only the batch's statistics enter the output.
    inputs = (images(2, 2, 3, 3), *(p.detach().clone() for p in block.parameters()))
    assert torch.autograd.gradcheck(run, [tensor.requires_grad_() for tensor in inputs], eps=1e-7, atol=1e-5)
