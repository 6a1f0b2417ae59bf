"""Pictures in memory: one uint8 tensor a data set, so that a batch is an index and not a loop over files."""

import io
import pickle
import tarfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.data.datasets import CIFAR10_FOLDER, MNIST_FILE, as_path, cifar10_source
from explorer.data.folder import DataError, ImageFolder, read_pictures, scan
from explorer.networks.known_data import CIFAR10_CLASSES, CIFAR10_STATISTICS, DIGITS, MNIST_STATISTICS

__all__ = ["DataError", "ImageData", "Normalise", "batch_for", "load"]

MNIST_TRAIN_PER_DIGIT = 400
MNIST_PAD = 2
CIFAR10_TRAIN_FILES = tuple(f"data_batch_{i}" for i in range(1, 6))
CIFAR10_VAL_FILES = ("test_batch",)


@dataclass(frozen=True)
class ImageData:
    """A data set in memory. Images uint8 [N, C, H, W], labels int64 [N]; mean and std a channel, of pixels in 0 … 1."""

    name: str
    train_images: Tensor
    train_labels: Tensor
    val_images: Tensor
    val_labels: Tensor
    mean: tuple[float, ...]
    std: tuple[float, ...]
    classes: tuple[str, ...]


def load(name: str, size: int = 32, channels: int | None = None, progress: Callable[[float], None] | None = None) -> ImageData:
    """Read a data set; `progress` gets 0 … 1 while pictures are decoded.

    Pictures of a folder or zip are fitted to `size` pixels and `channels` (3 if None); the grey MNIST is repeated over
    `channels`. Raises DataError where the set is not at hand, damaged, or too large for the memory.
    """
    if name == "mnist-5k":
        return _repeat_grey(_load_mnist(), channels or 1)
    if name == "cifar10" or cifar10_source(name):
        return _load_cifar10(cifar10_source(name))
    return _load_folder(name, scan(as_path(name)), size, channels or 3, progress or (lambda done: None))


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


def _load_mnist() -> ImageData:
    with np.load(MNIST_FILE) as file:
        images, labels = file["images"], file["labels"]
    images = np.pad(images, ((0, 0), (MNIST_PAD, MNIST_PAD), (MNIST_PAD, MNIST_PAD)))[:, None]
    by_digit = [np.flatnonzero(labels == digit) for digit in range(len(DIGITS))]
    train = np.concatenate([where[:MNIST_TRAIN_PER_DIGIT] for where in by_digit])
    val = np.concatenate([where[MNIST_TRAIN_PER_DIGIT:] for where in by_digit])
    return _image_data("mnist-5k", (images[train], labels[train]), (images[val], labels[val]), *MNIST_STATISTICS, DIGITS)


def _repeat_grey(data: ImageData, channels: int) -> ImageData:
    """One grey channel for each channel of a network; the tensors share the memory of the one."""
    return replace(
        data,
        train_images=data.train_images.expand(-1, channels, -1, -1),
        val_images=data.val_images.expand(-1, channels, -1, -1),
        mean=data.mean * channels,
        std=data.std * channels,
    )


def _load_cifar10(source: Path | None) -> ImageData:
    if source is None:
        raise DataError("CIFAR-10 is not on this machine: download it first, on the Train page (170 MB), or give the "
                        "path of a copy.")
    try:
        batches = _read_cifar10(source, CIFAR10_TRAIN_FILES + CIFAR10_VAL_FILES)
        parts = [_join([batches[name] for name in names]) for names in (CIFAR10_TRAIN_FILES, CIFAR10_VAL_FILES)]
        return _image_data("cifar10", *parts, *CIFAR10_STATISTICS, CIFAR10_CLASSES)
    except MemoryError:
        raise
    except Exception as error:  # gzip, tar and pickle answer damaged data with nearly any exception
        raise DataError(f"The CIFAR-10 in {source} is damaged ({error}): delete it and download it again.") from error


def _read_cifar10(source: Path, names: tuple[str, ...]) -> dict[str, dict]:
    """The named batch files, out of the unpacked folder or straight out of the archive."""
    if source.is_dir():
        return {name: _unpickle((source / name).read_bytes()) for name in names}
    with tarfile.open(source) as archive:
        return {name: _unpickle(archive.extractfile(f"{CIFAR10_FOLDER}/{name}").read()) for name in names}


class _ArraysOnly(pickle.Unpickler):
    """Reads dicts of bytes, numbers and NumPy arrays, and refuses everything else: a pickle could run any code."""

    def find_class(self, module, name):
        if module.startswith("numpy") and name in ("_reconstruct", "ndarray", "dtype"):
            return np.ndarray if name == "ndarray" else np.dtype if name == "dtype" else np._core.multiarray._reconstruct
        if (module, name) == ("_codecs", "encode"):
            return lambda text, encoding: text.encode(encoding)
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")


def _unpickle(content: bytes) -> dict:
    return _ArraysOnly(io.BytesIO(content), encoding="bytes").load()


def _join(batches: list[dict]) -> tuple[np.ndarray, np.ndarray]:
    images = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, 32, 32)
    return images, np.concatenate([np.asarray(batch[b"labels"]) for batch in batches])


def _load_folder(name: str, folder: ImageFolder, size: int, channels: int, progress: Callable[[float], None]) -> ImageData:
    total = len(folder.train) + len(folder.val)
    done = 0
    parts = []
    for pictures in (folder.train, folder.val):
        try:
            images = np.empty((len(pictures), channels, size, size), np.uint8)
        except MemoryError:
            raise DataError(f"{total:,} pictures of {size} pixels do not fit into this machine's memory: take fewer, or a "
                            "network with a smaller input.") from None
        for i, pixels in enumerate(read_pictures(folder, [name for name, _ in pictures], size, channels)):
            images[i] = pixels
            done += 1
            if done % 500 == 0:
                progress(done / total)
        parts.append((images, np.array([label for _, label in pictures])))
    return _image_data(name, *parts, *_statistics(parts[0][0]), folder.classes)


def _statistics(images: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel over all pixels, by the histogram of the 256 grey levels: exact."""
    levels = np.arange(256) / 255
    means, stds = [], []
    for channel in range(images.shape[1]):
        share = np.bincount(images[:, channel].ravel(), minlength=256) / images[:, channel].size
        mean = float(share @ levels)
        means.append(mean)
        stds.append(max(float(share @ (levels - mean) ** 2) ** 0.5, 1 / 255))
    return tuple(means), tuple(stds)


def _image_data(name, train, val, mean, std, classes) -> ImageData:
    train, val = [(torch.from_numpy(np.ascontiguousarray(i)), torch.from_numpy(l.astype(np.int64))) for i, l in (train, val)]
    return ImageData(name, *train, *val, mean, std, classes)
