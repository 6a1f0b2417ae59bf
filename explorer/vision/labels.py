"""The names of the classes, where the weights do not carry them. Imports no torch."""

from functools import cache

from explorer.machine.folders import ASSETS
from explorer.networks.known_data import CIFAR10_CLASSES, DIGITS, IMAGENET_CLASS_COUNT


def class_names(classes: int, digits: bool) -> tuple[str, ...]:
    """The names of the usual data set of that many classes: the digits or CIFAR-10, ImageNet, else numbers."""
    if classes == len(DIGITS):
        return DIGITS if digits else CIFAR10_CLASSES
    if classes == IMAGENET_CLASS_COUNT:
        return imagenet_names()
    return tuple(f"class {i}" for i in range(classes))


@cache
def imagenet_names() -> tuple[str, ...]:
    """ImageNet's 1000 class names in the order of the labels, as torchvision's weights carry them."""
    return tuple((ASSETS / "imagenet_classes.txt").read_text(encoding="utf-8").splitlines())
