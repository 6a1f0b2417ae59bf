"""The data sets there are, what is at hand, and how the rest is fetched. Imports no torch.

A data set is named `mnist-5k` (shipped), `shapes?difficulty=0.5` (drawn), by a name of the catalogue (`cifar10`; downloaded on
request), or by a path: of a copy of a published one where torchvision has put it, or of a folder or zip of class folders.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from explorer.data.catalogue import CATALOGUE, NamedData
from explorer.data.errors import DataError
from explorer.data.folder import ImageFolder, scan
from explorer.data.published import find
from explorer.data.report import ImportReport
from explorer.data.shapes import SHAPES, parse_shapes
from explorer.data.unpack import unpack
from explorer.machine.download import download
from explorer.machine.folders import ASSETS, downloads_folder
from explorer.networks.known_data import DIGITS, IMAGENETTE_CLASSES

__all__ = ["KNOWN", "DataError", "DatasetInfo", "datasets_at_hand", "describe", "fetch", "pictures_of", "published_copy", "settled",
           "title_of"]

MNIST_FILE = ASSETS / "mnist-5k.npz"
MNIST_5K = "MNIST-5k"
KNOWN = ("mnist-5k", *CATALOGUE)  # those with a name and a fixed content
RESIZED = "Resized for a network of another input."


@dataclass(frozen=True)
class DatasetInfo:
    """What a data set holds. `size` (pixels) and `channels` are None where pictures in files are fitted to the network.

    `download_bytes` is None for what is never downloaded; `source` says who made the data, `licence` under which
    terms, `report` what was left out of own pictures.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    channels: int | None
    size: int | None
    train: int
    val: int
    at_hand: bool
    note: str
    download_bytes: int | None = None
    source: str = ""
    licence: str = ""
    report: ImportReport | None = None


def datasets_at_hand() -> dict[str, bool]:
    """Every named data set, and whether it can be used without a download."""
    published = {name: find(entry, downloads_folder()) is not None for name, entry in CATALOGUE.items()}
    return {"mnist-5k": MNIST_FILE.is_file(), "shapes": True} | published


def describe(name: str) -> DatasetInfo:
    """What is known of a data set without reading its pictures. Raises DataError for an unknown name or unusable path."""
    if name == "mnist-5k":
        return DatasetInfo(name, MNIST_5K, DIGITS, 1, 32, 4000, 1000, MNIST_FILE.is_file(),
                           f"500 images of each digit, 400 to train on; padded from 28 to 32 pixels. Shipped. {RESIZED}",
                           source=CATALOGUE["mnist"].source, licence=CATALOGUE["mnist"].licence)
    if shapes := parse_shapes(name):
        return DatasetInfo(shapes.text, shapes.title, SHAPES, 3, 32, shapes.train, shapes.val, True,
                           f"Drawn as they are needed, at the network's input, of difficulty {shapes.difficulty:g} (0 easy, 1 hard).",
                           source="drawn by this program", licence="free")
    if found := published_copy(name):
        return _published(name, *found)
    folder = pictures_of(name)
    return DatasetInfo(name, Path(name).stem, folder.classes, None, None, len(folder.train), len(folder.val), True,
                       "Pictures in class folders, fitted to the network's input. " + folder.split_note, report=folder.report)


def title_of(name: str) -> str:
    """What people call a data set of that name, whether it is there or not: of a path, its last part."""
    with suppress(DataError):
        if shapes := parse_shapes(name):
            return shapes.title
    known = CATALOGUE.get(name)
    return MNIST_5K if name == "mnist-5k" else known.title if known else PurePath(name).name


def settled(name: str) -> str:
    """The name by which a data set is found from any working directory: its own, or its absolute path. Raises DataError."""
    if shapes := parse_shapes(name):
        return shapes.text
    return name if name in KNOWN else str(_existing(name).resolve())


def pictures_of(name: str) -> ImageFolder | None:
    """The class folders of a data set whose pictures lie in files: a folder's, a zip's, Imagenette's. None for any other.

    Raises DataError where nothing is there, or nothing usable.
    """
    if name == "mnist-5k" or parse_shapes(name):
        return None
    entry, source = published_copy(name) or (None, None)
    if entry and entry.format != "pictures":
        return None
    if entry and source is None:
        raise missing(entry)
    return _with_readable_classes(scan(source or _existing(name)))


def published_copy(name: str) -> tuple[NamedData, Path | None] | None:
    """The catalogue's entry that a name or path stands for and where it lies, None for not at hand; or no entry at all.

    Raises DataError for a path with several of them.
    """
    if name in CATALOGUE:
        return CATALOGUE[name], find(CATALOGUE[name], downloads_folder())
    place = _place(name)
    if not os.path.exists(place):
        return None
    found = [(entry, source) for entry in CATALOGUE.values() if (source := find(entry, place))]
    if len(found) > 1:
        several = ", ".join(str(source) for _, source in found)
        raise DataError(f"{name} holds several data sets: give the path of one of them ({several}).")
    return found[0] if found else None


def missing(entry: NamedData) -> DataError:
    """What to say of a data set that is not at hand."""
    return DataError(f"{entry.title} is not on this machine: download it first, on the Train page "
                     f"({entry.download_bytes / 1e6:.0f} MB), or give the path of a copy.")


def fetch(name: str, progress: Callable[[int, int | None], None] | None = None) -> None:
    """Download a data set that is not at hand; `progress(bytes so far, bytes in all)`. Raises DownloadError, DataError."""
    entry = CATALOGUE.get(name)
    if entry is None or find(entry, downloads_folder()):
        return
    before = 0
    for file in entry.files:
        path = downloads_folder() / file.path
        download(file.urls, path, md5=file.md5, progress=progress and _in_all(progress, entry, before))
        before += path.stat().st_size
    if entry.format == "pictures":
        unpack(path, downloads_folder() / entry.folder)


def _in_all(progress: Callable[[int, int | None], None], entry: NamedData, before: int) -> Callable[[int, int | None], None]:
    """The progress of one file as that of the whole data set."""
    only = len(entry.files) == 1
    return lambda done, total: progress(before + done, total if only else max(entry.download_bytes, before + done))


def _published(name: str, entry: NamedData, source: Path | None) -> DatasetInfo:
    part = "validation" if entry.format == "pictures" else "test"
    held_out = f"{entry.train:,} training images; validated on the {entry.val:,} official {part} images."
    note = " ".join(filter(None, (entry.note, held_out, RESIZED if entry.size else "",
                                  "" if source else f"{entry.download_bytes / 1e6:.0f} MB to download.")))
    return DatasetInfo(name, entry.title, entry.classes, entry.channels, entry.size, entry.train, entry.val, source is not None,
                       note, entry.download_bytes, entry.source, entry.licence)


def _with_readable_classes(folder: ImageFolder) -> ImageFolder:
    """WordNet's numbers by their names, where they are Imagenette's."""
    named = tuple(IMAGENETTE_CLASSES.get(label, label) for label in folder.classes)
    per_class = tuple(one._replace(name=IMAGENETTE_CLASSES.get(one.name, one.name)) for one in folder.report.per_class)
    return replace(folder, classes=named, report=replace(folder.report, per_class=per_class))


def _existing(name: str) -> Path:
    """The path a data set's name stands for. Raises DataError where nothing is there."""
    path = _place(name)
    if not os.path.exists(path):
        known = ", ".join(["mnist-5k", "shapes", *CATALOGUE])
        raise DataError(f"There is no data set {name[:120]!r}: use {known}, or the path of a folder or zip of class folders.")
    return path


def _place(name: str) -> Path:
    """The path a name could stand for.

    By os.path, as the checks on it: pathlib raises for a path that cannot be, `~nobody` or an over-long one, where
    os.path says that nothing is there.
    """
    return Path(os.path.expanduser(name))
