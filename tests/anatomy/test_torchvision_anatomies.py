"""All classification models of torchvision: traced, and held against what torchvision publishes of them."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.trace import trace
from explorer.networks.build import build
from explorer.networks.spec import TorchvisionSpec
from explorer.networks.torchvision_models import torchvision
from explorer.networks.torchvision_names import TORCHVISION_NAMES

ATTENTION = {"maxvit_t", "swin_b", "swin_s", "swin_t", "swin_v2_b", "swin_v2_s", "swin_v2_t"}
IDLE = {"googlenet": 6_379_984, "inception_v3": 3_326_696}


def picture_side(weights):
    (side,) = set(weights.transforms().crop_size)
    return side


def macs_on_weights(anatomy):
    """Swin V2 computes a table of positions, the same for all images: no layer's work, but said."""
    return sum(int(note.split()[0].replace(",", "")) for note in anatomy.uncounted if "MACs on weights alone" in note)


@pytest.mark.parametrize("name", TORCHVISION_NAMES)
def test_published_parameters_and_macs(name):
    """torchvision publishes each model's parameters, and its MACs in units of 10^9 for pictures of its weights' size."""
    weights = min(torchvision().models.get_model_weights(name), key=picture_side)
    side = picture_side(weights)
    spec = TorchvisionSpec(name)
    found = trace(build(spec, meta=True), (3, side, side))
    published = weights.meta
    assert published["num_params"] in (found.params, found.params + found.idle_params)
    assert found.idle_params == IDLE.get(name, 0)
    assert (found.macs + macs_on_weights(found)) / 1e9 == pytest.approx(published["_ops"], abs=0.0006)


@pytest.mark.parametrize("name", TORCHVISION_NAMES)
def test_everything_is_counted_but_what_is_said(name):
    notes = anatomy_of(TorchvisionSpec(name)).uncounted
    said = {"how far attention over windows": name in ATTENTION, "MACs on weights alone": name.startswith("swin_v2"),
            "which takes no part in inference": name in IDLE}
    for words, expected in said.items():
        assert any(words in note for note in notes) == expected
    assert not any("arithmetic of" in note or "what exactly" in note for note in notes if "weights alone" not in note)


@pytest.mark.parametrize("name", ["resnet50", "densenet121", "vit_b_32", "swin_t", "maxvit_t", "convnext_tiny", "regnet_y_400mf",
                                  "efficientnet_b0", "inception_v3", "shufflenet_v2_x1_0", "swin_v2_t"])
def test_macs_agree_with_the_flop_counter(name):
    spec = TorchvisionSpec(name)
    found, net = anatomy_of(spec), build(spec, meta=True).eval()
    with FlopCounterMode(display=False) as counter:
        net(torch.empty(1, 3, spec.input, spec.input, device="meta"))
    assert 2 * (found.macs + macs_on_weights(found)) == counter.get_total_flops()


def test_global_attention_sees_the_whole_picture():
    layers = anatomy_of(TorchvisionSpec("vit_b_16")).layers
    first = next(layer for layer in layers if layer.kind == "attention")
    assert layers[1].receptive_field == 16 and first.receptive_field == 224
