"""The pixels that every torchvision model is given, and their normalisation, against its weights' own transforms."""

import numpy as np
import pytest
import torch
from PIL import Image

from explorer.networks.torchvision_models import torchvision
from explorer.vision.classify import normalised
from explorer.vision.loading import LoadedModel
from explorer.vision.picture import Picture, open_picture
from explorer.vision.preparations import classes_of, preparation_of
from explorer.vision.prepare import prepare
from explorer.vision.torchvision_weights import torchvision_models, version_of

MODELS = {model.id: model for model in torchvision_models()}


def preset_of(model_id):
    """(scaled to, cut to, interpolation, mean): what its transforms differ by from another's."""
    version = version_of(model_id)
    return version.resize, version.crop, version.interpolation, version.mean


PRESETS = list({preset_of(model_id): model_id for model_id in MODELS}.values())  # one model for each way of preparing


def differences(model_id, image):
    """Largest difference of the network's input from that by the weights' transforms; pixels are whole numbers of 1/255."""
    model, version = MODELS[model_id], version_of(model_id)
    transforms = torchvision().models.get_model_weights(version.name)[version.version].transforms()
    preparation = preparation_of(model)
    loaded = LoadedModel(model, torch.nn.Identity(), preparation, classes_of(model), torch.device("cpu"))
    found = normalised(loaded, prepare(Picture(image), preparation).pixels[None])[0]
    expected = transforms(image)
    assert found.shape == expected.shape == (3, version.crop, version.crop)
    return (found - expected).abs().max().item()


def test_there_are_many_ways_of_preparing():
    assert len(PRESETS) == 27 and len(MODELS) == 114


@pytest.mark.parametrize("model_id", PRESETS)
def test_pixels_are_those_of_the_weights_own_transforms(model_id):
    """On pictures of all shapes, those of the network's own size included. One grey level is 0.017 and more."""
    crop = version_of(model_id).crop
    random = np.random.default_rng(crop)
    for size in ((crop, crop), (300, 451), (97, 380), (701, 640), (5, 3), (16, 900)):
        image = Image.fromarray(random.integers(0, 256, (*size, 3), np.uint8))
        assert differences(model_id, image) < 1e-5, size


@pytest.mark.parametrize("model_id", [
    "torchvision/resnet50", "torchvision/resnet50?weights=IMAGENET1K_V2", "torchvision/efficientnet_b0",
    "torchvision/efficientnet_b1?weights=IMAGENET1K_V2", "torchvision/inception_v3", "torchvision/swin_v2_t",
    "torchvision/vit_b_16?weights=IMAGENET1K_SWAG_E2E_V1", "torchvision/efficientnet_v2_l",
])  # fmt: skip
def test_pixels_of_real_photos_are_those_of_the_weights_own_transforms(model_id, shared_data):
    for file in sorted((shared_data / "photos").glob("*.jpg"))[::3]:
        assert differences(model_id, open_picture(file).image) < 1e-5, file.name
