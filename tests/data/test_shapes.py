"""Drawn shapes: their names, and that a picture depends on its index, the difficulty and the size alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.datasets import describe, settled
from explorer.data.errors import DataError
from explorer.data.outlines import outline
from explorer.data.shapes import AT_ONCE, BLOCK, SHAPES, Shapes, draw, parse_shapes

GRID = np.meshgrid(*[np.linspace(-1.1, 1.1, 441)] * 2)


@pytest.mark.parametrize(
    ("text", "shapes", "canonical"),
    [
        ("shapes", Shapes(0.5, 10_000, 2_000), "shapes"),
        ("shapes?", Shapes(), "shapes"),
        ("shapes?difficulty=0.50&train=10000", Shapes(), "shapes"),
        ("shapes?train=400&difficulty=.25", Shapes(0.25, 400), "shapes?difficulty=0.25&train=400"),
        ("shapes?val=8&difficulty=1e0", Shapes(1.0, 10_000, 8), "shapes?difficulty=1&val=8"),
        ("shapes?difficulty=-0.0", Shapes(0.0), "shapes?difficulty=0"),
        ("shapes?difficulty=0.12345678", Shapes(0.123457), "shapes?difficulty=0.123457"),
    ],
)
def test_a_set_has_one_canonical_name(text, shapes, canonical):
    assert parse_shapes(text) == shapes
    assert shapes.text == canonical == settled(text) == describe(text).name


@settings(deadline=None)
@given(st.floats(0, 1), st.integers(8, 1_000_000), st.integers(8, 1_000_000))
def test_the_canonical_name_of_a_name_is_itself(difficulty, train, val):
    text = parse_shapes(f"shapes?difficulty={difficulty}&train={train}&val={val}").text
    assert parse_shapes(text).text == text


@pytest.mark.parametrize("text", ["shape", "shapes-of-mine", "./shapes", "mnist-5k", ""])
def test_other_names_are_not_shapes(text):
    assert parse_shapes(text) is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("difficulty=1.01", r"The difficulty of shapes must be a number from 0 \(easy\) to 1 \(hard\), not '1.01'"),
        ("difficulty=nan", "not 'nan'"),
        ("difficulty=-1", "not '-1'"),
        ("difficulty=hard", "not 'hard'"),
        ("difficulty", "not ''"),
        ("train=7", "The train of shapes must be a whole number from 8 to 1,000,000, not '7'"),
        ("train=1000001", "not '1000001'"),
        ("val=1e3", "not '1e3'"),
        ("colour=red", "'colour' in 'shapes.colour=red' is not one of its keys: shapes take difficulty, train, val"),
        ("train=8&train=8", "is twice"),
    ],
)
def test_a_wrong_name_is_refused_with_what_would_be_right(text, sentence):
    with pytest.raises(DataError, match=sentence):
        describe(f"shapes?{text}")


def test_what_is_known_of_a_set():
    info = describe("shapes?difficulty=0.25&train=400&val=80")
    assert (info.title, info.classes, info.channels, info.size, info.train, info.val) == ("Shapes, difficulty 0.25", SHAPES, 3, 32, 400, 80)
    assert info.at_hand and "at the network's input, of difficulty 0.25" in info.note


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 3 * BLOCK), st.integers(1, 40), st.sampled_from([8, 17, 32]), st.floats(0, 1))
def test_a_picture_is_the_same_whatever_is_drawn_beside_it(first, count, size, difficulty):
    images, labels = draw(first, first + count, difficulty, size)
    one, label = draw(first + count - 1, first + count, difficulty, size)
    assert np.array_equal(images[-1], one[0]) and labels[-1] == label[0]
    assert images.shape == (count, 3, size, size) and images.dtype == np.uint8


def test_large_pictures_are_painted_in_pieces_that_do_not_matter():
    size = 300
    assert size**2 > AT_ONCE
    images, _ = draw(0, 3, 0.5, size)
    assert np.array_equal(images[2], draw(2, 3, 0.5, size)[0][0])


def test_classes_take_turns_so_that_they_are_balanced():
    _, labels = draw(5, 5 + 8 * 20, 0.5, 8)
    assert labels[:4].tolist() == [5, 6, 7, 0] and np.bincount(labels).tolist() == [20] * 8


def test_no_picture_is_in_both_parts():
    train, val = draw(0, 600, 0.0, 16, "train")[0], draw(0, 600, 0.0, 16, "val")[0]
    seen = {image.tobytes() for image in train}
    assert len(seen) == 600
    assert not any(image.tobytes() in seen for image in val)


def test_the_same_picture_of_another_size_shows_the_same():
    """Without what is noise: averaged to 8 pixels, one of 64 looks like one of 32."""
    small, large = (draw(0, 64, 0.3, size)[0].astype(float) for size in (32, 64))
    small, large = (images.reshape(64, 3, 8, images.shape[-1] // 8, 8, -1).mean((3, 5)) for images in (small, large))
    assert np.abs(small - large).mean() < 4
    assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.99


def test_harder_pictures_are_the_same_ones_with_less_contrast_and_more_noise():
    spread = [np.abs(np.diff(draw(0, 64, difficulty)[0].astype(float), axis=-1)).mean() for difficulty in (0, 0.5, 1)]
    assert spread == sorted(spread) and spread[2] > 1.5 * spread[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_an_outline_is_a_distance_within_the_unit_circle(shape):
    x, y = GRID
    distance = outline(shape, x, y)
    assert np.hypot(x, y)[distance < 0].max() < 1.01
    slopes = np.hypot(*np.gradient(distance, 2.2 / 440))
    assert np.median(slopes) == pytest.approx(1, abs=0.02) and (slopes < 1.05).mean() > 0.99


def test_the_area_of_each_shape():
    """By counting points, against geometry."""
    area = {shape: (outline(shape, *GRID) < 0).mean() * 2.2**2 for shape in SHAPES}
    assert area["circle"] == pytest.approx(np.pi * 0.81, rel=0.02)
    assert area["ring"] == pytest.approx(np.pi * (0.92**2 - 0.48**2), rel=0.02)
    assert area["square"] == pytest.approx(2, rel=0.02)
    assert area["hexagon"] == pytest.approx(1.5 * 3**0.5, rel=0.02)
    assert area["triangle"] == pytest.approx(0.75 * 3**0.5, rel=0.02)
    assert area["cross"] == pytest.approx(4 * 0.95 * 0.6 - 0.36, rel=0.03)
    assert area["star"] == pytest.approx(5 * 0.42 * np.sin(np.pi / 5), rel=0.03)
