"""Data sets as tensors: their values, their statistics, and how they are fitted to a network."""

import numpy as np
import psutil
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from published_files import COUNT, pixels, write_idx, write_svhn

from explorer.data import images as images_module
from explorer.data.datasets import describe
from explorer.data.images import DataError, Normalise, batch_for, load
from explorer.data.published import padded
from explorer.data.shapes import SHAPES, draw
from explorer.data.statistics import channel_statistics
from explorer.machine.folders import downloads_folder
from explorer.networks.known_data import CIFAR10_CLASSES, CIFAR10_STATISTICS, MNIST_STATISTICS
from explorer.networks.spec import parse_spec


def test_mnist_5k_has_400_and_100_of_each_digit_padded_to_32_pixels():
    data = load("mnist-5k")
    assert data.train_images.shape == (4000, 1, 32, 32) and data.val_images.shape == (1000, 1, 32, 32)
    assert data.train_images.dtype == torch.uint8 and data.train_labels.dtype == torch.int64
    assert data.train_labels.bincount().tolist() == [400] * 10
    assert data.val_labels.bincount().tolist() == [100] * 10
    assert data.train_images[..., :2, :].sum() == data.train_images[..., -2:].sum() == 0
    assert data.classes == tuple("0123456789")
    info = describe("mnist-5k")
    assert (info.train, info.val, info.size, info.channels) == (4000, 1000, 32, 1)


def test_the_training_and_validation_digits_are_different_pictures():
    data = load("mnist-5k")
    train = {image.numpy().tobytes() for image in data.train_images}
    assert sum(image.numpy().tobytes() in train for image in data.val_images) == 0


def test_grey_digits_are_repeated_over_the_channels_of_a_network():
    grey, colour = load("mnist-5k"), load("mnist-5k", channels=3)
    assert colour.train_images.shape == (4000, 3, 32, 32)
    assert all(torch.equal(colour.train_images[:, c], grey.train_images[:, 0]) for c in range(3))
    assert (colour.mean, colour.std) == ((0.1307,) * 3, (0.3081,) * 3)


def test_normalise_maps_the_mean_to_zero_and_one_deviation_to_one():
    levels = torch.tensor([0, 51, 255], dtype=torch.uint8).view(1, 1, 1, 3).expand(1, 2, 1, 3)
    out = Normalise((0.2, 0.5), (0.1, 0.25))(levels)
    assert out.dtype == torch.float32
    assert torch.allclose(out[0, :, 0], torch.tensor([[-2.0, 0.0, 8.0], [-2.0, -1.2, 2.0]]), atol=1e-6)


@pytest.mark.parametrize("text", ["cifar/basic-20", "cifar/plain-20?channels=1", "imagenet/basic-18?input=64&classes=3"])
def test_batch_for_fits_the_digits_to_a_network(text):
    spec = parse_spec(text)
    images, labels = batch_for(spec, 12, seed=3)
    assert images.shape == (12, spec.channels, spec.input, spec.input) and images.dtype == torch.float32
    assert labels.shape == (12,) and 0 <= labels.min() and labels.max() < spec.classes
    again, _ = batch_for(spec, 12, seed=3)
    other, _ = batch_for(spec, 12, seed=4)
    assert torch.equal(images, again) and not torch.equal(images, other)


def test_a_folder_of_pictures_becomes_one_tensor_with_its_own_statistics(tmp_path):
    random = np.random.default_rng(0)
    pixels = {}
    for kind in ("a", "b"):
        (tmp_path / kind).mkdir()
        for i in range(10):
            pixels[f"{kind}/{i}"] = random.integers(0, 256, (6, 6, 3), dtype=np.uint8)
            Image.fromarray(pixels[f"{kind}/{i}"]).save(tmp_path / kind / f"{i}.png")
    data = load(str(tmp_path), size=6, channels=3)
    assert data.train_images.shape == (18, 3, 6, 6) and data.val_labels.tolist() == [0, 1]
    every = np.concatenate([data.train_images.numpy(), data.val_images.numpy()]).transpose(0, 2, 3, 1)
    assert sorted(image.tobytes() for image in every) == sorted(image.tobytes() for image in pixels.values())
    train = data.train_images.double() / 255
    assert data.mean == pytest.approx(train.mean((0, 2, 3)).tolist())
    assert data.std == pytest.approx(train.std((0, 2, 3), correction=0).tolist())


def test_the_real_class_folders_of_cifar10_are_described_without_reading_them(shared_data):
    info = describe(str(shared_data / "cifar10-train-jpeg.zip"))
    assert info.classes == CIFAR10_CLASSES
    assert (info.train, info.val) == (45_000, 5_000)


@pytest.mark.parametrize(("name", "folder"), [("mnist", "MNIST"), ("fashion-mnist", "FashionMNIST")])
def test_grey_sets_are_padded_and_repeated_and_keep_their_published_statistics(name, folder):
    train, val, labels = pixels(0, COUNT, 28, 28), pixels(1, COUNT, 28, 28), np.arange(COUNT, dtype=np.uint8) % 10
    write_idx(downloads_folder() / folder / "raw", train, val, labels)
    data = load(name, channels=3)
    assert data.train_images.shape == (COUNT, 3, 32, 32)
    assert np.array_equal(data.val_images[:, 2].numpy(), padded(val)[:, 0])
    assert data.val_labels.tolist() == labels.tolist()
    assert (data.mean, data.std) == {"mnist": ((0.1307,) * 3, (0.3081,) * 3), "fashion-mnist": ((0.2860,) * 3, (0.3530,) * 3)}[name]
    assert data.name == name and len(data.classes) == 10


def test_pictures_are_resized_for_a_network_of_another_input_and_their_statistics_measured_anew():
    train, val, labels = pixels(0, COUNT, 3, 32, 32), pixels(1, COUNT, 3, 32, 32), np.arange(COUNT) % 10
    write_svhn(downloads_folder(), train, val, labels)
    seen = []
    data = load("svhn", size=48, progress=seen.append)
    assert data.val_images.shape == (COUNT, 3, 48, 48) and data.val_images.dtype == torch.uint8
    expected = F.interpolate(torch.from_numpy(val).double(), size=(48, 48), mode="bilinear", antialias=True)
    assert (data.val_images.double() - expected).abs().max() < 1.01  # rounded once along each axis
    assert (data.mean, data.std) == channel_statistics([data.train_images.numpy()])
    assert seen == sorted(seen) and seen[-1] == 1
    small = load("svhn", size=16)
    assert torch.allclose(small.train_images.double().mean(), torch.from_numpy(train).double().mean(), atol=1)


def test_mnist_5k_fits_any_input():
    data = load("mnist-5k", size=64, channels=3)
    assert data.train_images.shape == (4000, 3, 64, 64)
    assert data.train_images.stride()[1] == 0, "grey is repeated without memory for it"


def test_pictures_too_many_for_the_memory_are_refused_before_they_are_made(monkeypatch):
    free = psutil.virtual_memory()._replace(available=10_000_000)
    monkeypatch.setattr(images_module.psutil, "virtual_memory", lambda: free)
    for name in ("mnist-5k", "shapes?train=4000&val=1000"):
        with pytest.raises(DataError, match=r"5,000 pictures of 224 pixels take 0\.[38] GB, and 0\.0 GB of memory are free: take"):
            load(name, size=224)


def test_shapes_are_drawn_at_the_networks_input_with_their_own_statistics():
    seen = []
    data = load("shapes?difficulty=0.2&train=40&val=16", size=20, progress=seen.append)
    assert data.name == "shapes?difficulty=0.2&train=40&val=16" and data.classes == SHAPES
    for part, count in (("train", 40), ("val", 16)):
        images, labels = draw(0, count, 0.2, 20, part)
        assert np.array_equal(getattr(data, f"{part}_images").numpy(), images)
        assert getattr(data, f"{part}_labels").tolist() == labels.tolist()
    assert (data.mean, data.std) == channel_statistics([data.train_images.numpy()])
    assert seen[-1] == 1


def test_the_statistics_of_the_embedded_digits_are_near_the_published_ones_of_all():
    inner = load("mnist-5k").train_images[..., 2:-2, 2:-2].numpy()
    assert np.allclose(channel_statistics([inner]), MNIST_STATISTICS, atol=0.004)


def test_the_statistics_of_real_cifar10_pixels_are_near_the_published_ones_of_all(shared_data):
    with np.load(shared_data / "cifar10-subset.npz") as file:
        train = file["train_images"].transpose(0, 3, 1, 2)
    assert np.allclose(channel_statistics([train]), CIFAR10_STATISTICS, atol=0.004)


def test_what_is_not_at_hand_says_what_to_do():
    with pytest.raises(DataError, match=r"CIFAR-10 is not on this machine: download it first, on the Train page \(170 MB\), or give"):
        load("cifar10")
    with pytest.raises(DataError, match=r"Imagenette is not on this machine"):
        load("imagenette")


@pytest.mark.parametrize("name", ["~nobody-of-that-name/pictures", "x" * 5000, "a/" * 3000, "nul\0byte"])
def test_a_path_that_cannot_be_is_an_unknown_data_set(name):
    with pytest.raises(DataError, match="There is no data set"):
        load(name)
