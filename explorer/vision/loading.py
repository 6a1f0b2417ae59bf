"""From a model's description to a network ready to classify: its weights, its statistics, its class names."""

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from PIL import Image
from torch import nn

from explorer.machine.device import choose_device, use_one_thread
from explorer.networks.build import build
from explorer.networks.known_data import CIFAR10_STATISTICS, IMAGENET_STATISTICS, MNIST_STATISTICS
from explorer.networks.spec import NetworkSpec, TorchvisionSpec
from explorer.networks.weights import load_weights
from explorer.vision.labels import class_names
from explorer.vision.model import Model, ModelError
from explorer.vision.prepare import Preparation
from explorer.vision.torchvision_weights import published, weights_file

# By the name of the data they were measured on.
STATISTICS = {"cifar": CIFAR10_STATISTICS, "imagenet": IMAGENET_STATISTICS, "mnist": MNIST_STATISTICS}
# Trained on 224-pixel crops, ImageNet's nets see the centre of a picture whose shorter side is 256.
IMAGENET_MARGIN = 256 / 224


@dataclass(frozen=True)
class LoadedModel:
    """A network in evaluation mode on `device`, [N, C, size, size] normalised to logits [N, len(classes)]."""

    model: Model
    net: nn.Module
    preparation: Preparation
    classes: tuple[str, ...]
    device: torch.device


def load(model: Model, normalize: str | None, progress: Callable[[int, int | None], None] | None) -> LoadedModel:
    """Build the network and give it its weights, which are downloaded first where they must be.

    Raises ModelError, WeightsError for a file that does not fit, DownloadError.
    """
    if model.spec.channels not in (1, 3):
        raise ModelError(f"{model.spec.text} takes {model.spec.channels} channels; a picture has 1 (grey) or 3 (colour).")
    use_one_thread()
    if model.kind == "torchvision":
        return _load_torchvision(model, normalize, progress)
    preparation = _preparation(model, normalize)
    net = build(model.spec)
    load_weights(net, model.file)
    return _ready(model, net, preparation, _classes(model, preparation.digits))


def _load_torchvision(model, normalize, progress) -> LoadedModel:
    weights = published(model.spec.name)
    net = build(model.spec)
    load_weights(net, weights_file(weights, progress))
    if hasattr(net, "transform_input"):  # Inception and GoogLeNet: their weights come from another normalisation
        net.transform_input = True
    transform = weights.transforms()
    mean, std = _statistics(model, normalize) if normalize else (tuple(transform.mean), tuple(transform.std))
    preparation = Preparation(
        transform.crop_size[0], transform.resize_size[0], 3, mean, std, resample=Image.Resampling[transform.interpolation.name]
    )
    accuracy = weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]
    error = f"{100 - accuracy:.2f}% top-1 on ImageNet's validation images (torchvision, one crop)"
    return _ready(replace(model, error=error), net, preparation, tuple(weights.meta["categories"]))


def _ready(model, net, preparation, classes) -> LoadedModel:
    device = choose_device()
    return LoadedModel(model, net.to(device).eval().requires_grad_(False), preparation, classes, device)


def _preparation(model: Model, normalize: str | None) -> Preparation:
    spec = model.spec
    # Nets of the Train page, which name their data set, were trained on the whole centre square.
    margin = IMAGENET_MARGIN if _is_imagenet(spec) and "dataset" not in model.metadata else 1
    mean, std = _statistics(model, normalize)
    digits = model.knows_digits or normalize == "mnist"
    return Preparation(spec.input, round(spec.input * margin), spec.channels, mean, std, digits=digits)


def _statistics(model: Model, normalize: str | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The user's choice, else what the weights file says, else what nets of that form are usually trained with."""
    spec = model.spec
    if normalize is None:
        told = [_numbers(model.metadata.get(key, ""), spec.channels) for key in ("mean", "std")]
        if all(told) and min(told[1]) > 0:
            return told[0], told[1]
        normalize = "mnist" if model.knows_digits else "imagenet" if _is_imagenet(spec) else "cifar"
    if normalize not in STATISTICS:
        raise ModelError(f"A normalisation is {', '.join(STATISTICS)}, not {normalize}.")
    mean, std = STATISTICS[normalize]
    if len(mean) == 1:  # grey pictures are repeated over the network's channels
        return mean * spec.channels, std * spec.channels
    if len(mean) != spec.channels:
        raise ModelError(f"{spec.text} takes {spec.channels} channels and {normalize}'s statistics have {len(mean)}; use mnist.")
    return mean, std


def _is_imagenet(spec: NetworkSpec | TorchvisionSpec) -> bool:
    return isinstance(spec, TorchvisionSpec) or spec.stem == "imagenet"


def _numbers(text: str, count: int) -> tuple[float, ...] | None:
    """A JSON list of `count` finite numbers, or None where the text is something else."""
    try:
        numbers = tuple(map(float, json.loads(text)))
    except (TypeError, ValueError):
        return None
    return numbers if len(numbers) == count and all(map(math.isfinite, numbers)) else None


def _classes(model: Model, digits: bool) -> tuple[str, ...]:
    """The names the weights file carries, else the usual ones of a net with that many classes."""
    try:
        names = tuple(map(str, json.loads(model.metadata.get("classes", ""))))
    except (TypeError, ValueError):
        names = ()
    return names if len(names) == model.spec.classes else class_names(model.spec.classes, digits)
