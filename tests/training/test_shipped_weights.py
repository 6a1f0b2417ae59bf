"""The weights that come with the app keep what their model card says."""

import json
import re

import numpy as np
import pytest
import torch

from explorer.data.images import Normalise, load
from explorer.machine.folders import ASSETS
from explorer.networks.build import build
from explorer.networks.known_data import CIFAR10_CLASSES, DIGITS
from explorer.networks.metadata import read_metadata
from explorer.networks.spec import parse_spec
from explorer.networks.weights import load_weights

WEIGHTS = ASSETS / "weights"
CARD = (WEIGHTS / "MODEL_CARD.md").read_text()


def wrong_answers(name, images, labels):
    path = WEIGHTS / f"{name}.safetensors"
    metadata = read_metadata(path)
    net = build(parse_spec(metadata["network"])).eval()
    load_weights(net, path)
    normalise = Normalise(json.loads(metadata["mean"]), json.loads(metadata["std"]))
    with torch.inference_mode():
        answers = torch.cat([net(normalise(part)).argmax(1) for part in images.split(250)])
    return (answers != labels).sum().item()


@pytest.mark.parametrize(
    ("name", "said", "text"),
    [
        ("mnist-residual-20", 14, "1.4% (14 of the 1,000 held-out images"),
        ("mnist-plain-20", 13, "plain-20 1.3% (13 of them)"),
        ("mnist-highway-20", 17, "highway-20 1.7% (17)"),
        ("mnist-residual-56", 13, "residual-56 1.3% (13)"),
        ("mnist-plain-56", 32, "plain-56 3.2% (32)"),
    ],
)
def test_a_digits_network_is_as_good_as_its_card_says(name, said, text):
    data = load("mnist-5k")
    assert abs(wrong_answers(name, data.val_images, data.val_labels) - said) <= 2  # another processor may round an undecided picture to the other side
    assert text in CARD


@pytest.mark.parametrize(("name", "said"), [("cifar10-residual-20", 57), ("cifar10-plain-20", 68)])
def test_a_cifar10_network_names_at_least_85_percent_of_the_exact_test_images(shared_data, name, said):
    with np.load(shared_data / "cifar10-subset.npz") as file:
        images = torch.from_numpy(file["test_images"].transpose(0, 3, 1, 2).copy())
        labels = torch.from_numpy(file["test_labels"].astype(np.int64))
    wrong = wrong_answers(name, images, labels)
    assert len(labels) == 517 and wrong / 517 <= 0.15
    assert re.search(rf"\({said} of (the )?517", CARD)
    assert abs(wrong - said) <= 2


@pytest.mark.parametrize(
    ("name", "network", "classes"),
    [
        ("mnist-residual-20", "cifar/basic-20?channels=1", DIGITS),
        ("mnist-plain-20", "cifar/plain-20?channels=1", DIGITS),
        ("mnist-highway-20", "cifar/highway-20?channels=1", DIGITS),
        ("mnist-residual-56", "cifar/basic-56?channels=1", DIGITS),
        ("mnist-plain-56", "cifar/plain-56?channels=1", DIGITS),
        ("cifar10-residual-20", "cifar/basic-20", CIFAR10_CLASSES),
        ("cifar10-plain-20", "cifar/plain-20", CIFAR10_CLASSES),
    ],
)
def test_each_file_says_what_it_is_and_its_card_does_too(name, network, classes):
    metadata = read_metadata(WEIGHTS / f"{name}.safetensors")
    assert metadata["network"] == network and tuple(json.loads(metadata["classes"])) == classes
    assert re.search(rf"^## .*\b{name}\b", CARD, re.MULTILINE) and f"`{network}`" in CARD
    assert metadata["error"].split("%")[0] + "%" in CARD
