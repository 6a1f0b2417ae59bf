"""The shipped samples are what their names say, and the shipped models see it."""

import numpy as np
from PIL import Image

from explorer.data.images import load
from explorer.vision.classify import classify
from explorer.vision.models import open_model
from explorer.vision.picture import open_picture
from explorer.vision.samples import samples

NO_CLASS_OF_CIFAR10 = {"coffee", "rocket"}


def test_every_sample_is_small_and_explained():
    everything = samples(True) + samples(False)
    readme = (everything[0].file.parent / "README.md").read_text()
    for sample in everything:
        assert sample.file.stat().st_size < 50_000
        assert sample.id in readme or sample.id in {f"digit-{digit}" for digit in range(10)}
    assert sum(sample.file.stat().st_size for sample in everything) < 300_000


def test_the_digits_are_held_out_images():
    data = load("mnist-5k")
    for digit in range(10):
        pixels = np.pad(np.asarray(Image.open(samples(True)[digit].file)), 2)
        held_out = data.val_images[data.val_labels == digit][0, 0].numpy()
        np.testing.assert_array_equal(pixels, held_out)


def answers(model_id, offered):
    """The likeliest class of each sample, with its probability."""
    loaded = open_model(model_id)
    return {sample.id: classify(loaded, open_picture(sample.file)).classes[0] for sample in offered}


def test_the_shipped_digit_model_reads_the_digits():
    found = answers("mnist-residual-20", samples(True))
    assert {name: label for name, (label, _) in found.items()} == {f"digit-{d}": str(d) for d in range(10)} | {"digit-on-paper": "3"}


def test_the_shipped_picture_model_knows_the_pictures():
    for name, (label, probability) in answers("cifar10-residual-20", samples(False)).items():
        assert name in NO_CLASS_OF_CIFAR10 or (label == name and probability > 0.5), (name, label, probability)
