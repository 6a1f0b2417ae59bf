"""A look at a data set before training: some pictures as the network will see them, and how many there are of each class."""

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import torch

from explorer.data.batches import Batches, InMemory
from explorer.data.datasets import pictures_of
from explorer.data.decode import BrokenPicture, opened, square
from explorer.data.errors import DataError
from explorer.data.folder import ImageFolder
from explorer.data.images import ImageData, load
from explorer.data.open import kept_size, lies_in_memory
from explorer.data.order import BatchOrder
from explorer.data.report import ImportReport
from explorer.data.streamed import Streamed
from explorer.networks.known_data import IMAGENET_STATISTICS, Statistics


@dataclass(frozen=True)
class Look:
    """`images` uint8 [n, H, W, C], varied as in training, with the names of their classes; for each class the number of
    training and validation pictures; for class folders, what was left out by name and size."""

    images: np.ndarray
    labels: tuple[str, ...]
    classes: tuple[str, ...]
    train_counts: tuple[int, ...]
    val_counts: tuple[int, ...]
    report: ImportReport | None = None


def look(dataset: str, *, size: int, channels: int, augment: str, seed: int, count: int = 40) -> Look:
    """Pictures of the first epoch with this seed. Of class folders, only those that are shown are decoded. Raises DataError."""
    folder = pictures_of(dataset)
    if folder is None:
        data = load(dataset, size, channels)
        images, labels = _shown(InMemory(data, count, augment, seed, size=size))
        counts = [torch.bincount(part, minlength=len(data.classes)).tolist() for part in (data.train_labels, data.val_labels)]
        return Look(images, tuple(data.classes[label] for label in labels), data.classes, *map(tuple, counts))
    some = _first(folder, seed, count)
    if lies_in_memory(folder, size, channels, augment):
        batches: Batches = InMemory(_decoded(some, kept_size(size, augment), channels), count, augment, seed, size=size)
    else:
        unused = Statistics(*(part[:1] * channels for part in IMAGENET_STATISTICS))
        batches = Streamed(dataset, some, unused, size=size, channels=channels, batch=count, augment=augment, seed=seed, ahead=0)
    images, labels = _shown(batches)
    _, train_counts, val_counts = zip(*folder.report.per_class, strict=True)
    return Look(images, tuple(folder.classes[label] for label in labels), folder.classes, train_counts, val_counts, folder.report)


def _shown(batches: Batches) -> tuple[np.ndarray, list[int]]:
    try:
        images, labels = batches.at(0)
    finally:
        batches.close()
    return images.permute(0, 2, 3, 1).contiguous().numpy(), labels.tolist()


def _first(folder: ImageFolder, seed: int, count: int) -> ImageFolder:
    """The folder with no more training pictures than the first so many that the seed draws."""
    count = min(count, len(folder.train))
    indices = BatchOrder(seed, len(folder.train), count, 1).indices(0).tolist()
    return replace(folder, train=tuple(folder.train[index] for index in indices))


def _decoded(folder: ImageFolder, size: int, channels: int) -> ImageData:
    """The training pictures that can be read. Raises DataError if none can."""
    images, labels = [], []
    with opened(folder.path) as read:
        for name, label in folder.train:
            with suppress(BrokenPicture):
                images.append(square(read(name), size, channels))
                labels.append(label)
    if not images:
        raise DataError(f"None of the {len(folder.train)} pictures to be shown of {folder.path} can be read: they are broken, or no pictures.")
    part = torch.from_numpy(np.stack(images)), torch.tensor(labels, dtype=torch.int64)
    return ImageData(str(folder.path), *part, *part, (0.0,) * channels, (1.0,) * channels, folder.classes)
