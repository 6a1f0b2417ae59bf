"""akamaster's public weights: their addresses, their checksums, and their accuracy on exact CIFAR-10 images."""

import hashlib

import numpy as np
import pytest

from explorer.vision.akamaster import AKAMASTER, MEASURED_ON, published_models
from explorer.vision.classify import probabilities
from explorer.vision.model import weights_folder
from explorer.vision.models import find_model, open_model


@pytest.fixture(params=[20, 32])
def published(request, shared_data):
    """Those that the development data have, as if they had been downloaded."""
    known = next(one for one in AKAMASTER if one.depth == request.param)
    weights_folder().mkdir(parents=True)
    (weights_folder() / known.file).symlink_to(shared_data / "weights" / known.file)
    return known


def test_their_errors_on_the_exact_test_images_are_those_on_the_card(published, shared_data):
    loaded = open_model(published.id)
    with np.load(shared_data / "cifar10-subset.npz") as data:
        images, labels = data["test_images"], data["test_labels"]
    answers = np.concatenate([probabilities(loaded, batch.transpose(0, 3, 1, 2)).argmax(1) for batch in np.array_split(images, 4)])
    assert len(labels) == MEASURED_ON and int((answers != labels).sum()) == published.wrong


def test_the_files_checksums_are_those_that_downloads_are_held_against(published, shared_data):
    file = shared_data / "weights" / published.file
    assert hashlib.sha256(file.read_bytes()).hexdigest() == published.sha256 and file.stat().st_size == published.bytes
    model = find_model(published.id)
    assert model.at_hand and "download" not in model.title


def test_addresses_and_checksums():
    models = {model.id: model for model in published_models()}
    assert list(models) == [f"akamaster/resnet{depth}" for depth in (20, 32, 44, 56, 110, 1202)]
    for one in AKAMASTER:
        model = models[one.id]
        assert model.spec.text == f"cifar/basic-{one.depth}" and not model.at_hand and model.title.endswith("MB to download")
        assert one.sha256.startswith(one.file.removesuffix(".th").rpartition("-")[2])
        assert model.download.url == f"https://github.com/akamaster/pytorch_resnet_cifar10/raw/master/pretrained_models/{one.file}"
    assert models["akamaster/resnet1202"].title == "Residual-1202 on CIFAR-10, akamaster · 79 MB to download"


def test_a_mirror_stands_in_for_the_publisher(monkeypatch):
    monkeypatch.setenv("EXPLORER_MIRROR", " https://files.school.example/weights/ ")
    assert find_model("akamaster/resnet56").download.url == "https://files.school.example/weights/resnet56-4bfd9763.th"
    assert find_model("torchvision/resnet18").download.url == "https://files.school.example/weights/resnet18-f37072fd.pth"
