"""The names of the classes, where the weights do not carry them. Imports no torch."""

from collections import Counter
from collections.abc import Sequence
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


def numbered(labels: Sequence[str]) -> list[str]:
    """Names of which no two are one: where a weights file has two classes of one name, the second is named crane (2)."""
    taken: dict[str, None] = {}  # keeps the order
    count = Counter()
    for label in labels:
        count[label] += 1
        name = label if count[label] == 1 else f"{label} ({count[label]})"
        while name in taken:
            count[label] += 1
            name = f"{label} ({count[label]})"
        taken[name] = None
    return list(taken)
