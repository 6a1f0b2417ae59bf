"""What a training sees: the batch of each step, whether the pictures lie in memory or come as a stream.

A batch is a pure function of (seed, step). So two networks trained with one seed see identical batches, and a resumed run
goes on as if it had never stopped.
"""

from collections.abc import Iterator
from typing import Protocol

import torch
from torch import Tensor

from explorer.data.augment import CropFlip, imagenet_draws, imagenet_tensors
from explorer.data.images import ImageData
from explorer.data.order import BatchOrder, steps_per_epoch
from explorer.data.report import ImportReport

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
    report: ImportReport | None  # what was left out of a user's own pictures, as far as is known by now
    fingerprint: str  # of pictures in files, another one when any of them changes; else empty

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        """The augmented batch of a step, a pure function of seed and step: uint8 [batch, C, H, W] and int64 [batch], on the device."""

    def validation(self) -> Iterator[tuple[Tensor, Tensor]]:
        """All validation images in order, as they are, in batches, on the device."""

    def close(self) -> None:
        """Let go of threads and files."""


class InMemory:
    """Batches of pictures that lie on the device as one tensor: a batch is an index.

    `augment`: none, crop, crop-flip or imagenet, whose crops come from pictures that may be larger than `size`, the
    network's input; what is not varied shows their centre.
    """

    def __init__(self, data: ImageData, batch: int, augment: str, seed: int, device: torch.device | str = "cpu", size: int | None = None,
                 fingerprint: str = ""):
        self.fingerprint = fingerprint
        self.name, self.classes, self.mean, self.std, self.report = data.name, data.classes, data.mean, data.std, data.report
        self.augment, self.seed, self.device = augment, seed, torch.device(device)
        self.size = size or data.train_images.shape[-1]
        self.images, self.labels = data.train_images.to(device), data.train_labels.to(device)
        self.val_images, self.val_labels = data.val_images, data.val_labels
        self.train_count, self.val_count = len(self.labels), len(self.val_labels)
        self.per_epoch = steps_per_epoch(self.train_count, batch)
        self.order = BatchOrder(seed, self.train_count, batch, self.per_epoch, device)
        self.batch = self.order.batch
        self._crop_flip = CropFlip(seed, augment == "crop-flip", device)

    def at(self, step: int) -> tuple[Tensor, Tensor]:
        indices = self.order.indices(step)
        images, labels = self.images[indices], self.labels[indices]
        if self.augment == "imagenet":
            return imagenet_tensors(images, imagenet_draws(self.seed, step, len(images)), self.size), labels
        images = self._centre(images)
        return images if self.augment == "none" else self._crop_flip(images, step), labels

    def validation(self) -> Iterator[tuple[Tensor, Tensor]]:
        for images, labels in zip(self.val_images.split(VALIDATION_BATCH), self.val_labels.split(VALIDATION_BATCH), strict=True):
            yield self._centre(images).to(self.device, non_blocking=True), labels.to(self.device, non_blocking=True)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _centre(self, images: Tensor) -> Tensor:
        edge = (images.shape[-1] - self.size) // 2
        return images[..., edge : edge + self.size, edge : edge + self.size]
