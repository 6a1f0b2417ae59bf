"""The data sets networks are usually trained on: names of their classes, statistics of their pixels. Imports no torch.

Means and standard deviations are a channel's, over all pixels of the training images, of values from 0 to 1.
"""

from typing import NamedTuple

DIGITS = tuple("0123456789")
# In the order of the labels, as in batches.meta of the archive (Krizhevsky 2009, cs.toronto.edu/~kriz/cifar.html).
CIFAR10_CLASSES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
IMAGENET_CLASS_COUNT = 1000


class Statistics(NamedTuple):
    """Mean and standard deviation, one number a channel."""

    mean: tuple[float, ...]
    std: tuple[float, ...]


# Of the 60,000 MNIST training images of 28 x 28 pixels, unpadded, as in PyTorch's MNIST example.
MNIST_STATISTICS = Statistics((0.1307,), (0.3081,))
# Measured on the 50,000 training images; the often copied deviations of .2023, .1994, .2010 are wrong.
CIFAR10_STATISTICS = Statistics((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616))
# What torchvision's published weights were trained with (torchvision.transforms._presets.ImageClassification).
IMAGENET_STATISTICS = Statistics((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
