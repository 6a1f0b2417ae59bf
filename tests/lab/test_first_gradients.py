"""Gradients at initialisation for any network: exact, by a batch that answers in seconds, or refused with a sentence."""

import math
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

from explorer.anatomy.of import anatomy_of
from explorer.data.images import batch_for
from explorer.errors import BadInput
from explorer.lab import first_gradients, fresh, limits
from explorer.lab.first_gradients import initial_gradient
from explorer.lab.fresh import batch_for_seconds, needed_bytes
from explorer.networks.build import build
from explorer.networks.spec import parse_spec


@pytest.fixture(autouse=True)
def free_memory(monkeypatch):
    """64 GB, whatever else runs on this machine."""
    monkeypatch.setattr(limits, "free_bytes", lambda: 64 * 10**9)


def measured(text, **keywords):
    spec = parse_spec(text)
    anatomy = anatomy_of(spec)
    overlay = initial_gradient(spec, anatomy, **keywords)
    return overlay, {layer.name: value for layer, value in zip(anatomy.layers, overlay.values[0], strict=True) if value is not None}


def test_the_norms_are_autograds_and_belong_to_their_layers():
    overlay, found = measured("cifar/basic-8?width=4&shortcut=B", seed=3)
    spec = parse_spec("cifar/basic-8?width=4&shortcut=B")
    # In the memory layout of the measurement: torch's batch normalisation adds up in another order there, with 1% between them.
    net, (images, labels) = build(spec, seed=3).to(memory_format=torch.channels_last), batch_for(spec, 64, 3)
    images = images.contiguous(memory_format=torch.channels_last)
    weights = {name.removesuffix(".weight"): value for name, value in net.named_parameters() if value.dim() > 1}
    exact = torch.autograd.grad(F.cross_entropy(net(images), labels), list(weights.values()))
    assert found == pytest.approx({name: gradient.norm().item() for name, gradient in zip(weights, exact)}, rel=1e-4)
    assert (overlay.id, overlay.how, overlay.unit, overlay.steps) == ("initial_gradient", "max", "", None)
    assert "seed 3" in overlay.note and "one batch of 64 handwritten digits at 32 pixels" in overlay.note


@pytest.mark.parametrize(("network", "batch"), [
    ("cifar/basic-20", 64), ("cifar/basic-1202", 8), ("imagenet/basic-18", 16), ("imagenet/bottleneck-152", 2), ("torchvision/vgg16", 2),
])  # fmt: skip
def test_the_batch_is_as_large_as_answers_in_seconds(network, batch):
    assert batch_for_seconds(anatomy_of(parse_spec(network))) == batch


def test_less_free_memory_makes_the_batch_smaller_and_none_refuses(monkeypatch):
    anatomy = anatomy_of(parse_spec("cifar/basic-56"))
    for batch in (64, 16, 2):
        monkeypatch.setattr(limits, "free_bytes", lambda: needed_bytes(anatomy, batch))
        assert batch_for_seconds(anatomy) == batch
    monkeypatch.setattr(limits, "free_bytes", lambda: needed_bytes(anatomy, 2) - 1)
    with pytest.raises(BadInput, match="Residual-56 need about 0.0 GB of memory for 2 pictures, and 0.0 GB are free: choose"):
        batch_for_seconds(anatomy)


def test_what_would_take_minutes_is_refused():
    anatomy = anatomy_of(parse_spec("imagenet/vgg-19?input=1024"))
    with pytest.raises(BadInput, match=r"VGG-19 would take minutes here \(2,\d+ G multiply-adds for 2 pictures, this stops at 1,500 G"):
        batch_for_seconds(anatomy)


def test_every_model_of_torchvision_is_within_the_bound_of_work():
    """The two largest: a RegNet of 127 and a transformer of 167 G multiply-adds an image."""
    for name in ("regnet_y_128gf", "vit_h_14"):
        anatomy = anatomy_of(parse_spec(f"torchvision/{name}"))
        assert 3 * 2 * anatomy.macs < fresh.MOST_MACS


@pytest.mark.parametrize("name", ["vit_b_32", "googlenet", "shufflenet_v2_x0_5"])
def test_torchvisions_models_have_a_norm_at_every_weight(name):
    spec = parse_spec(f"torchvision/{name}")
    anatomy, (_, found) = anatomy_of(spec), measured(spec.text)
    weighted = {layer.name for layer in anatomy.layers if layer.kind in ("conv", "linear", "attention")}
    assert found.keys() == weighted
    # torchvision starts a transformer with a head of zeros, through which no gradient passes.
    reached = {"heads.head"} if name == "vit_b_32" else weighted
    assert {layer for layer, value in found.items() if value > 0} == reached


def test_a_norm_that_is_no_number_is_kept_as_such(monkeypatch):
    flow = SimpleNamespace(names=("conv1", "fc"), steps=(SimpleNamespace(norms=(math.nan, 2.0)),))
    monkeypatch.setattr(first_gradients, "fresh_flow", lambda *args, **keywords: iter([flow]))
    _, found = measured("cifar/basic-8?width=4")
    assert math.isnan(found["conv1"]) and found["fc"] == 2.0
