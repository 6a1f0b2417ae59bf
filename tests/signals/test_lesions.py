"""Lesions: a net without a block is the net built without it, and the original stays as it was."""

import pytest
import torch
from settled_nets import noise_for, settled
from signals_unchanged import unchanged
from torch import nn

from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.parts import PaddedShortcut
from explorer.networks.spec import parse_spec
from explorer.signals.lesions import Lesion, blocks_of, equal_shapes, keeps_shape, lesioned, rest_of
from explorer.signals.twin import twin

ALL = [
    "cifar/plain-20?width=4", "cifar/basic-20?width=4", "cifar/basic-20?width=4&shortcut=B", "cifar/basic-20?width=4&shortcut=C",
    "cifar/basic-20?width=4&norm=none", "cifar/bottleneck-20?width=4&input=8", "cifar/preact-20?width=4&input=8",
    "cifar/preact-bottleneck-20?width=4&input=8", "cifar/highway-11?width=4", "imagenet/basic-18?width=2&input=32",
    "imagenet/vgg-16?width=2&input=32&norm=batch",
]  # fmt: skip


def without(weights, gone):
    """The names of a state_dict after a block is taken out and those behind it in its stage move up."""
    stage, number = gone.split(".")
    moved = {}
    for name, tensor in weights.items():
        parts = name.split(".")
        if parts[0] == stage and int(parts[1]) == int(number):
            continue
        if parts[0] == stage and int(parts[1]) > int(number):
            parts[1] = str(int(parts[1]) - 1)
        moved[".".join(parts)] = tensor
    return moved


@pytest.mark.parametrize("text", ["cifar/plain-20?width=4", "cifar/basic-20?width=4", "cifar/basic-20?width=4&norm=none",
                                  "cifar/highway-11?width=4", "cifar/preact-20?width=4"])
@pytest.mark.parametrize("gone, counts", [("layer1.1", "2-3-3"), ("layer2.2", "3-2-3"), ("layer3.1", "3-3-2")])
def test_a_lesioned_net_equals_one_built_without_that_block(text, gone, counts):
    net = settled(text)
    smaller = build(parse_spec(text).variant(blocks=tuple(map(int, counts.split("-"))))).eval()
    smaller.load_state_dict(without(net.state_dict(), gone))
    images = noise_for(text)
    with torch.inference_mode():
        assert torch.equal(lesioned(net, Lesion((gone,)))(images), smaller(images))
        assert not torch.equal(net(images), smaller(images))


@pytest.mark.parametrize("text", [text for text in ALL if not text.startswith("cifar/plain") and "vgg" not in text])
def test_where_the_branch_is_silent_a_removal_changes_nothing(text):
    """A residual block whose branch is 0 and a highway layer whose gate is shut are what is left of them."""
    net = settled(text)
    for name in blocks_of(net):
        silent = twin(net)
        block = silent.get_submodule(name)
        if hasattr(block, "gate"):
            block.gate = nn.Conv2d(block.gate.in_channels, block.gate.out_channels, 3, block.gate.stride, padding=1)
            nn.init.zeros_(block.gate.weight)
            nn.init.constant_(block.gate.bias, -1000)
        else:
            setattr(block, block.closing[0], nn.Sequential(block.get_submodule(block.closing[0]), Zero()))
        with torch.inference_mode():
            assert torch.equal(silent(noise_for(text)), lesioned(net, Lesion((name,)))(noise_for(text))), name


class Zero(nn.Module):
    def forward(self, x):
        return torch.zeros_like(x)


def test_where_a_plain_block_changes_the_shape_the_shortcut_without_parameters_stands_in():
    net = settled("cifar/plain-20?width=4")
    assert [name for name in blocks_of(net) if not keeps_shape(net.get_submodule(name))] == ["layer2.0", "layer3.0"]
    left = lesioned(net, Lesion(("layer2.0", "layer1.1")))
    assert isinstance(left.layer2[0], PaddedShortcut) and isinstance(left.layer1[1], nn.Identity)
    signal = torch.randn(1, 4, 32, 32)
    result = left.layer2[0](signal)
    assert result.shape == (1, 8, 16, 16)
    assert torch.equal(result[:, 2:6], signal[:, :, ::2, ::2]) and not result[:, :2].any() and not result[:, 6:].any()


@pytest.mark.parametrize("text", ALL)
def test_whatever_is_removed_the_signal_gets_through_and_the_net_stays_as_it_is(text):
    net, images = settled(text), noise_for(text)
    with unchanged(net), torch.inference_mode():
        intact = net(images)
        for removed in [*((name,) for name in blocks_of(net)), blocks_of(net)]:
            result = lesioned(net, Lesion(removed))(images)
            assert result.shape == intact.shape
            assert not torch.equal(result, intact), removed
        assert torch.equal(lesioned(net, Lesion())(images), intact) and torch.equal(net(images), intact)


def test_a_twin_has_modules_of_its_own_and_the_same_weights():
    net = settled("cifar/basic-8?width=4")
    copied = twin(net)
    assert all(one is other for one, other in zip(net.parameters(), copied.parameters(), strict=True))
    assert all(one is other for one, other in zip(net.buffers(), copied.buffers(), strict=True))
    assert not set(map(id, net.modules())) & set(map(id, copied.modules()))


def test_swapped_blocks_compute_in_the_other_order():
    text = "cifar/basic-20?width=4"
    net, images = settled(text), noise_for(text)
    exchanged = settled(text)
    exchanged.layer1[0], exchanged.layer1[2] = exchanged.layer1[2], exchanged.layer1[0]
    with torch.inference_mode():
        found = lesioned(net, Lesion(swapped=(("layer1.0", "layer1.2"),)))(images)
        assert torch.equal(found, exchanged(images)) and not torch.equal(found, net(images))
        # Twice the same exchange is none.
        assert torch.equal(lesioned(net, Lesion(swapped=(("layer1.0", "layer1.2"), ("layer1.2", "layer1.0"))))(images), net(images))
        # A removed block is out, wherever its place is.
        both = lesioned(net, Lesion(("layer1.0",), (("layer1.0", "layer1.1"),)))(images)
        assert torch.equal(both, lesioned(net, Lesion(("layer1.0",)))(images))


@pytest.mark.parametrize("text, groups", [
    ("cifar/basic-20?width=4", (("layer1.0", "layer1.1", "layer1.2"), ("layer2.1", "layer2.2"), ("layer3.1", "layer3.2"))),
    # The first pre-activated block has no normalisation before its first convolution.
    ("cifar/preact-20?width=4", (("layer1.1", "layer1.2"), ("layer2.1", "layer2.2"), ("layer3.1", "layer3.2"))),
    ("cifar/basic-8?width=4", ()),
])  # fmt: skip
def test_blocks_of_equal_shape(text, groups):
    assert equal_shapes(settled(text)) == groups


@pytest.mark.parametrize("text", ALL)
def test_the_rest_of_a_net_takes_the_signal_at_a_block(text):
    net, images = settled(text), noise_for(text)
    watched, entering = twin(net), {}
    for name in blocks_of(net):
        watched.get_submodule(name).register_forward_pre_hook(lambda module, inputs, name=name: entering.update({name: inputs[0]}))
    with torch.inference_mode():
        intact = watched(images)
        for name in blocks_of(net):
            assert torch.equal(rest_of(net, name)(entering[name]), intact), name


@pytest.mark.parametrize("lesion, words", [
    (Lesion(("layer9.1",)), 'no block "layer9.1": its blocks are layer1.0, layer1.1'),
    (Lesion(("layer1",)), 'no block "layer1":'),
    (Lesion(("",)), 'no block "":'),
    (Lesion(swapped=(("layer1.0", "conv1"),)), 'no block "conv1"'),
    (Lesion(swapped=(("layer1.1", "layer1.1"),)), "cannot change places with itself"),
    (Lesion(swapped=(("layer1.1", "layer2.1"),)), "layer1.1 can change places with layer1.0, layer1.2"),
    (Lesion(swapped=(("layer2.0", "layer2.1"),)), "layer2.0 can change places with no other block"),
])  # fmt: skip
def test_what_cannot_be_is_said(lesion, words):
    with pytest.raises(BadInput, match=words):
        lesioned(settled("cifar/basic-20?width=4"), lesion)


def test_networks_of_others_have_no_blocks_here():
    with pytest.raises(BadInput, match="ResNet-18 to 152"):
        blocks_of(nn.Sequential(nn.Conv2d(3, 3, 3)))
