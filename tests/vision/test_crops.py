"""The crops of a picture: torchvision's TenCrop to the pixel, the paper's scales, and where each lies in the picture."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from explorer.networks.torchvision_models import torchvision
from explorer.vision.crops import KINDS, CropsError, crops_of, is_padded, sides_of
from explorer.vision.picture import Picture, open_picture
from explorer.vision.prepare import Preparation, prepare

PLAIN = ((0.0,) * 3, (1.0,) * 3)
CIFAR = Preparation(32, 32, 3, *PLAIN)
IMAGENET = Preparation(224, 256, 3, *PLAIN)
LARGE = Preparation(384, 384, 3, *PLAIN)
DIGIT = Preparation(32, 32, 1, (0.0,), (1.0,), digits=True)


def picture_of(width, height, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (height // 16 + 2, width // 16 + 2, 3), np.uint8)
    return Picture(Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC))


def ten_of_torchvision(image, shorter, size, border=0):
    transforms = torchvision().transforms
    resized = transforms.functional.resize(image, [shorter], antialias=True)
    return transforms.TenCrop(size)(transforms.functional.pad(resized, border))


@pytest.mark.parametrize("size", [(300, 451), (451, 300), (256, 256), (97, 380), (224, 224), (1500, 100)])
def test_ten_crops_are_torchvisions_to_the_pixel_and_in_its_order(size):
    picture = picture_of(*size)
    found = crops_of(picture, IMAGENET, "ten")
    expected = ten_of_torchvision(picture.image, 256, 224)
    for crop, image in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.asarray(crop.prepared.image), np.asarray(image), err_msg=crop.title)
    assert [crop.mirrored for crop in found] == [False] * 5 + [True] * 5
    assert [crop.title for crop in found[:5]] == ["top left", "top right", "bottom left", "bottom right", "centre"]


@pytest.mark.parametrize("size", [(32, 32), (300, 200), (40, 31)])
def test_nets_of_small_pictures_get_ten_crops_of_the_picture_in_a_black_border_as_they_were_trained(size):
    assert is_padded(CIFAR) and not is_padded(IMAGENET) and not is_padded(LARGE)
    picture = picture_of(*size)
    for crop, image in zip(crops_of(picture, CIFAR, "ten"), ten_of_torchvision(picture.image, 32, 32, border=4), strict=True):
        np.testing.assert_array_equal(np.asarray(crop.prepared.image), np.asarray(image), err_msg=crop.title)


def test_a_network_whose_crop_is_all_of_the_shorter_side_gets_ten_crops_of_a_larger_picture():
    picture = picture_of(500, 400)
    for crop, image in zip(crops_of(picture, LARGE, "ten"), ten_of_torchvision(picture.image, 439, 384), strict=True):
        np.testing.assert_array_equal(np.asarray(crop.prepared.image), np.asarray(image), err_msg=crop.title)


def test_real_photos_are_cropped_as_torchvision_crops_them(shared_data):
    for file in sorted((shared_data / "photos").glob("*.jpg"))[:4]:
        expected = ten_of_torchvision(Image.open(file).convert("RGB"), 256, 224)
        for crop, image in zip(crops_of(open_picture(file), IMAGENET, "ten"), expected, strict=True):
            np.testing.assert_array_equal(np.asarray(crop.prepared.image), np.asarray(image))


def test_one_crop_is_what_the_network_is_usually_shown():
    picture = picture_of(120, 80)
    (crop,) = crops_of(picture, CIFAR)
    np.testing.assert_array_equal(crop.prepared.pixels, prepare(picture, CIFAR).pixels)
    assert crop.box == pytest.approx((20, 0, 100, 80), abs=1)  # 120 x 80 scaled to 48 x 32, 8 cut off at each side


def test_the_paper_tests_at_five_scales():
    assert sides_of(IMAGENET) == (224, 256, 384, 480, 640)
    assert sides_of(CIFAR) == (32, 37, 55, 69, 91)
    picture = picture_of(300, 200)
    found = crops_of(picture, IMAGENET, "scales")
    assert [crop.prepared.image.size for crop in found] == [(336, 224), (384, 256), (576, 384), (720, 480), (960, 640)]
    assert all(crop.box == (0, 0, 300, 200) and not crop.mirrored for crop in found)
    resize = torchvision().transforms.functional.resize
    for side, crop in zip(sides_of(IMAGENET), found, strict=True):
        np.testing.assert_array_equal(np.asarray(crop.prepared.image), np.asarray(resize(picture.image, [side], antialias=True)))
        assert crop.prepared.pixels.shape == (3, *crop.prepared.image.size[::-1])


@settings(max_examples=30, deadline=None)
@given(st.integers(8, 700), st.integers(8, 700), st.sampled_from([CIFAR, IMAGENET]), st.sampled_from(["single", "ten"]))
def test_what_a_box_encloses_is_what_the_crop_shows(width, height, preparation, kind):
    """Of a picture that brightens to the right: each crop, mirrored ones too, has the brightness of its place."""
    assume(max(width, height) <= 4 * min(width, height))
    ramp = np.linspace(0, 255, width)
    image = Image.fromarray(np.broadcast_to(ramp, (height, width)).astype(np.uint8)).convert("RGB")
    for crop in crops_of(Picture(image), preparation, kind):
        size = preparation.size
        left, top, right, bottom = crop.box
        x, y = (start + (np.arange(size) + 0.5) * (end - start) / size for start, end in ((left, right), (top, bottom)))
        inside = (y[:, None] > 1) & (y[:, None] < height - 1) & (x > 1) & (x < width - 1)
        shown = ImageOps.mirror(crop.prepared.image) if crop.mirrored else crop.prepared.image
        difference = np.abs(np.asarray(shown.getchannel(0)) - np.interp(x, np.arange(width) + 0.5, ramp))[inside]
        assert difference.max(initial=0) <= 400 / width + 400 / size + 2


@pytest.mark.parametrize("kind", ["ten", "scales"])
def test_digits_are_shown_in_one_way(kind):
    with pytest.raises(CropsError, match="digits"):
        crops_of(picture_of(60, 60), DIGIT, kind)


def test_an_unknown_kind_names_the_known_ones():
    with pytest.raises(CropsError, match="no crops named all: use single, ten, scales"):
        crops_of(picture_of(60, 60), CIFAR, "all")
    assert list(KINDS) == ["single", "ten", "scales"]


def test_where_a_digit_was_cut_out_is_known_too():
    """A stroke of 60 x 200 at (100, 50): 20 pixels high in the network's 32, so 10 of the picture's pixels are one of its."""
    pixels = np.full((400, 300, 3), 255, np.uint8)
    pixels[50:250, 100:160] = 0
    (crop,) = crops_of(Picture(Image.fromarray(pixels)), DIGIT)
    assert crop.box == pytest.approx((100 - 13 * 10, 50 - 6 * 10, 100 + 19 * 10, 50 + 26 * 10))
    (small,) = crops_of(Picture(Image.new("RGB", (28, 28))), DIGIT)
    assert small.box == (-2, -2, 30, 30)


def test_a_very_long_picture_costs_no_memory():
    found = crops_of(Picture(Image.new("RGB", (2_000_000, 1), "white")), CIFAR, "scales")
    assert [crop.prepared.image.size for crop in found] == [(4 * side, side) for side in sides_of(CIFAR)]


def test_what_is_cut_off_a_long_picture_is_told():
    found = crops_of(Picture(Image.new("RGB", (1000, 50))), IMAGENET, "scales")[0]
    assert found.box == (400, 0, 600, 50)
    assert found.prepared.steps == (
        "its ends were cut off: of its 1000 x 50 pixels the 200 x 50 in the middle were taken",
        "its shorter side was scaled from 50 to 224 pixels",
        "all of these 896 x 224 pixels were taken",
    )
    usual = crops_of(Picture(Image.new("RGB", (200, 50))), IMAGENET, "scales")[0]
    assert usual.box == (0, 0, 200, 50) and not any("cut off" in step for step in usual.prepared.steps)
