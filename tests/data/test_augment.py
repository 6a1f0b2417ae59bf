import hashlib
import io

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from explorer.data.augment import (
    AT_ONCE,
    COMPONENTS,
    CROP,
    LONGEST,
    SHORTEST,
    WEIGHTS,
    CropFlip,
    ImagenetDraws,
    centre_picture,
    imagenet_draws,
    imagenet_picture,
    imagenet_tensors,
)

STILL = ImagenetDraws(np.ones(1), np.zeros(1), np.zeros(1), np.zeros(1, bool), np.zeros((1, 3)))


def saved(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def noise(height, width, seed=0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.integers(0, 3 * AT_ONCE), min_size=1, max_size=6), st.booleans(), st.integers(1, 5))
def test_the_shifts_that_travel_together_are_those_of_each_step(steps, flip, count):
    images = torch.randint(0, 256, (count, 3, 6, 7), dtype=torch.uint8, generator=torch.Generator().manual_seed(count))
    together = CropFlip(5, flip)
    for step in steps:
        assert torch.equal(together(images, step), CropFlip(5, flip)(images, step))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32 - 1), st.integers(0, 10**6), st.integers(1, 20), st.integers(1, 20))
def test_the_draws_of_a_place_depend_on_seed_and_step_alone(seed, step, count, more):
    few, many = imagenet_draws(seed, step, count), imagenet_draws(seed, step, count + more)
    assert all(np.array_equal(one, other[:count]) for one, other in zip(few, many, strict=True))
    assert not np.array_equal(few.top, imagenet_draws(seed, step + 1, count).top)


def test_the_draws_are_the_papers():
    draws = imagenet_draws(0, 0, 20_000)
    sides = np.rint(CROP / draws.share)
    assert np.allclose(CROP / draws.share, sides) and (sides.min(), sides.max()) == (SHORTEST, LONGEST)
    assert sides.mean() == pytest.approx((SHORTEST + LONGEST) / 2, abs=2)
    assert 0 <= draws.top.min() and draws.left.max() < 1 and abs(draws.mirrored.mean() - 0.5) < 0.02
    principal = draws.colour @ COMPONENTS  # along the components, a tenth of each weight
    assert principal.std(0) == pytest.approx(0.1 * WEIGHTS, rel=0.05)
    assert np.allclose(COMPONENTS.T @ COMPONENTS, np.eye(3), atol=1e-3)


def test_the_draws_never_change():
    """Golden: a run that began with another version goes on with the same pictures."""
    draws = imagenet_draws(3, 7, 2)
    assert np.column_stack(draws[:4]).round(6).tolist() == [[0.871595, 0.50169, 0.602894, 0.0], [0.597333, 0.752169, 0.85006, 0.0]]
    assert draws.colour.round(6).tolist() == [[0.010117, 0.008853, 0.009908], [-0.017764, -0.01713, -0.017308]]


def test_the_shifts_never_change():
    """Golden, as the draws above."""
    images = torch.arange(2 * 3 * 6 * 6, dtype=torch.uint8).view(2, 3, 6, 6)
    digest = hashlib.sha256(b"".join(CropFlip(3, flip=True)(images, step).numpy().tobytes() for step in range(4))).hexdigest()
    assert digest[:16] == "c4187c361dda884e"


def test_a_crop_of_everything_is_the_picture():
    pixels = noise(8, 8)
    assert np.array_equal(imagenet_picture(saved(pixels), STILL, 0, 8, 3), pixels.transpose(2, 0, 1))
    assert torch.equal(imagenet_tensors(torch.from_numpy(pixels.transpose(2, 0, 1).copy())[None], STILL, 8)[0],
                       torch.from_numpy(pixels.transpose(2, 0, 1).copy()))


def test_mirror_colour_and_place_do_what_they_say():
    pixels = noise(8, 12)
    half = ImagenetDraws(np.array([0.5]), np.ones(1), np.array([0.25]), np.ones(1, bool), np.array([[0.1, 0.0, -2.0]]))
    crop = pixels[4:8, 2:6, :].astype(int)[:, ::-1]  # of a shorter side of 8, half; at the bottom, a quarter from the left
    expected = np.stack([np.clip(np.rint(crop[..., 0] + 25.5), 0, 255), crop[..., 1], np.zeros((4, 4))])
    assert np.array_equal(imagenet_picture(saved(pixels), half, 0, 4, 3), expected)
    square = torch.from_numpy(pixels[:, :8].transpose(2, 0, 1).copy())[None]
    quarter = half._replace(left=np.array([0.5]))  # of the room in a square, half as wide
    assert torch.equal(imagenet_tensors(square, quarter, 4)[0], torch.from_numpy(expected.astype(np.uint8)))


def test_a_grey_picture_keeps_its_grey():
    pixels = noise(8, 8)[..., 0]
    bright = STILL._replace(colour=np.full((1, 3), 0.5))
    assert np.array_equal(imagenet_picture(saved(pixels), bright, 0, 8, 1)[0], pixels)
    assert np.array_equal(imagenet_tensors(torch.from_numpy(pixels)[None, None], bright, 8)[0, 0].numpy(), pixels)


def test_files_and_memory_show_the_same_crops():
    """A smooth picture, on which the two ways to scale agree."""
    rows, columns = np.mgrid[0:146, 0:146]
    pixels = np.stack([rows, columns, (rows + columns) / 2], -1).astype(np.uint8)
    draws = imagenet_draws(1, 2, 6)
    tensors = imagenet_tensors(torch.from_numpy(pixels.transpose(2, 0, 1).copy())[None].expand(6, -1, -1, -1), draws, 64)
    for place in range(6):
        from_file = imagenet_picture(saved(pixels), draws, place, 64, 3).astype(int)
        assert abs(from_file - tensors[place].numpy()).max() <= 2


def test_a_picture_is_validated_on_its_centre():
    pixels = np.zeros((16, 40, 3), np.uint8)
    pixels[1:15, 13:27] = 200  # 14 of the shorter side of 16, as 224 of 256
    assert (centre_picture(saved(pixels), 14, 3) == 200).all()
