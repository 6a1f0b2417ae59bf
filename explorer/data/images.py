"""Pictures in memory: one uint8 tensor a data set, so that a batch is an index and not a loop over files."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import psutil
import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.data.datasets import MNIST_FILE, missing, pictures_of, published_copy
from explorer.data.decoded import decoded
from explorer.data.errors import DataError
from explorer.data.folder import ImageFolder
from explorer.data.published import Part, padded, read
from explorer.data.report import ImportReport
from explorer.data.shapes import SHAPES, Shapes, draw, parse_shapes
from explorer.data.statistics import channel_statistics
from explorer.networks.known_data import DIGITS, MNIST_STATISTICS, Statistics

__all__ = ["DataError", "ImageData", "Normalise", "batch_for", "load"]

MNIST_TRAIN_PER_DIGIT = 400
AT_ONCE = 512  # pictures drawn or resized at a time

Progress = Callable[[float], None]


@dataclass(frozen=True)
class ImageData:
    """A data set in memory. Images uint8 [N, C, H, W], labels int64 [N]; mean and std a channel, of pixels in 0 … 1.

    `report` says what was left out of a user's own pictures.
    """

    name: str
    train_images: Tensor
    train_labels: Tensor
    val_images: Tensor
    val_labels: Tensor
    mean: tuple[float, ...]
    std: tuple[float, ...]
    classes: tuple[str, ...]
    report: ImportReport | None = None


def load(name: str, size: int = 32, channels: int | None = None, progress: Progress | None = None) -> ImageData:
    """Read a data set; `progress` gets 0 … 1 while pictures are decoded, drawn or resized.

    Pictures of class folders are fitted to `size` pixels and `channels` (3 if None); those of another size are resized to
    `size`, and grey ones repeated over `channels`. Mean and deviation are the published ones where the pictures are as
    published, else measured on the training part as it is here. Raises DataError where the set is not at hand, damaged,
    or too large for the memory.
    """
    progress = progress or (lambda done: None)
    if name == "mnist-5k":
        return _fixed(name, *_read_mnist_5k(), MNIST_STATISTICS, DIGITS, size, channels, progress)
    if shapes := parse_shapes(name):
        return _drawn(shapes, size, progress)
    folder = pictures_of(name)
    if folder:
        return fitted(name, folder, size, channels or 3, progress)
    entry, source = published_copy(name)
    if source is None:
        raise missing(entry)
    return _fixed(entry.name, *read(entry, source), entry.statistics, entry.classes, size, channels, progress)


class Normalise:
    """uint8 [N, C, H, W] to float32 of the same shape: (pixel/255 - mean) / std, as one multiplication and one addition."""

    def __init__(self, mean: tuple[float, ...], std: tuple[float, ...], device: torch.device | str = "cpu"):
        self._scale = torch.tensor([1 / (255 * s) for s in std], device=device).view(1, -1, 1, 1)
        self._shift = torch.tensor([-m / s for m, s in zip(mean, std, strict=True)], device=device).view(1, -1, 1, 1)

    def __call__(self, images: Tensor) -> Tensor:
        return torch.addcmul(self._shift, images.float(), self._scale)


def batch_for(spec, count: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    """`count` embedded digits fitted to a network: normalised float32 [count, channels, input, input] and labels [count].

    Drawn by the seed from the training part; for a network of fewer than ten classes the labels wrap around.
    """
    data = load("mnist-5k", channels=spec.channels)
    chosen = torch.from_numpy(np.random.default_rng(seed).permutation(len(data.train_labels))[:count])
    images = Normalise(data.mean, data.std)(data.train_images[chosen])
    if images.shape[-1] != spec.input:
        images = F.interpolate(images, size=(spec.input, spec.input), mode="bilinear", antialias=True)
    return images, data.train_labels[chosen] % spec.classes


def _read_mnist_5k() -> tuple[Part, Part]:
    with np.load(MNIST_FILE) as file:
        images, labels = padded(file["images"]), file["labels"]
    by_digit = [np.flatnonzero(labels == digit) for digit in range(len(DIGITS))]
    train = np.concatenate([where[:MNIST_TRAIN_PER_DIGIT] for where in by_digit])
    val = np.concatenate([where[MNIST_TRAIN_PER_DIGIT:] for where in by_digit])
    return (images[train], labels[train]), (images[val], labels[val])


def _fixed(name: str, train: Part, val: Part, statistics: Statistics, classes: tuple[str, ...], size: int, channels: int | None,
           progress: Progress) -> ImageData:
    """Pictures of one size, resized where the network's input is another, and grey ones once for each of its channels."""
    if train[0].shape[-1] != size:
        total = len(train[0]) + len(val[0])
        _check_memory(total, train[0].shape[1], size)
        train = _resized(train[0], size, lambda done: progress(done / total)), train[1]
        val = _resized(val[0], size, lambda done: progress((len(train[0]) + done) / total)), val[1]
        statistics = channel_statistics([train[0]])
    data = _image_data(name, train, val, statistics, classes)
    if data.train_images.shape[1] != 1 or channels in (None, 1):
        return data
    images = [part.expand(-1, channels, -1, -1) for part in (data.train_images, data.val_images)]  # of the memory of the one
    return ImageData(name, images[0], data.train_labels, images[1], data.val_labels, data.mean * channels, data.std * channels, classes)


def _resized(images: np.ndarray, size: int, done: Callable[[int], None]) -> np.ndarray:
    """uint8 [N, C, H, W] to [N, C, size, size], bilinear, antialiased where it shrinks."""
    out = np.empty((*images.shape[:2], size, size), np.uint8)
    for first in range(0, len(images), AT_ONCE):
        some = torch.from_numpy(np.ascontiguousarray(images[first : first + AT_ONCE]))
        out[first : first + AT_ONCE] = F.interpolate(some, size=(size, size), mode="bilinear", antialias=True).numpy()
        done(min(first + AT_ONCE, len(images)))
    return out


def _drawn(shapes: Shapes, size: int, progress: Progress) -> ImageData:
    total = shapes.train + shapes.val
    _check_memory(total, 3, size)
    images = {part: np.empty((count, 3, size, size), np.uint8) for part, count in (("train", shapes.train), ("val", shapes.val))}
    labels = {part: np.empty(len(some), np.int64) for part, some in images.items()}

    def some_of(part: str, first: int) -> int:
        last = min(first + AT_ONCE, len(labels[part]))
        images[part][first:last], labels[part][first:last] = draw(first, last, shapes.difficulty, size, part)
        return last - first

    pool, done = ThreadPoolExecutor(torch.get_num_threads()), 0
    try:
        for task in [pool.submit(some_of, part, first) for part in images for first in range(0, len(labels[part]), AT_ONCE)]:
            done += task.result()
            progress(done / total)
    finally:
        pool.shutdown(cancel_futures=True)
    train, val = [(images[part], labels[part]) for part in images]
    return _image_data(shapes.text, train, val, channel_statistics([train[0]]), SHAPES)


def fitted(name: str, folder: ImageFolder, size: int, channels: int, progress: Progress) -> ImageData:
    """The pictures of class folders as one tensor: each one's centre square, scaled to `size`. Raises DataError."""
    found = decoded(folder, size, channels, progress)
    train, val = (found.train_images, found.train_labels), (found.val_images, found.val_labels)
    return replace(_image_data(name, train, val, found.statistics, folder.classes), report=found.report)


def _check_memory(pictures: int, channels: int, size: int) -> None:
    needed, free = pictures * channels * size * size, psutil.virtual_memory().available
    if needed > free:
        raise DataError(f"{pictures:,} pictures of {size} pixels take {needed / 1e9:.1f} GB, and {free / 1e9:.1f} GB of memory are free: "
                        "take a network with a smaller input.")


def _image_data(name: str, train: Part, val: Part, statistics: Statistics, classes: tuple[str, ...]) -> ImageData:
    """Both parts as tensors: uint8 [N, C, H, W] without a copy where it can be, and int64 labels."""
    images = [torch.from_numpy(np.ascontiguousarray(part[0])) for part in (train, val)]
    labels = [torch.from_numpy(part[1].astype(np.int64)) for part in (train, val)]
    return ImageData(name, images[0], labels[0], images[1], labels[1], statistics.mean, statistics.std, classes)
