"""Two networks held against each other: exact marks, counted by hand, and the sentences about them."""

import pytest

from explorer.anatomy.alignment import align, stages_of
from explorer.anatomy.diff import differences
from explorer.anatomy.diff_words import listed, ratio, short
from explorer.anatomy.of import anatomy_of
from explorer.networks.spec import parse_spec


def anatomy(network):
    return anatomy_of(parse_spec(network))


def compared(before, after, unit="MACs"):
    return differences(anatomy(before), anatomy(after), unit)


def partners(before, after):
    return {x.name: y.name for x, y in align(anatomy(before), anatomy(after)).layers}


def stage_pairs(before, after):
    return [(x and x.name, y and y.name) for x, y in align(anatomy(before), anatomy(after)).stages]


def test_plain_34_against_resnet_34_is_its_shortcuts():
    """Table 1: 3 + 4 + 6 + 3 blocks; shapes change in the first of layer2, layer3 and layer4, where option B projects."""
    found = compared("imagenet/plain-34", "imagenet/basic-34")
    assert found.before == {"layers": {}, "edges": []}  # nothing is lost
    blocks = [f"layer{stage}.{block}" for stage, count in enumerate((3, 4, 6, 3), 1) for block in range(count)]
    projected = ["layer2.0", "layer3.0", "layer4.0"]
    added = {f"{block}.add" for block in blocks} | {f"{block}.downsample.{part}" for block in projected for part in (0, 1)}
    assert found.after["layers"] == {name: ["added", "added"] for name in added}
    # An identity is one edge; a projection is three: into the convolution, into its normalisation, into the sum.
    edges = found.after["edges"]
    assert len(edges) == 13 * 1 + 3 * 3 and {sign for _, _, sign in edges} == {"added"}
    assert ["maxpool", "layer1.0.add", "added"] in edges
    assert [edge[:2] for edge in edges if "layer3.0." in edge[1]] == [
        ["layer2.3.relu2", "layer3.0.downsample.0"], ["layer3.0.downsample.0", "layer3.0.downsample.1"],
        ["layer3.0.downsample.1", "layer3.0.add"]]
    weights, norms = 64 * 128 + 128 * 256 + 256 * 512, 2 * (128 + 256 + 512)
    assert (weights, norms) == (172_032, 1_792)
    assert found.sentences[0] == ("16 shortcuts added: 13 identities and 3 projections with 173,824 parameters "
                                  "(172,032 in convolutions, 1,792 in batch normalisation).")
    assert "The same depth: 34 weighted layers." in found.sentences
    assert "Parameters: 21,623,848 → 21,797,672 (+0.8%)." in found.sentences
    assert 21_797_672 - 21_623_848 == weights + norms


def test_the_way_back_says_removed():
    there, back = compared("imagenet/plain-34", "imagenet/basic-34"), compared("imagenet/basic-34", "imagenet/plain-34")
    assert back.before["layers"] == {name: ["removed", "removed"] for name in there.after["layers"]}
    assert [edge[:2] for edge in back.before["edges"]] == [edge[:2] for edge in there.after["edges"]]
    assert {sign for _, _, sign in back.before["edges"]} == {"removed"}
    assert back.after == {"layers": {}, "edges": []}
    assert back.sentences[0].startswith("16 shortcuts removed: 13 identities and 3 projections")


@pytest.mark.parametrize("network", ["imagenet/bottleneck-50", "torchvision/inception_v3", "torchvision/swin_t", "cifar/highway-20"])
def test_a_network_differs_from_itself_in_nothing(network):
    found = compared(network, network)
    assert found.is_empty
    assert found.sentences[0] == "The same layers with the same shapes, and the same shortcuts."
    assert all("→" not in sentence or sentence.endswith("(the same).") for sentence in found.sentences)
    names = [layer.name for layer in anatomy(network).layers]
    assert partners(network, network) == dict(zip(names, names))


@pytest.mark.parametrize("ours, theirs", [("imagenet/bottleneck-50?stride=3x3", "torchvision/resnet50"),
                                          ("imagenet/basic-18", "torchvision/resnet18"), ("imagenet/vgg-16", "torchvision/vgg16")])
def test_our_networks_are_torchvisions(ours, theirs):
    found = compared(ours, theirs)
    assert found.is_empty and "The same layers" in found.sentences[0]
    assert len(partners(ours, theirs)) == len(anatomy(ours).layers) == len(anatomy(theirs).layers)


def test_shortcut_a_against_b_swaps_three_paddings_for_projections():
    found = compared("imagenet/basic-34?shortcut=A", "imagenet/basic-34")
    blocks = ("layer2.0", "layer3.0", "layer4.0")
    assert set(found.before["layers"]) == {f"{block}.downsample.{part}" for block in blocks for part in ("slice", "pad")}
    assert set(found.after["layers"]) == {f"{block}.downsample.{part}" for block in blocks for part in (0, 1)}
    assert len(found.before["edges"]) == len(found.after["edges"]) == 9
    assert found.sentences[0] == (
        "Shortcuts: 16 → 16; before 13 identities and 3 paddings without parameters, now 13 identities and 3 projections "
        "with 173,824 parameters (172,032 in convolutions, 1,792 in batch normalisation).")


def test_the_stride_of_a_bottleneck_moves():
    found = compared("imagenet/bottleneck-50", "imagenet/bottleneck-50?stride=3x3")
    changed = {f"layer{stage}.0.conv{conv}": ["changed", "stride 2 → 1" if conv == 1 else "stride 1 → 2"]
               for stage in (2, 3, 4) for conv in (1, 2)}
    assert found.before == found.after == {"layers": changed, "edges": []}
    assert ("Stride: 2 → 1 in 3 layers (layer2.0.conv1, layer3.0.conv1, …); "
            "1 → 2 in 3 layers (layer2.0.conv2, layer3.0.conv2, …).") in found.sentences


def test_widths_and_the_first_convolutions_channels():
    layers = compared("cifar/basic-20", "cifar/basic-20?width=32&channels=1").after["layers"]
    assert layers["conv1"] == ["changed", "16 → 32 channels, reads 3 → 1 channels"]
    assert layers["layer2.0.conv1"] == ["changed", "32 → 64 channels, reads 16 → 32 channels"]
    assert layers["fc"] == ["changed", "reads 64 → 128 channels"]
    assert len(layers) == 20  # every weighted layer and nothing else


def test_a_bottleneck_is_two_small_kernels_around_the_large_one():
    found = compared("imagenet/basic-34", "imagenet/bottleneck-50")
    assert found.after["layers"]["layer1.0.conv1"] == ["changed", "kernel 3×3 → 1×1"]
    assert found.after["layers"]["layer1.0.conv3"] == ["added", "added"]
    assert "layer1.0.conv2" not in found.after["layers"]
    assert "Channels that their blocks put out: 64, 128, 256, 512 → 256, 512, 1,024, 2,048." in found.sentences
    assert ("The usual block: 3×3 conv, bn, relu, 3×3 conv, bn, add, relu → "
            "1×1 conv, bn, relu, 3×3 conv, bn, relu, 1×1 conv, bn, add, relu.") in found.sentences
    assert "Depth: 34 → 50 weighted layers." in found.sentences


def test_a_deeper_network_keeps_the_blocks_of_the_shallower():
    found = compared("imagenet/basic-18", "imagenet/basic-34")
    added = {name.rsplit(".", 1)[0] for name in found.after["layers"]}
    assert added == {"layer1.2", "layer2.2", "layer2.3", "layer3.2", "layer3.3", "layer3.4", "layer3.5", "layer4.2"}
    assert {sign for sign, _ in found.after["layers"].values()} == {"added"} and found.before["layers"] == {}
    assert len(found.after["edges"]) == 8
    assert "Blocks in each stage: 2, 2, 2, 2 → 3, 4, 6, 3." in found.sentences


def test_18_against_152():
    found = compared("imagenet/basic-18", "imagenet/bottleneck-152")
    assert "Depth: 18 → 152 weighted layers." in found.sentences
    assert "MACs: 1.81 G → 11.28 G (6.22 times as many)." in found.sentences
    assert "FLOPs: 3.63 G → 22.56 G (6.22 times as many)." in compared("imagenet/basic-18", "imagenet/bottleneck-152", "FLOPs").sentences
    assert partners("imagenet/basic-18", "imagenet/bottleneck-152")["layer4.1.conv2"] == "layer4.1.conv2"


def test_gates_are_added_to_the_plain_layers():
    """18 layers of the stages: 6 from 16 channels on, of which one widens, then 6 and 6; a 3x3 gate with biases each."""
    found = compared("cifar/plain-20", "cifar/highway-20")
    assert found.before["layers"] == {}
    assert sum(name.endswith(".gate") for name in found.after["layers"]) == 18
    gates = [9 * 16 * 16 + 16] * 6 + [9 * 16 * 32 + 32] + [9 * 32 * 32 + 32] * 5 + [9 * 32 * 64 + 64] + [9 * 64 * 64 + 64] * 5
    assert f"Gates T(x), a convolution and a sigmoid each: 0 → 18, now with {sum(gates):,} parameters." in found.sentences
    pairs = partners("cifar/plain-20", "cifar/highway-20")
    assert [pairs[f"layer1.{block}.conv{conv}"] for block in (0, 1, 2) for conv in (1, 2)] == [f"layer1.{n}.conv1" for n in range(6)]


def test_channels_are_found_in_transformers_too():
    """Swin-T's stages have 96, 192, 384 and 768 channels (2103.14030, table 7), ConvNeXt-T's as many."""
    found = compared("torchvision/swin_t", "torchvision/resnet50")
    assert "Channels that their blocks put out: 96, 192, 384, 768 → 256, 512, 1,024, 2,048." in found.sentences
    assert "Blocks in each stage: 2, 2, 6, 2 → 3, 4, 6, 3." in found.sentences
    assert not any("Channels that" in sentence for sentence in compared("torchvision/swin_t", "torchvision/convnext_tiny").sentences)


def test_preactivation_is_told_by_the_order_of_a_block():
    found = compared("cifar/basic-20", "cifar/preact-20")
    assert not found.is_empty
    assert found.sentences[0] == ("The usual block: 3×3 conv, bn, relu, 3×3 conv, bn, add, relu → "
                                  "bn, relu, 3×3 conv, bn, relu, 3×3 conv, add.")


def test_resnext_is_told_by_its_groups():
    changed = compared("torchvision/resnet50", "torchvision/resnext50_32x4d").after["layers"]["layer3.1.conv2"]
    assert changed == ["changed", "256 → 512 channels, reads 256 → 512 channels, groups 1 → 32"]


def test_biases_come_where_normalisation_goes():
    found = compared("cifar/plain-20", "cifar/plain-20?norm=none")
    assert found.after["layers"]["conv1"] == ["changed", "bias without → with"]
    assert "Bias: without → with in 19 layers (conv1, layer1.0.conv1, …)." in found.sentences
    assert "Batch normalisations: 19 → 0." in found.sentences


def test_vgg_and_resnet_meet_where_their_images_have_one_size():
    assert stage_pairs("imagenet/vgg-19", "imagenet/basic-34") == [
        ("layer1", None), ("layer2", "stem"), ("layer3", "layer1"), ("layer4", "layer2"), ("layer5", "layer3"),
        (None, "layer4"), ("head", "head"), ("head", "head")]
    found = compared("imagenet/vgg-19", "imagenet/plain-34")
    assert found.after["layers"]["layer1.0.conv1"][1].startswith("256 → 64 channels")
    assert "Fully connected layers: 3 → 1, with 123,642,856 → 513,000 parameters." in found.sentences
    assert "Stages without a counterpart: layer1 of the first; layer4 of the second." in found.sentences


def test_names_count_where_the_sizes_differ():
    assert stage_pairs("cifar/basic-20", "imagenet/basic-34")[:4] == [(name, name) for name in ("stem", "layer1", "layer2", "layer3")]


def test_one_stage_of_many_sizes_is_taken_apart():
    assert [stage.reduction for stage in stages_of(anatomy("torchvision/vgg11"))] == [1, 2, 4, 8, 16, 32, "vector"]
    pairs = partners("torchvision/vgg11", "torchvision/vgg19")
    assert pairs["features.8"] == "features.12"  # the second convolution of 256 channels in both
    assert ("features", "features") in stage_pairs("torchvision/mobilenet_v2", "torchvision/efficientnet_b0")


NETWORKS = ["imagenet/vgg-19", "imagenet/bottleneck-50", "cifar/highway-32", "cifar/preact-bottleneck-29", "cifar/plain-110",
            "torchvision/googlenet", "torchvision/inception_v3", "torchvision/densenet121", "torchvision/swin_t",
            "torchvision/vit_b_16", "torchvision/maxvit_t", "torchvision/mobilenet_v3_small", "torchvision/shufflenet_v2_x0_5"]


@pytest.mark.parametrize("before", NETWORKS)
@pytest.mark.parametrize("after", NETWORKS)
def test_any_two_can_be_compared_and_every_layer_is_told_once(before, after):
    a, b = anatomy(before), anatomy(after)
    pairs, found = align(a, b).layers, differences(a, b)
    for side, net, marks, alone in ((0, a, found.before, "removed"), (1, b, found.after, "added")):
        names = {layer.name for layer in net.layers}
        paired = [pair[side].name for pair in pairs]
        assert len(paired) == len(set(paired))
        assert {name for name, (sign, _) in marks["layers"].items() if sign == alone} == names - set(paired)
        assert {name for name, (sign, _) in marks["layers"].items() if sign == "changed"} <= set(paired)
        assert all({source, target} <= names and sign == alone for source, target, sign in marks["edges"])
    assert all(x.kind == y.kind for x, y in pairs)
    assert all(sentence.endswith(".") for sentence in found.sentences)


def test_numbers_in_words():
    assert [short(n) for n in (0, 650, 999, 999_960, 3_643_600_000, 125_485_696)] == ["0", "650", "999", "1.00 M", "3.64 G", "125.5 M"]
    assert ratio(10, 10) == "the same"
    assert ratio(100, 108) == "+8.0%" and ratio(1000, 960) == "−4.0%" and ratio(1_000_000, 1_000_001) == "+<0.1%"
    assert ratio(100, 300) == "3.00 times as many" and ratio(300, 100) == "3.00 times fewer"
    assert ratio(1, 2_000_000) == "2,000,000 times as many"
    assert ratio(0, 5) == "+5"
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b and c"
