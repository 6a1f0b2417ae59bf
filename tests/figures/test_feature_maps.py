"""Feature maps as pictures: the colours of known numbers, the frame, and what is taken away."""

import numpy as np
import pytest
from PIL import Image

from explorer.figures.feature_maps import SIGNED, beside, enlarged, framed, gradient, map_csv, painted, places_csv, reduced
from explorer.figures.overlay_colours import VIRIDIS


def rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


def test_zero_has_the_first_colour_and_the_most_the_last():
    picture = painted(np.array([[0.0, 1.0, 2.0], [3.0, -1.0, np.nan]]), 2.0, signed=False)
    assert (picture.size, picture.mode) == ((3, 2), "RGB")
    first, last = rgb(VIRIDIS[0]), rgb(VIRIDIS[-1])
    assert [picture.getpixel((x, 0)) for x in (0, 2)] == [first, last]
    assert [picture.getpixel((x, 1)) for x in range(3)] == [last, first, (136, 136, 136)]
    assert all(abs(a - b) <= 2 for a, b in zip(picture.getpixel((1, 0)), rgb(VIRIDIS[5]), strict=True))


def test_signed_values_have_zero_in_the_middle():
    picture = painted(np.array([[-4.0, 0.0, 4.0]]), 4.0, signed=True)
    ends = [picture.getpixel((x, 0)) for x in range(3)]
    assert [ends[0], ends[2]] == [rgb(SIGNED[0]), rgb(SIGNED[-1])]
    assert all(abs(a - b) <= 2 for a, b in zip(ends[1], rgb(SIGNED[3]), strict=True))


@pytest.mark.parametrize("signed", [False, True])
def test_where_all_is_zero_all_is_the_colour_of_zero(signed):
    picture = painted(np.zeros((2, 2)), 0.0, signed)
    zero = painted(np.zeros((1, 1)), 1.0, signed).getpixel((0, 0))
    assert [colour for _, colour in picture.getcolors()] == [zero]


def test_lightness_rises_evenly_to_the_middle_of_the_signed_scale_and_falls_behind_it():
    luminance = [0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in map(rgb, SIGNED)]
    assert luminance[:4] == sorted(luminance[:4]) and luminance[3:] == sorted(luminance[3:], reverse=True)
    assert gradient(True).startswith("linear-gradient(to right, #00263D, ") and gradient(False).endswith("#FDE725)")


def test_enlarged_pixels_are_squares():
    small = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3))
    large = enlarged(small, 7)
    assert large.size == (12, 8)
    np.testing.assert_array_equal(np.asarray(large), np.kron(np.asarray(small), np.ones((4, 4), np.uint8)))
    assert enlarged(large, 5).size == large.size


def test_reduced_are_only_pictures_of_more_pixels_than_can_be_seen():
    checked = Image.fromarray(np.indices((224, 224)).sum(0).astype(np.uint8) % 2 * 200)
    assert reduced(checked, 56).size == (112, 112) and reduced(checked, 56).getcolors() == [(112 * 112, 100)]
    assert reduced(checked, 84).size == (224, 224) and reduced(checked, 500) == checked


def test_the_frame_goes_around_the_pixels_it_is_of():
    picture = framed(Image.new("L", (8, 8), 100), (2, 1, 6, 5), 80)
    assert picture.size == (80, 80)
    inked = np.argwhere((np.asarray(picture) != 100).any(-1))
    assert inked.min(0).tolist() == [10, 20] and inked.max(0).tolist() == [49, 59]
    assert picture.getpixel((40, 30)) == (100, 100, 100)
    framed(Image.new("L", (8, 8)), (3, 3, 4, 4), 16)  # of a single pixel, too


def test_files_have_every_number():
    maps = {"x": np.array([[1, 2.5], [0, -1 / 3]], np.float32), "F(x)": np.zeros((2, 2), np.float32)}
    assert map_csv(maps["x"]) == "1,2.5\r\n0,-0.333333343\r\n"
    assert places_csv(maps) == "row,column,x,F(x)\r\n0,0,1,0\r\n0,1,2.5,0\r\n1,0,0,0\r\n1,1,-0.333333343,0\r\n"


def test_pictures_beside_each_other():
    row = beside([Image.new("RGB", (40, 40), "red"), Image.new("RGB", (40, 40), "blue")])
    assert row.size == (82, 40)
    assert [row.getpixel((x, 5)) for x in (39, 40, 41, 42)] == [(255, 0, 0), (255, 255, 255), (255, 255, 255), (0, 0, 255)]
