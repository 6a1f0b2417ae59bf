"""How pictures are prepared for a model, and what its classes are called, before anything is loaded. Imports no torch."""

import math

from PIL import Image

from explorer.networks.known_data import CIFAR10_STATISTICS, IMAGENET_STATISTICS, MNIST_STATISTICS
from explorer.networks.metadata import listed
from explorer.networks.spec import NetworkSpec, TorchvisionSpec
from explorer.vision.labels import class_names, imagenet_names
from explorer.vision.model import Model, ModelError
from explorer.vision.prepare import IMAGENET_MARGIN, Preparation
from explorer.vision.torchvision_weights import version_of

# By the name of the data they were measured on.
STATISTICS = {"cifar": CIFAR10_STATISTICS, "imagenet": IMAGENET_STATISTICS, "mnist": MNIST_STATISTICS}


def preparation_of(model: Model, normalize: str | None = None) -> Preparation:
    """Sizes, channels and statistics; `normalize` (cifar, imagenet, mnist) goes before what the weights say. Raises ModelError."""
    spec = model.spec
    if model.kind == "torchvision":
        version = version_of(model.id)
        mean, std = _statistics(model, normalize) if normalize else (version.mean, version.std)
        return Preparation(version.crop, version.resize, 3, mean, std, resample=Image.Resampling[version.interpolation])
    # Nets of the Train page, which name their data set, were trained on the whole centre square.
    margin = IMAGENET_MARGIN if _is_imagenet(spec) and "dataset" not in model.metadata else 1
    mean, std = _statistics(model, normalize)
    digits = model.knows_digits or normalize == "mnist"
    return Preparation(spec.input, round(spec.input * margin), spec.channels, mean, std, digits=digits)


def assumed_statistics(model: Model, normalize: str | None = None) -> str | None:
    """Whose statistics are taken, one of STATISTICS, because neither the user nor the weights file says; None where one of them does."""
    return None if normalize or model.kind == "torchvision" or _told(model) else _usual(model)


def classes_of(model: Model, digits: bool | None = None) -> tuple[str, ...]:
    """The names the weights file carries, else the usual ones of a net with that many classes; `digits` if not as the model says."""
    if model.kind == "torchvision":
        return imagenet_names()
    names = tuple(map(str, listed(model.metadata.get("classes")) or ()))
    digits = model.knows_digits if digits is None else digits
    return names if len(names) == model.spec.classes else class_names(model.spec.classes, digits)


def _statistics(model: Model, normalize: str | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The user's choice, else what the weights file says, else what nets of that form are usually trained with."""
    spec = model.spec
    if normalize is None:
        if told := _told(model):
            return told
        normalize = _usual(model)
    if normalize not in STATISTICS:
        raise ModelError(f"A normalisation is {', '.join(STATISTICS)}, not {normalize}.")
    mean, std = STATISTICS[normalize]
    if len(mean) == 1:  # grey pictures are repeated over the network's channels
        return mean * spec.channels, std * spec.channels
    if len(mean) != spec.channels:
        raise ModelError(f"{spec.text} takes {spec.channels} channels and {normalize}'s statistics have {len(mean)}; use mnist.")
    return mean, std


def _told(model: Model) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    mean, std = (_numbers(model.metadata.get(key, ""), model.spec.channels) for key in ("mean", "std"))
    return (mean, std) if mean and std and min(std) > 0 else None


def _usual(model: Model) -> str:
    return "mnist" if model.knows_digits or model.spec.channels == 1 else "imagenet" if _is_imagenet(model.spec) else "cifar"


def _is_imagenet(spec: NetworkSpec | TorchvisionSpec) -> bool:
    return isinstance(spec, TorchvisionSpec) or spec.stem == "imagenet"


def _numbers(text: str, count: int) -> tuple[float, ...] | None:
    """A JSON list of `count` finite numbers, or None where the text is something else."""
    try:
        numbers = tuple(map(float, listed(text) or ()))
    except (TypeError, ValueError, OverflowError):
        return None
    return numbers if len(numbers) == count and all(map(math.isfinite, numbers)) else None
