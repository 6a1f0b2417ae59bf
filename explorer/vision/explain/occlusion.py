"""Occlusion: what a class loses when a part of the picture is covered (Zeiler and Fergus 2013, 1311.2901), by Captum."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from explorer.errors import BadInput
from explorer.vision.classify import normalised
from explorer.vision.explain.gradcam import check_class, heat_of
from explorer.vision.explain.heat import Heat
from explorer.vision.loading import LoadedModel

# What a part is covered with: the mean of the data the network knows (0 behind its normalisation), or a level of grey.
GREYS = {"grey": 0.5, "black": 0.0, "white": 1.0}
COVERS = ("mean", *GREYS)
# What a class can lose, from logits [N, classes].
LOSSES = {"probability": lambda logits: logits.softmax(1), "logit": lambda logits: logits}
# Covered copies that go through the network together, and their pixels: more are no faster on a CPU, and the reader waits for each batch.
MOST_COPIES, MOST_PIXELS = 64, 4 * 224 * 224


@dataclass(frozen=True)
class Window:
    """The square that covers a part, and how far it moves on, in pixels of the prepared image."""

    side: int
    stride: int

    def places(self, size: int) -> int:
        """How many parts of an image of `size` pixels a side are covered in turn."""
        return (math.ceil((size - self.side) / self.stride) + 1) ** 2


def occlusion(
    model: LoadedModel,
    pixels: np.ndarray,
    window: Window,
    target: int | None = None,
    cover: str = "mean",
    loss: str = "probability",
    progress: Callable[[int, int], None] | None = None,
) -> Heat:
    """The heat of class number `target`, or of the likeliest one, at every pixel of a prepared image [C, H, W].

    It is how far the class's `loss`, probability or logit, falls when the window lies there, as a mean over all windows that cover the
    pixel: below 0 where covering makes it rise. At the far edges a window may be cut off. `progress` hears how many of all parts were
    covered; an exception that it raises ends the computation. Raises BadInput for what cannot be asked, ModelError if the network
    gives no finite numbers.
    """
    from captum.attr import Occlusion

    channels, height, width = pixels.shape
    _check(model, window, min(height, width), target, cover, loss)
    image = normalised(model, pixels[None])
    with torch.inference_mode():
        logits = model.net(image).float()[0]
    number = int(logits.argmax()) if target is None else target
    parts, done = window.places(height), -1  # the first pass is of the whole picture

    def score(images: torch.Tensor) -> torch.Tensor:
        nonlocal done
        found = LOSSES[loss](model.net(images).float())[:, number]
        done += len(images)
        if progress and done:
            progress(min(done, parts), parts)
        return found

    values = Occlusion(score).attribute(
        image,
        (channels, window.side, window.side),
        strides=(channels, window.stride, window.stride),
        baselines=_covered(model, image, cover),
        perturbations_per_eval=min(MOST_COPIES, max(1, MOST_PIXELS // (height * width))),
    )
    return heat_of(model, values[0, 0], logits, number)


def _covered(model: LoadedModel, image: torch.Tensor, cover: str) -> torch.Tensor:
    """The picture with everything covered, as the network's input."""
    if cover == "mean":
        return torch.zeros_like(image)
    mean, std = (image.new_tensor(values).view(1, -1, 1, 1) for values in (model.preparation.mean, model.preparation.std))
    return ((GREYS[cover] - mean) / std).expand_as(image).contiguous()


def _check(model: LoadedModel, window: Window, size: int, target: int | None, cover: str, loss: str) -> None:
    check_class(model, target)
    if cover not in COVERS:
        raise BadInput(f"A part of a picture can be covered with {', '.join(COVERS)}, not with {cover[:60]}.")
    if loss not in LOSSES:
        raise BadInput(f"What a class loses is its {' or its '.join(LOSSES)}, not {loss[:60]}.")
    if not 1 <= window.side <= size:
        raise BadInput(f"A window is 1 to {size} pixels wide, not {window.side}.")
    if not 1 <= window.stride <= window.side:
        raise BadInput(f"A window of {window.side} pixels moves on by 1 to {window.side} pixels, not {window.stride}.")
