"""Which layers are offered: stages and blocks of our nets, what has places in torchvision's, and a sentence where nothing has."""

import pytest
from made_models import built, loaded

from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.spec import TorchvisionSpec
from explorer.vision.explain.layers import feature_layers


def torchvision(name, size):
    return loaded(build(TorchvisionSpec(name), seed=0), size, 1000)


def told(model):
    return {one.name: (one.is_stage, one.channels, one.height, one.width) for one in feature_layers(model)}


def test_a_residual_net_offers_stem_blocks_and_stages():
    assert told(built("cifar/basic-8?width=4")) == {
        "relu": (False, 4, 32, 32), "layer1.0": (False, 4, 32, 32), "layer1": (True, 4, 32, 32), "layer2.0": (False, 8, 16, 16),
        "layer2": (True, 8, 16, 16), "layer3.0": (False, 16, 8, 8), "layer3": (True, 16, 8, 8),
    }  # fmt: skip


@pytest.mark.parametrize(("text", "last"), [
    ("cifar/plain-8?width=4", "layer3"), ("cifar/preact-8?width=4", "relu_last"), ("cifar/highway-8?width=4", "layer3"),
    ("imagenet/vgg-16?width=4&input=64&classes=10", "layer5"), ("imagenet/basic-18?width=8&input=64&classes=10", "layer4"),
])  # fmt: skip
def test_the_last_one_offered_is_the_last_that_has_places(text, last):
    found = feature_layers(built(text))
    assert found[-1].name == last and len({one.name for one in found}) == len(found)
    assert [one.height for one in found] == sorted((one.height for one in found), reverse=True)


@pytest.mark.parametrize(("name", "size", "last", "maps"), [
    ("resnet18", 64, "layer4", (512, 2)), ("alexnet", 96, "features.11", (256, 5)), ("vgg11", 64, "features.19", (512, 4)),
    ("mobilenet_v2", 64, "features", (1280, 2)), ("densenet121", 64, "features", (1024, 2)),
    ("squeezenet1_1", 96, "classifier.2", (1000, 5)),
    ("regnet_x_400mf", 64, "trunk_output", (400, 2)), ("convnext_tiny", 64, "features", (768, 2)), ("swin_t", 64, "permute", (768, 2)),
])  # fmt: skip
def test_torchvisions_networks_end_in_maps_too(name, size, last, maps):
    found = feature_layers(torchvision(name, size))
    assert (found[-1].name, found[-1].channels, found[-1].height) == (last, *maps)


def test_a_vision_transformer_is_refused_with_another_way():
    with pytest.raises(BadInput, match="Occlusion works with every network"):
        feature_layers(torchvision("vit_b_32", 224))
