"""The data sets there are, what is at hand, and how the rest is fetched. Imports no torch.

A data set is named `mnist-5k` (shipped), `cifar10` (downloaded on request), or by a path: of CIFAR-10 where torchvision has
put it, or of a folder or zip of class folders.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.data.folder import DataError, scan
from explorer.machine.download import download
from explorer.machine.folders import ASSETS, downloads_folder
from explorer.networks.known_data import CIFAR10_CLASSES, DIGITS

MNIST_FILE = ASSETS / "mnist-5k.npz"

# torchvision.datasets.CIFAR10: url, tgz_md5, base_folder.
CIFAR10_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
CIFAR10_MD5 = "c58f30108f718f92721af3b95e74349a"
CIFAR10_FOLDER = "cifar-10-batches-py"


@dataclass(frozen=True)
class DatasetInfo:
    """What a data set holds. `size` (pixels) and `channels` are None where pictures are fitted to the network."""

    name: str
    title: str
    classes: tuple[str, ...]
    channels: int | None
    size: int | None
    train: int
    val: int
    at_hand: bool
    note: str


def datasets_at_hand() -> dict[str, bool]:
    """Every named data set, and whether it can be used without a download."""
    return {"mnist-5k": MNIST_FILE.is_file(), "cifar10": cifar10_source() is not None}


def describe(name: str) -> DatasetInfo:
    """What is known of a data set without reading its pictures. Raises DataError for an unknown name or unusable path."""
    if name == "mnist-5k":
        return DatasetInfo(name, "MNIST-5k", DIGITS, 1, 32, 4000, 1000, MNIST_FILE.is_file(),
                           "500 images of each digit, 400 to train on; padded from 28 to 32 pixels. Shipped.")
    if name == "cifar10" or cifar10_source(name):
        return DatasetInfo(name, "CIFAR-10", CIFAR10_CLASSES, 3, 32, 50_000, 10_000, cifar10_source(name) is not None,
                           "50,000 training images; validated on the 10,000 official test images. 170 MB to download.")
    folder = scan(as_path(name))
    return DatasetInfo(name, Path(name).stem, folder.classes, None, None, len(folder.train), len(folder.val), True,
                       "Pictures in class folders, fitted to the network's input. " + folder.split_note)


def as_path(name: str) -> Path:
    """The path a data set's name stands for. Raises DataError where nothing is there."""
    path = _place(name)
    if not os.path.exists(path):
        known = ", ".join(datasets_at_hand())
        raise DataError(f"There is no data set {name[:120]!r}: use {known}, or the path of a folder or zip of class folders.")
    return path


def settled(name: str) -> str:
    """The name by which a data set is found from any working directory: its own, or its absolute path. Raises DataError."""
    return name if name in datasets_at_hand() else str(as_path(name).resolve())


def cifar10_source(name: str = "cifar10") -> Path | None:
    """Where CIFAR-10 is at hand, among the downloads or at a path: the folder torchvision unpacks, or its archive."""
    place, archive = downloads_folder() if name == "cifar10" else _place(name), Path(CIFAR10_URL).name
    for path in (place / CIFAR10_FOLDER, place):
        if os.path.isfile(path / "test_batch"):
            return path
    return next((path for path in (place / archive, place) if path.name == archive and os.path.isfile(path)), None)


def fetch(name: str, progress: Callable[[int, int | None], None] | None = None) -> None:
    """Download a data set that is not at hand; `progress(bytes so far, bytes in all)`. Raises DownloadError."""
    if name == "cifar10" and cifar10_source() is None:
        download(CIFAR10_URL, downloads_folder() / Path(CIFAR10_URL).name, md5=CIFAR10_MD5, progress=progress)


def _place(name: str) -> Path:
    """The path a name could stand for.

    By os.path, as the checks on it: pathlib raises for a path that cannot be, `~nobody` or an over-long one, where
    os.path says that nothing is there.
    """
    return Path(os.path.expanduser(name))
