"""Grad-CAM where the answer is known, against autograd by hand, on nets that others use at the same time."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from captum.attr import LayerAttribution
from made_models import SumOfMaps, built, loaded
from signals_unchanged import unchanged

from explorer.errors import BadInput
from explorer.vision.explain.gradcam import grad_cam
from explorer.vision.explain.heat import stretched
from explorer.vision.explain.layers import feature_layers
from explorer.vision.model import ModelError

WEIGHTS = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [0.5, -1.0, 0.0]]


def noise(size, channels=3, seed=7):
    return np.random.default_rng(seed).integers(0, 256, (channels, size, size), np.uint8)


def by_hand(model, pixels, layer, target):
    """Equation 1 of the paper, and the sum in equation 2, with a hook and autograd."""
    kept = []
    hook = model.net.get_submodule(layer).register_forward_hook(lambda module, inputs, result: kept.append(result.requires_grad_()))
    logits = model.net((torch.from_numpy(pixels).float()[None] / 255 - 0.5) / 0.5)
    hook.remove()
    (gradient,) = torch.autograd.grad(logits[0, target], kept[0])
    return (gradient.mean((2, 3), keepdim=True) * kept[0]).sum(1)[0].detach().numpy()


@pytest.mark.parametrize("target", range(4))
def test_where_a_class_is_the_sum_of_a_map_the_heat_is_that_map(target):
    pixels = noise(8)
    heat = grad_cam(loaded(SumOfMaps(WEIGHTS), 8, 4), pixels, "closed", target)
    means = (pixels / 127.5 - 1).reshape(3, 4, 2, 4, 2).mean((2, 4))
    expected = np.tensordot(WEIGHTS[target], means, 1)
    np.testing.assert_allclose(heat.values, expected, atol=1e-6)
    assert heat.target == target and heat.logit == pytest.approx(expected.sum(), abs=1e-5)
    every = np.array([np.tensordot(row, means, 1).sum() for row in WEIGHTS])
    assert heat.probability == pytest.approx(np.exp(every[target]) / np.exp(every).sum(), rel=1e-5)


def test_only_the_place_that_speaks_for_the_class_is_hot():
    pixels = np.full((3, 8, 8), 51, np.uint8)  # -0.6 everywhere
    pixels[1, 2:4, 4:6] = 255
    values = grad_cam(loaded(SumOfMaps(WEIGHTS), 8, 4), pixels, "closed", 1).values
    expected = np.full((4, 4), -0.6)
    expected[1, 2] = 1
    np.testing.assert_allclose(values, expected, atol=1e-6)


def test_without_a_class_it_is_the_likeliest_one():
    model, pixels = built("cifar/basic-8?width=4"), noise(32)
    chosen = grad_cam(model, pixels, "layer2")
    with torch.no_grad():
        logits = model.net((torch.from_numpy(pixels).float()[None] / 255 - 0.5) / 0.5)[0]
    assert chosen.target == int(logits.argmax()) and chosen.logit == pytest.approx(float(logits.max()), rel=1e-5)
    np.testing.assert_array_equal(chosen.values, grad_cam(model, pixels, "layer2", chosen.target).values)


@pytest.mark.parametrize("text", [
    "cifar/basic-14?width=4", "cifar/plain-14?width=4", "cifar/preact-14?width=4&shortcut=B", "cifar/highway-8?width=4",
    "cifar/bottleneck-20?width=4", "imagenet/vgg-16?width=4&input=32&classes=10",
])  # fmt: skip
def test_it_is_what_autograd_gives_at_every_stage_and_block(text):
    model = built(text)
    pixels = noise(model.preparation.size)
    for layer in feature_layers(model)[::2]:
        heat = grad_cam(model, pixels, layer.name, 2)
        assert heat.values.shape == (layer.height, layer.width)
        np.testing.assert_allclose(heat.values, by_hand(model, pixels, layer.name, 2), rtol=1e-4, atol=1e-7)


def test_others_find_the_network_as_it_was():
    model = built("cifar/basic-8?width=4")
    with unchanged(model.net):
        grad_cam(model, noise(32), "layer3", 1)
        feature_layers(model)
    assert torch.is_grad_enabled()


def test_ten_at_once_get_what_each_gets_alone():
    model = built("cifar/basic-8?width=4")
    jobs = [(noise(32, seed=seed), layer, seed % 10) for seed, layer in enumerate(["layer1", "layer2", "layer3", "layer3.0", "relu"] * 2)]
    alone = [grad_cam(model, *job) for job in jobs]
    with ThreadPoolExecutor(10) as pool:
        together = list(pool.map(lambda job: grad_cam(model, *job), jobs))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one.values, other.values, rtol=1e-5, atol=1e-8)


def test_between_the_places_the_heat_is_interpolated_as_captum_does():
    values = np.random.default_rng(1).normal(size=(7, 7)).astype(np.float32)
    expected = LayerAttribution.interpolate(torch.from_numpy(values)[None, None], (32, 32), "bilinear")[0, 0].numpy()
    np.testing.assert_allclose(stretched(values, 32, 32), expected, atol=1e-5)


def test_what_cannot_be_asked_is_said():
    model = built("cifar/basic-8?width=4")
    with pytest.raises(BadInput, match='no layer "layer9"'):
        grad_cam(model, noise(32), "layer9")
    with pytest.raises(BadInput, match='no layer ""'):
        grad_cam(model, noise(32), "")
    for number in (10, -1):
        with pytest.raises(BadInput, match="0 to 9"):
            grad_cam(model, noise(32), "layer3", number)
    model.net.fc.weight.data.fill_(3e38)
    with pytest.raises(ModelError, match="no finite numbers"):
        grad_cam(model, noise(32), "layer3")


def test_real_weights_look_at_the_animal(shared_data):
    """On a picture of which one quarter shows something, the public net's heat lies there: the photograph in a corner of grey."""
    from PIL import Image

    from explorer.vision.explain.heat import hottest
    from explorer.vision.models import open_model

    model = open_model(str(shared_data / "weights" / "resnet20-12fca82f.th"), network="cifar/basic-20", normalize="imagenet")
    with np.load(shared_data / "cifar10-subset.npz") as data:
        ship = data["test_images"][1]
    small = np.asarray(Image.fromarray(ship).resize((16, 16), Image.Resampling.BOX))
    for left, top in ((0, 0), (16, 0), (0, 16), (16, 16)):
        pixels = np.full((32, 32, 3), 124, np.uint8)
        pixels[top : top + 16, left : left + 16] = small
        heat = grad_cam(model, pixels.transpose(2, 0, 1), "layer3", 8)
        across, down = hottest(heat.values)
        assert (across > 0.5, down > 0.5) == (left > 0, top > 0)
