"""The sum of a block: its operands exactly, in every family, and how what is added compares with what it is added to."""

from math import isnan, sqrt

import numpy as np
import pytest
import torch
from settled_nets import settled
from signals_unchanged import unchanged

from explorer.anatomy.trace import trace
from explorer.signals.twin import twin
from explorer.vision.explain.addition import additions_of, balance, balances
from explorer.vision.explain.features import maps_of


def additions(net, size=32):
    return additions_of(trace(twin(net).to("meta"), (3, size, size)))


def picture(size=32):
    return torch.randn(1, 3, size, size, generator=torch.Generator().manual_seed(5))


def before(net, block, images):
    """What a block is given, and what it makes of it."""
    heard = []
    copied = twin(net)
    copied.get_submodule(block).register_forward_hook(lambda module, given, result: heard.extend([given[0], result]))
    with torch.inference_mode():
        copied(images)
    return heard


WAYS = {
    "cifar/basic-8?width=4": ["identity", "padded", "padded"],
    "cifar/basic-8?width=4&shortcut=B": ["identity", "projected", "projected"],
    "cifar/basic-8?width=4&shortcut=C&norm=none": ["projected", "projected", "projected"],
    "cifar/bottleneck-11?width=4": ["padded", "padded", "padded"],
    "cifar/preact-8?width=4": ["identity", "padded", "padded"],
    "cifar/preact-8?width=4&shortcut=B": ["identity", "projected", "projected"],
    "cifar/highway-8?width=4": ["gated"] * 6,
}


@pytest.mark.parametrize("text, ways", WAYS.items())
def test_shortcut_and_branch_add_up_exactly_and_the_relu_follows(text, ways):
    net, images = settled(text), picture()
    found = additions(net)
    assert [one.way for one in found] == ways
    assert len({one.name for one in found}) == len(found)
    with unchanged(net):
        for one in found:
            maps = maps_of(net, images, one.signals)
            np.testing.assert_array_equal(maps[one.branch.name] + maps[one.shortcut.name], maps[one.total.name])
            given, result = before(net, one.name, images)
            if one.after:
                np.testing.assert_array_equal(np.maximum(maps[one.total.name], 0), maps[one.after.name])
            np.testing.assert_array_equal(maps[(one.after or one.total).name], result[0].numpy())
            assert (one.after is None) == ("preact" in text or "highway" in text)
            carried, block = maps[one.shortcut.name], net.get_submodule(one.name)
            if one.way == "identity":
                np.testing.assert_array_equal(carried, given[0].numpy())
            elif one.way == "padded":
                signal = block.relu1(block.bn1(given)) if "preact" in text else given
                np.testing.assert_array_equal(carried, block.downsample(signal)[0].numpy())
            elif one.way == "gated":
                opening = block.sigmoid(block.gate(given))
                kept = given if block.downsample is None else block.downsample(given)
                np.testing.assert_array_equal(carried, (kept * (1 - opening))[0].numpy())
                np.testing.assert_array_equal(maps[one.branch.name], (block.relu1(block.bn1(block.conv1(given))) * opening)[0].numpy())


@pytest.mark.parametrize("text", ["cifar/plain-8?width=4", "imagenet/vgg-16?width=2&input=32", "torchvision/squeezenet1_1"])
def test_where_nothing_comes_around_nothing_is_added(text):
    assert additions(settled(text), 64) == ()


def test_blocks_with_several_sums_go_by_the_names_of_these():
    found = additions(settled("torchvision/swin_t"), 64)
    assert [one.name for one in found[:3]] == ["features.1.0.add", "features.1.0.add_2", "features.1.1.add"]
    assert {one.way for one in found} == {"identity"} and len(found) == 24


def test_the_balance_of_a_sum_known_by_heart():
    shortcut, branch = np.array([3.0, 0, 4, 0], np.float32), np.array([-4.0, 1, 0, -2], np.float32)
    found = balance(shortcut, branch, shortcut + branch)
    assert (found.shortcut, found.branch) == (5, pytest.approx(sqrt(21)))
    assert found.ratio == pytest.approx(sqrt(21) / 5) and found.cosine == pytest.approx(-12 / (5 * sqrt(21)))
    assert (found.off, found.on) == (0.5, 0.5)  # 3 becomes -1 and 4 stays; of the two zeros one becomes 1
    nothing = balance(np.zeros(2), np.ones(2), np.ones(2))
    assert nothing.ratio == float("inf") and nothing.cosine == 0 and isnan(nothing.off) and nothing.on == 1


@pytest.mark.parametrize("text", ["cifar/basic-14?width=4", "cifar/preact-14?width=4", "cifar/highway-8?width=4", "torchvision/resnet18"])
def test_all_balances_come_from_one_pass_and_are_those_of_the_maps(text):
    size = 64 if "torchvision" in text else 32
    net, images = settled(text), picture(size)
    found = additions(net, size)
    with unchanged(net):
        together = balances(net, images, found)
    for one, told in zip(found, together, strict=True):
        maps = maps_of(net, images, one.signals)
        assert told == balance(maps[one.shortcut.name], maps[one.branch.name], maps[one.total.name])


def test_a_branch_of_zeros_adds_nothing():
    net = settled("cifar/basic-8?width=4")
    for block in (net.layer1[0], net.layer2[0], net.layer3[0]):
        block.bn2.weight.zero_()
        block.bn2.bias.zero_()
    for told in balances(net, picture(), additions(net)):
        assert (told.branch, told.ratio, told.cosine, told.off, told.on) == (0, 0, 0, 0, 0)
