"""Stages, blocks and folds."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.outline import Group, alike, groups, outline
from explorer.networks.spec import parse_spec


def shape(network):
    """Stages as text: `layer2: layer2.0 layer2.1-2x2`."""
    def piece(item):
        return f"{item.id}x{len(item.items)}" if item.kind == "fold" else item.id

    return [" ".join([f"{stage.id}:", *(piece(item) for item in stage.items if isinstance(item, Group))])
            for stage in outline(anatomy_of(parse_spec(network)))]


@pytest.mark.parametrize("network, expected", [
    ("cifar/basic-20", ["stem: input-relu", "layer1: layer1.0-2x3", "layer2: layer2.0 layer2.1-2x2",
                        "layer3: layer3.0 layer3.1-2x2", "head: avgpool-fc"]),
    ("cifar/basic-20?shortcut=C", ["stem: input-relu", "layer1: layer1.0-2x3", "layer2: layer2.0 layer2.1-2x2",
                                   "layer3: layer3.0 layer3.1-2x2", "head: avgpool-fc"]),
    ("cifar/preact-20", ["stem: input-relu", "layer1: layer1.0 layer1.1-2x2", "layer2: layer2.0 layer2.1-2x2",
                         "layer3: layer3.0 layer3.1-2x2", "head: bn_last-fc"]),
    ("imagenet/bottleneck-50", ["stem: input-maxpool", "layer1: layer1.0 layer1.1-2x2", "layer2: layer2.0 layer2.1-3x3",
                                "layer3: layer3.0 layer3.1-5x5", "layer4: layer4.0 layer4.1-2x2", "head: avgpool-fc"]),
    ("cifar/basic-1202", ["stem: input-relu", "layer1: layer1.0-199x200", "layer2: layer2.0 layer2.1-199x199",
                          "layer3: layer3.0 layer3.1-199x199", "head: avgpool-fc"]),
    ("imagenet/vgg-16", ["layer1: layer1.0 layer1.1", "layer2: layer2.0 layer2.1", "layer3: layer3.0 layer3.1 layer3.2",
                         "layer4: layer4.0 layer4.1 layer4.2", "layer5: layer5.0 layer5.1 layer5.2", "head: avgpool-fc"]),
    ("torchvision/vit_b_16", ["stem: input-cat", "encoder: encoder.add-encoder.dropout",
                              "encoder.layers: encoder.layers.encoder_layer_0-encoder_layer_11x12",
                              "encoder~2: encoder.ln-slice", "heads:"]),
])
def test_outlines(network, expected):
    assert shape(network) == expected


@settings(deadline=None, max_examples=25)
@given(block=st.sampled_from(["plain", "basic", "bottleneck", "highway", "preact"]),
       counts=st.lists(st.integers(1, 6), min_size=3, max_size=3), shortcut=st.sampled_from("ABC"))
def test_no_layer_is_lost_or_doubled(block, counts, shortcut):
    blocks = "-".join(map(str, counts))
    layers = {"bottleneck": 3, "highway": 1}.get(block, 2) * sum(counts) + 2
    options = f"&shortcut={shortcut}" if block != "plain" else ""
    anatomy = anatomy_of(parse_spec(f"cifar/{block}-{layers}?blocks={blocks}{options}"))
    assert tuple(layer for stage in outline(anatomy) for layer in stage.layers) == anatomy.layers
    ids = [group.id for group in groups(anatomy)]
    assert len(ids) == len(set(ids))
    assert sum(group.kind == "block" for group in groups(anatomy)) == sum(counts)


@pytest.mark.parametrize("field, value", [("params", 1), ("out_shape", (9, 9, 9)), ("kind", "conv"), ("stride", (2, 2)),
                                          ("inputs", ("input",))])
def test_one_different_layer_splits_a_fold(field, value):
    anatomy = anatomy_of(parse_spec("cifar/plain-44"))
    layers = tuple(replace(layer, **{field: value}) if layer.name == "layer2.3.bn2" else layer for layer in anatomy.layers)
    folds = [group.id for group in groups(replace(anatomy, layers=layers)) if group.id.startswith("layer2.")]
    assert [name for name in folds if "-" in name] == ["layer2.1-2", "layer2.4-6"]


def test_layers_of_a_fold_have_their_twin_in_its_first_block():
    twins = alike(anatomy_of(parse_spec("cifar/basic-20")))
    assert twins["layer1.2.bn2"] == "layer1.0.bn2"
    assert twins["layer2.1.conv1"] == "layer2.1.conv1"
    assert "layer2.0.conv1" not in twins and "fc" not in twins
