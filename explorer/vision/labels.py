"""The names of the classes, where the weights do not carry them."""

from explorer.networks.known_data import CIFAR10_CLASSES, DIGITS, IMAGENET_CLASS_COUNT


def class_names(classes: int, digits: bool) -> tuple[str, ...]:
    """The names of the usual data set of that many classes: the digits or CIFAR-10, ImageNet, else numbers."""
    if classes == len(DIGITS):
        return DIGITS if digits else CIFAR10_CLASSES
    if classes == IMAGENET_CLASS_COUNT:
        return imagenet_names()
    return tuple(f"class {i}" for i in range(classes))


def imagenet_names() -> tuple[str, ...]:
    """ImageNet's 1000 class names as torchvision's weights carry them; imports torchvision."""
    from explorer.networks.torchvision_models import torchvision

    return tuple(torchvision().models.ResNet18_Weights.IMAGENET1K_V1.meta["categories"])
