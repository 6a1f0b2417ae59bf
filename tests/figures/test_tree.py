"""The ways to draw a network's groups: in every state each layer is stood for once."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.outline import Group, alike, groups
from explorer.figures.detail import DETAILS, opened
from explorer.figures.scene import Box, nodes, scene
from explorer.figures.tree import Tree, flows
from explorer.networks.spec import parse_spec

NETWORKS = ["cifar/plain-20", "cifar/basic-56", "cifar/basic-20?shortcut=C", "cifar/highway-32", "cifar/preact-20",
            "imagenet/bottleneck-50", "imagenet/vgg-16", "torchvision/convnext_tiny", "torchvision/densenet121",
            "torchvision/efficientnet_b0", "torchvision/googlenet", "torchvision/inception_v3", "torchvision/maxvit_t",
            "torchvision/mobilenet_v3_small", "torchvision/regnet_y_400mf", "torchvision/shufflenet_v2_x1_0",
            "torchvision/swin_t", "torchvision/vit_b_16"]


@cache
def anatomy(network):
    return anatomy_of(parse_spec(network))


def check(whole, drawn):
    """Every layer has one node, or stands in a closed fold and has the node of its twin; every line joins two nodes."""
    shown = [layer.name for stage in drawn.stages for node in nodes(stage) for layer in node.layers]
    twins = alike(whole)
    assert len(shown) == len(set(shown))
    assert all(name in shown or twins[name] in shown for name in drawn.node_of)
    assert set(drawn.node_of) == {layer.name for layer in whole.layers}
    names = [node.name for stage in drawn.stages for node in nodes(stage)]
    assert len(names) == len(set(names)) and set(drawn.node_of.values()) == set(names)
    assert all({line.source, line.target} <= set(names) for line in drawn.lines)
    fed = {line.target for line in drawn.lines}
    assert [name for name in names if name not in fed] == [drawn.node_of["input"]]


@pytest.mark.parametrize("detail", DETAILS)
@pytest.mark.parametrize("network", NETWORKS)
def test_every_layer_is_stood_for_once_at_every_level(network, detail):
    whole = anatomy(network)
    drawn = scene(whole, opened(whole, detail))
    check(whole, drawn)
    if detail == "layers":
        assert all(len(node.layers) == 1 for stage in drawn.stages for node in nodes(stage))


@settings(deadline=None, max_examples=40)
@given(network=st.sampled_from(NETWORKS), detail=st.sampled_from(DETAILS), data=st.data())
def test_every_layer_is_stood_for_once_whatever_is_open(network, detail, data):
    whole = anatomy(network)
    ids = [group.id for group in groups(whole)]
    toggled = data.draw(st.sets(st.sampled_from(ids)))
    check(whole, scene(whole, opened(whole, detail, toggled)))


def outline_of(box):
    """`layer2[layer2.0[3] layer2.1-2[3]]`: boxes with their boxes, or how many nodes they have."""
    boxes = [item for item in box.items if isinstance(item, Box)]
    return f"{box.group.id}[{' '.join(map(outline_of, boxes)) if boxes else len(box.items)}]"


@pytest.mark.parametrize("detail, toggled, expected", [
    ("stages", (), ["stem", "layer1", "layer2", "layer3", "head"]),
    ("stages", ("layer2",), ["stem", "layer1", "layer2[layer2.0[4] layer2.1-2[3]]", "layer3", "head"]),
    ("folded", ("layer1", "layer3.1-2"), ["stem[2]", "layer1", "layer2[layer2.0[4] layer2.1-2[3]]",
                                          "layer3[layer3.0[4] layer3.1-2[layer3.1[3] layer3.2[3]]]", "head[2]"]),
    ("folded", ("layer2.0", "layer2.2", "input-relu"), ["stem[4]", "layer1[layer1.0-2[3]]", "layer2[layer2.0[9] layer2.1-2[3]]",
                                                        "layer3[layer3.0[4] layer3.1-2[3]]", "head[2]"]),
    ("layers", ("layer1", "layer2"), ["stem[4]", "layer1", "layer2",
                                      "layer3[layer3.0[9] layer3.1-2[layer3.1[7] layer3.2[7]]]", "head[3]"]),
])
def test_boxes(detail, toggled, expected):
    whole = anatomy("cifar/basic-20")
    drawn = scene(whole, opened(whole, detail, toggled))
    assert [outline_of(stage) if isinstance(stage, Box) else stage.name for stage in drawn.stages] == expected


@pytest.mark.parametrize("layer, detail, toggled, expected", [
    ("layer3.7.bn2", "folded", (), "layer3.1.conv2"),
    ("layer3.7.bn2", "folded", ("layer3.1-8",), "layer3.7.conv2"),
    ("layer3.7.bn2", "folded", ("layer3.1-8", "layer3.7"), "layer3.7.bn2"),
    ("layer3.7.bn2", "layers", (), "layer3.7.bn2"),
    ("layer3.7.bn2", "stages", (), "layer3"),
    ("layer2.0.downsample.slice", "folded", (), "layer2.0.downsample.pad"),
])
def test_a_node_stands_for_many_layers(layer, detail, toggled, expected):
    whole = anatomy("cifar/basic-56")
    assert scene(whole, opened(whole, detail, toggled)).node_of[layer] == expected


def test_a_levels_groups():
    whole = anatomy("cifar/basic-20")
    every = {group.id for group in groups(whole)}
    stages = {"stem", "layer1", "layer2", "layer3", "head"}
    assert [opened(whole, detail) for detail in DETAILS] == [
        frozenset(), stages, stages | {"layer1.0-2", "layer2.1-2", "layer3.1-2"}, every]
    assert opened(whole, "folded", ["layer1", "layer2.1-2", "nothing"]) == stages - {"layer1"} | {"layer2.1-2"}


def test_light_layers_are_merged_into_a_closed_blocks_nodes():
    tree = Tree(anatomy("cifar/basic-20"))
    block = next(item for item in tree.stages[2].items if isinstance(item, Group))
    merged = [(node.name, [layer.name.removeprefix("layer2.0.") for layer in node.layers], node.kind) for node in tree.closed(block)]
    assert merged == [("layer2.0.conv1", ["conv1", "bn1", "relu1"], "layer"), ("layer2.0.conv2", ["conv2", "bn2"], "layer"),
                      ("layer2.0.add", ["add", "relu2"], "layer"),
                      ("layer2.0.downsample.pad", ["downsample.slice", "downsample.pad"], "shortcut")]
    assert [node.name for node in tree.opened(block)][-2:] == ["layer2.0.downsample.slice", "layer2.0.downsample.pad"]


def test_a_concatenation_that_goes_on_with_another_reads_it_and_what_is_new():
    whole = anatomy("torchvision/densenet121")
    block = "features.denseblock1.denselayer"
    read = [(name, is_shortcut) for layer, name, is_shortcut in flows(whole) if layer.name == f"{block}3.cat"]
    assert read == [(f"{block}2.cat", True), (f"{block}2.conv2", False)]
