"""The pixels a network gets: exact where the size fits, torchvision's where it does not, MNIST's way for digits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.networks.torchvision_models import torchvision
from explorer.vision.picture import Picture, open_picture
from explorer.vision.prepare import Preparation, prepare

PLAIN = ((0.0,) * 3, (1.0,) * 3)
CIFAR = Preparation(32, 32, 3, *PLAIN)
IMAGENET = Preparation(224, 256, 3, *PLAIN)
DIGIT = Preparation(32, 32, 1, (0.0,), (1.0,), digits=True)


def noise(height, width, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def picture_of(pixels):
    return Picture(Image.fromarray(pixels).convert("RGB"))


def test_a_picture_of_the_right_size_is_not_touched():
    pixels = noise(32, 32)
    prepared = prepare(picture_of(pixels), CIFAR)
    np.testing.assert_array_equal(prepared.pixels, pixels.transpose(2, 0, 1))
    assert prepared.steps == ()


def test_where_the_shorter_side_fits_pixels_are_cut_and_not_resampled():
    pixels = noise(32, 47)
    prepared = prepare(picture_of(pixels), CIFAR)
    np.testing.assert_array_equal(prepared.pixels, pixels[:, 8:40].transpose(2, 0, 1))
    assert prepared.steps == ("the centre 32 x 32 was cut out",)


@pytest.mark.parametrize("size", [(300, 451), (451, 300), (97, 380), (64, 64), (500, 375), (30, 20), (224, 300), (224, 224), (256, 256),
                                  (20, 333), (999, 11)])  # fmt: skip
@pytest.mark.parametrize("preparation", [CIFAR, IMAGENET])
def test_other_sizes_are_scaled_and_cut_as_torchvision_does(size, preparation):
    functional = torchvision().transforms.functional
    picture = picture_of(noise(*size, seed=sum(size)))
    expected = functional.center_crop(functional.resize(picture.image, [preparation.shorter], antialias=True), [preparation.size])
    np.testing.assert_array_equal(prepare(picture, preparation).pixels, np.asarray(expected).transpose(2, 0, 1))


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 3000), st.integers(1, 3000))
def test_any_size_gives_the_networks_size(width, height):
    picture = Picture(Image.new("RGB", (width, height), (10, 20, 30)))
    for preparation in (CIFAR, DIGIT):
        prepared = prepare(picture, preparation)
        assert prepared.pixels.shape == (preparation.channels, 32, 32) and prepared.pixels.dtype == np.uint8
    assert (prepare(picture, CIFAR).pixels.reshape(3, -1).T == [10, 20, 30]).all()


def test_a_very_long_picture_costs_no_memory():
    prepared = prepare(Picture(Image.new("RGB", (2_000_000, 1), "white")), IMAGENET)
    assert prepared.pixels.shape == (3, 224, 224) and (prepared.pixels == 255).all()


def test_a_grey_network_gets_the_luminance():
    grey = prepare(Picture(Image.new("RGB", (32, 32), (255, 0, 0))), Preparation(32, 32, 1, (0.0,), (1.0,)))
    assert (grey.pixels == 76).all()  # ITU-R 601: 0.299 x 255
    assert grey.steps == ("its colours were turned to grey",)


def digit_pixels():
    """A 28 x 28 digit-like blob, white on black."""
    pixels = np.zeros((28, 28), np.uint8)
    pixels[4:24, 12:16] = 255
    return pixels


def test_a_digit_of_mnists_size_is_padded_as_in_training():
    prepared = prepare(picture_of(digit_pixels()), DIGIT)
    np.testing.assert_array_equal(prepared.pixels[0], np.pad(digit_pixels(), 2))
    assert prepared.steps == ("a black border of 2 pixels was added",)


def test_dark_ink_on_light_paper_is_exchanged():
    prepared = prepare(picture_of(255 - digit_pixels()), DIGIT)
    np.testing.assert_array_equal(prepared.pixels[0], np.pad(digit_pixels(), 2))
    assert prepared.steps[0].startswith("light and dark were exchanged")


@pytest.mark.parametrize(("paper", "ink"), [(255, 0), (200, 60), (0, 255), (40, 220)])
@pytest.mark.parametrize("corner", [(10, 10), (300, 150)])
def test_ink_anywhere_on_any_paper_becomes_one_digit(paper, ink, corner):
    """Place, size and contrast of the drawing do not matter."""
    top, left = corner
    pixels = np.full((480, 400), paper, np.uint8)
    pixels[top : top + 100, left : left + 20] = ink
    prepared = prepare(picture_of(pixels), DIGIT)
    expected = np.zeros((32, 32), np.uint8)
    expected[6:26, 14:18] = 255
    np.testing.assert_array_equal(prepared.pixels[0], expected)


def test_blank_paper_stays_black():
    assert prepare(Picture(Image.new("RGB", (300, 200), "white")), DIGIT).pixels.max() == 0


def test_the_notes_of_the_picture_come_first():
    prepared = prepare(Picture(Image.new("RGB", (64, 64)), ("it was turned",)), CIFAR)
    assert prepared.steps == ("it was turned", "its shorter side was scaled from 64 to 32 pixels", "the centre 32 x 32 was cut out")


def test_real_photos_are_prepared_as_torchvision_prepares_them(shared_data):
    functional = torchvision().transforms.functional
    for file in sorted((shared_data / "photos").glob("*.jpg"))[:6]:
        expected = functional.center_crop(functional.resize(Image.open(file).convert("RGB"), [256], antialias=True), [224])
        np.testing.assert_array_equal(prepare(open_picture(file), IMAGENET).pixels, np.asarray(expected).transpose(2, 0, 1))
