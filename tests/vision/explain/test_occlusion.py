"""Occlusion against windows covered by hand, its covers and its edges, progress, and what is refused."""

import numpy as np
import pytest
import torch
from made_models import SumOfMaps, built, loaded
from test_gradcam import WEIGHTS, noise, unchanged

from explorer.errors import BadInput
from explorer.vision.explain.occlusion import COVERS, Window, occlusion

VALUES = {"mean": 0.0, "grey": 0.0, "black": -1.0, "white": 1.0}  # behind a normalisation to -1 … 1


def by_hand(model, pixels, window, target, value, score=lambda logits: logits.softmax(1)):
    """The mean fall of the score over the windows that cover each pixel."""
    image = (torch.from_numpy(pixels).float() / 255 - 0.5) / 0.5
    size = image.shape[-1]
    fall, windows = np.zeros((size, size)), np.zeros((size, size))
    with torch.no_grad():
        whole = score(model.net(image[None]))[0, target]
        for index in range(window.places(size)):
            at = int(window.places(size) ** 0.5)
            top, left = index // at * window.stride, index % at * window.stride
            covered = image.clone()
            covered[:, top : top + window.side, left : left + window.side] = value
            part = np.s_[top : top + window.side, left : left + window.side]
            fall[part] += float(whole - score(model.net(covered[None]))[0, target])
            windows[part] += 1
    return fall / windows


@pytest.mark.parametrize("cover", COVERS)
@pytest.mark.parametrize("window", [Window(8, 8), Window(12, 5)])
def test_it_is_the_mean_fall_over_the_windows_that_cover_a_pixel(cover, window):
    model, pixels = built("cifar/basic-8?width=4"), noise(32)
    with unchanged(model.net):
        found = occlusion(model, pixels, window, 3, cover)
    np.testing.assert_allclose(found.values, by_hand(model, pixels, window, 3, VALUES[cover]), atol=1e-6)


def test_a_class_can_lose_logits_too():
    model, pixels = built("cifar/basic-8?width=4"), noise(32)
    found = occlusion(model, pixels, Window(8, 4), 3, loss="logit")
    np.testing.assert_allclose(found.values, by_hand(model, pixels, Window(8, 4), 3, 0.0, lambda logits: logits), rtol=1e-4, atol=1e-5)
    with pytest.raises(BadInput, match="probability or its logit"):
        occlusion(model, pixels, Window(8, 4), loss="charm")


def test_only_where_the_class_is_seen_something_is_lost():
    """One patch speaks for class 1: covering it takes its logit from 1 to 0 and leaves the others alone."""
    pixels = np.full((3, 8, 8), 127, np.uint8)
    pixels[1, 2:4, 4:6] = 255
    model = loaded(SumOfMaps(WEIGHTS[:3]), 8, 3)
    found = occlusion(model, pixels, Window(2, 2), cover="mean")
    assert found.target == 1 and np.unravel_index(found.values.argmax(), (8, 8)) == (2, 4)
    expected = np.exp(1) / (np.exp(1) + 2) - 1 / 3
    np.testing.assert_allclose(found.values[2:4, 4:6], expected, atol=5e-3)
    others = np.delete(found.values.ravel(), [20, 21, 28, 29])
    assert np.abs(others).max() < 5e-3


def test_progress_counts_to_the_end_and_can_end_it():
    model, heard = built("cifar/basic-8?width=4"), []
    occlusion(model, noise(32), Window(2, 1), 0, progress=lambda done, of: heard.append((done, of)))
    assert [of for _, of in heard] == [961] * len(heard) and heard[-1] == (961, 961) and len(heard) > 1
    assert [done for done, _ in heard] == sorted({done for done, _ in heard})

    class Left(BaseException):
        pass

    def leave(done, of):
        raise Left

    with pytest.raises(Left):
        occlusion(model, noise(32), Window(2, 1), 0, progress=leave)


@pytest.mark.parametrize(("window", "cover", "target", "said"), [
    (Window(33, 1), "mean", 0, "1 to 32 pixels wide"), (Window(0, 1), "mean", 0, "1 to 32 pixels wide"),
    (Window(8, 9), "mean", 0, "moves on by 1 to 8"), (Window(8, 0), "mean", 0, "moves on by 1 to 8"),
    (Window(8, 8), "red", 0, "mean, grey, black, white"), (Window(8, 8), "mean", 99, "0 to 9"),
])  # fmt: skip
def test_what_cannot_be_asked_is_said(window, cover, target, said):
    with pytest.raises(BadInput, match=said):
        occlusion(built("cifar/basic-8?width=4"), noise(32), window, target, cover)
