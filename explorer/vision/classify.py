"""Name what is in a picture: the most probable classes, how long it took and which model said so."""

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.vision.loading import LoadedModel
from explorer.vision.model import ModelError
from explorer.vision.picture import Picture
from explorer.vision.prepare import Prepared, prepare


@dataclass(frozen=True)
class Classification:
    """`classes` are (label, probability), the most probable first; `seconds` is preparation and forward pass.

    `model` is the model's id, `prepared` the image as the network saw it.
    """

    model: str
    title: str
    classes: tuple[tuple[str, float], ...]
    seconds: float
    prepared: Prepared


def classify(model: LoadedModel, picture: Picture, top: int = 5) -> Classification:
    """The `top` most probable classes of one picture. Raises ModelError if the network gives no finite numbers."""
    start = time.perf_counter()
    prepared = prepare(picture, model.preparation)
    found = probabilities(model, prepared.pixels[None])[0].topk(min(top, len(model.classes)))
    classes = tuple((model.classes[i], p) for i, p in zip(found.indices.tolist(), found.values.tolist(), strict=True))
    return Classification(model.model.id, model.model.title, classes, time.perf_counter() - start, prepared)


def probabilities(model: LoadedModel, pixels: np.ndarray) -> Tensor:
    """Softmax of the logits, float32 [N, classes] on the CPU, of prepared uint8 images [N, C, size, size]."""
    with torch.inference_mode():
        result = model.net(normalised(model, pixels)).float().softmax(dim=1).cpu()
    if not result.isfinite().all():
        raise ModelError(f"{model.model.title} gives no finite numbers; its weights are damaged or its training diverged.")
    return result


def normalised(model: LoadedModel, pixels: np.ndarray) -> Tensor:
    """Prepared uint8 images [N, C, size, size] as the network's input: float32 on its device, with its mean and standard deviation."""
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (model.preparation.mean, model.preparation.std))
    return ((torch.from_numpy(pixels).float() / 255 - mean) / std).to(model.device)
