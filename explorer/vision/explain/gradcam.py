"""Grad-CAM: which places of a layer's maps speak for a class (Selvaraju et al. 2017, 1610.02391), by Captum."""

import numpy as np
import torch

from explorer.errors import BadInput
from explorer.signals.twin import twin
from explorer.vision.classify import normalised
from explorer.vision.explain.heat import Heat
from explorer.vision.loading import LoadedModel
from explorer.vision.model import no_finite_numbers


def grad_cam(model: LoadedModel, pixels: np.ndarray, layer: str, target: int | None = None) -> Heat:
    """The heat of class number `target`, or of the likeliest one, at the layer of that name; `pixels` are a prepared image [C, H, W].

    Each map A_k of the layer is weighted by the mean over its places of dy/dA_k, y being the class's logit, before the softmax; the
    heat is the sum over k, at the maps' own resolution. It keeps its sign: equation 2 of the paper leaves of it what is above 0.
    One pass forward, and back as far as the layer; the network is not changed. Raises BadInput for an unknown layer or class,
    ModelError if the network gives no finite numbers.
    """
    from captum.attr import LayerGradCam  # takes half a second, with what it brings along

    _check(model, layer, target)
    own, answer = twin(model.net), []

    def score(images: torch.Tensor) -> torch.Tensor:
        logits = own(images).float()
        answer.append(logits.detach()[0])
        return logits[:, logits[0].argmax() if target is None else target]

    values = LayerGradCam(score, own.get_submodule(layer)).attribute(normalised(model, pixels[None]))
    return heat_of(model, values.detach()[0, 0], answer[0], target)


def heat_of(model: LoadedModel, values: torch.Tensor, logits: torch.Tensor, target: int | None) -> Heat:
    """Values [rows, columns] with the answer they belong to. Raises ModelError where something is not finite."""
    if not (logits.isfinite().all() and values.isfinite().all()):
        raise no_finite_numbers(model.model.title)
    number = int(logits.argmax()) if target is None else target
    return Heat(values.float().cpu().numpy(), number, float(logits[number]), float(logits.softmax(0)[number]))


def check_class(model: LoadedModel, target: int | None) -> None:
    """Raises BadInput for a class that the network does not have."""
    if target is not None and not 0 <= target < len(model.classes):
        raise BadInput(f"{model.model.title} has no class {target}: its classes are 0 to {len(model.classes) - 1}.")


def _check(model: LoadedModel, layer: str, target: int | None) -> None:
    check_class(model, target)
    if not layer or layer not in dict(model.net.named_modules()):
        raise BadInput(f'{model.model.title} has no layer "{layer[:60]}".')
