"""Which images a step sees, and how they are cropped and flipped: pure functions of (seed, step).

So two networks trained with one seed see identical batches, and a resumed run goes on as if it had never stopped.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.data.images import ImageData

PAD = 4
# Streams of random numbers, one for each purpose, so that none shifts another.
ORDER, AUGMENT, DROPOUT = 0, 1, 2


def stream(seed: int, purpose: int, index: int) -> np.random.Generator:
    """The random numbers of one purpose at one epoch or step."""
    return np.random.default_rng([seed, purpose, index])


VALIDATION_BATCH = 256


class Batches(Protocol):
    """What a training sees. `mean` and `std` are a channel's, of pixels in 0 … 1; `batch` is the number of images a step."""

    name: str
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    batch: int
    per_epoch: int
    train_count: int
    val_count: int

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        """The augmented batch of a step, a pure function of seed and step: uint8 [batch, C, H, W] and int64 [batch], on the device."""

    def validation(self) -> Iterator[tuple[Tensor, Tensor]]:
        """All validation images in order, as they are, in batches, on the device."""


class InMemory:
    """Batches of pictures that lie on the device as one tensor: a batch is an index. `augment`: none, crop or crop-flip."""

    def __init__(self, data: ImageData, batch: int, augment: str, seed: int, device: torch.device | str = "cpu"):
        self.name, self.classes, self.mean, self.std = data.name, data.classes, data.mean, data.std
        self.augment, self.seed, self.device = augment, seed, torch.device(device)
        self.images, self.labels = data.train_images.to(device), data.train_labels.to(device)
        self.val_images, self.val_labels = data.val_images, data.val_labels
        self.train_count, self.val_count = len(self.labels), len(self.val_labels)
        self.per_epoch = steps_per_epoch(self.train_count, batch)
        self.order = BatchOrder(seed, self.train_count, batch, self.per_epoch, device)
        self.batch = self.order.batch

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        indices = self.order.indices(step)
        images, labels = self.images[indices], self.labels[indices]
        if self.augment != "none":
            images = crop_flip(images, self.seed, step, flip=self.augment == "crop-flip")
        return images, labels

    def validation(self) -> Iterator[tuple[Tensor, Tensor]]:
        for images, labels in zip(self.val_images.split(VALIDATION_BATCH), self.val_labels.split(VALIDATION_BATCH), strict=True):
            yield images.to(self.device, non_blocking=True), labels.to(self.device, non_blocking=True)


def steps_per_epoch(train_count: int, batch: int) -> int:
    """Full batches only: what is left over takes its turn in another epoch, since every epoch is shuffled anew."""
    return max(1, train_count // batch)


class BatchOrder:
    """The image indices of each step: a new shuffle every epoch, full batches only."""

    def __init__(self, seed: int, images: int, batch: int, per_epoch: int, device: torch.device | str = "cpu"):
        self.seed, self.images, self.per_epoch, self.device = seed, images, per_epoch, device
        self.batch = min(batch, images)
        self._epoch, self._order = -1, None

    def indices(self, step: int) -> Tensor:
        """int64 [batch], on the device; the shuffle travels there once an epoch."""
        epoch, within = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            order = stream(self.seed, ORDER, epoch).permutation(self.images)
            self._epoch, self._order = epoch, torch.from_numpy(order).to(self.device)
        return self._order[within * self.batch : (within + 1) * self.batch]


def crop_flip(images: Tensor, seed: int, step: int, flip: bool = True) -> Tensor:
    """Every image of [N, C, H, W] shifted by up to 4 pixels over a zero border and, with `flip`, half of them mirrored.

    The paper's augmentation for CIFAR-10 (section 4.2). One gather does both; dtype and device stay.
    """
    count, _, height, width = images.shape
    random = stream(seed, AUGMENT, step)
    top, left = (torch.from_numpy(random.integers(0, 2 * PAD + 1, count)) for _ in range(2))
    mirrored = torch.from_numpy(random.random(count) < (0.5 if flip else 0.0))
    columns = torch.arange(width)
    columns = left[:, None] + torch.where(mirrored[:, None], columns.flip(0), columns)
    rows = top[:, None] + torch.arange(height)
    places = (rows[:, :, None] * (width + 2 * PAD) + columns[:, None, :]).to(images.device, non_blocking=True)
    padded = F.pad(images, (PAD, PAD, PAD, PAD)).flatten(2)
    index = places.view(count, 1, -1).expand(-1, images.shape[1], -1)
    return padded.gather(2, index).view_as(images)
