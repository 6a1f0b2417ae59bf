"""A network's shortcuts by kind, its gates and its depth, held against the literature."""

from collections import Counter

import pytest

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.ways import depth_of, gates_of, shortcuts_of
from explorer.networks.spec import parse_spec


def anatomy(network):
    return anatomy_of(parse_spec(network))


@pytest.mark.parametrize(
    "network, depth",
    [("imagenet/basic-34", 34), ("imagenet/bottleneck-152?shortcut=C", 152), ("cifar/highway-20", 20), ("cifar/preact-bottleneck-164", 164),
     ("imagenet/vgg-19", 19), ("torchvision/densenet121", 121), ("torchvision/googlenet", 22), ("torchvision/resnet18", 18)],
)
def test_depth_is_the_one_in_the_name(network, depth):
    assert depth_of(anatomy(network)) == depth


@pytest.mark.parametrize(
    "network, kinds, params",
    [
        ("imagenet/plain-34", {}, 0),
        ("imagenet/basic-34?shortcut=A", {"identity": 13, "padding": 3}, 0),
        ("imagenet/basic-34", {"identity": 13, "projection": 3}, 173_824),
        ("imagenet/basic-34?shortcut=C", {"projection": 16}, 22_716_840 - 21_623_848),
        ("cifar/preact-20", {"identity": 7, "padding": 2}, 0),
        ("cifar/preact-20?shortcut=B", {"identity": 7, "projection": 2}, 16 * 32 + 32 * 64),  # projections without BN
        ("cifar/highway-20", {"gated": 18}, 0),
        # Layer n of a dense block reads all n before it: of 6, 12, 24, 16 and the block's input all but the newest.
        ("torchvision/densenet121", {"concatenation": sum(n * (n + 1) // 2 for n in (6, 12, 24, 16))}, 0),
    ],
)
def test_shortcuts_by_kind(network, kinds, params):
    found = shortcuts_of(anatomy(network))
    assert Counter(shortcut.kind for shortcut in found) == kinds
    assert sum(shortcut.params for shortcut in found) == params


def test_a_shortcut_names_its_way():
    (first, *_, last) = shortcuts_of(anatomy("cifar/basic-8?shortcut=B"))
    assert (first.kind, first.source, first.target, first.layers) == ("identity", "relu", "layer1.0.add", ())
    assert (last.kind, last.source, last.target) == ("projection", "layer2.0.relu2", "layer3.0.add")
    assert last.layers == ("layer3.0.downsample.0", "layer3.0.downsample.1") and last.params == 32 * 64 + 2 * 64


def test_gates_are_of_highways_and_not_of_squeeze_and_excitation():
    assert gates_of(anatomy("cifar/highway-8")) == tuple(f"layer{stage}.{block}.gate" for stage in (1, 2, 3) for block in (0, 1))
    assert gates_of(anatomy("torchvision/efficientnet_b0")) == ()
    assert gates_of(anatomy("cifar/basic-8")) == ()
