"""A user's own pictures: a folder, or a zip, of class folders. Imports no torch."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from explorer.data.errors import DataError
from explorer.data.listing import File, Listing, list_files
from explorer.data.report import ImportReport, Skipped, class_counts

VAL_NAMES = {"val", "valid", "validation", "test"}
PART_NAMES = VAL_NAMES | {"train"}
HELD_OUT = 0.1


@dataclass(frozen=True)
class ImageFolder:
    """The pictures of a folder or zip: (path inside it, class index) for the training and the validation part.

    `fingerprint` changes when any of the files does. The report says what was left out by name and size; which pictures
    are broken shows when they are decoded.
    """

    path: Path
    classes: tuple[str, ...]
    train: tuple[tuple[str, int], ...]
    val: tuple[tuple[str, int], ...]
    split_note: str
    report: ImportReport
    fingerprint: str


def scan(path: Path) -> ImageFolder:
    """List the pictures. A picture's class is the folder it lies in; a folder above named train, or val, valid, validation
    or test, says which part it belongs to. Without a validation part every tenth picture of each class is held out,
    drawn once and for all. Raises DataError where there are not two classes, or one part is empty.
    """
    listing = list_files(path)
    labelled, skipped = _labelled(listing)
    classes = tuple(sorted({label for _, label in labelled}))
    if len(classes) < 2:
        found = f"{_counted(len(listing.files), 'picture')} in {_counted(len(classes), 'class folder')}"
        raise DataError(f"{path} holds {found}: put the pictures of each class in a folder of its own, at least two of them."
                        f"{_left_out(skipped)}")
    index = {label: i for i, label in enumerate(classes)}
    val = [(name, index[label]) for name, label in labelled if _part(name) in VAL_NAMES]
    train = [(name, index[label]) for name, label in labelled if _part(name) not in VAL_NAMES]
    note = "The validation part is the one in its own folder."
    if not val:
        train, val = _hold_out(train, len(classes))
        note = "A tenth of each class is held out for validation."
    if not train or not val:
        raise DataError(f"{path} has {len(train)} training and {len(val)} validation pictures: both parts need some "
                        f"(a class needs at least two pictures to hold one out).{_left_out(skipped)}")
    report = ImportReport(len(train) + len(val), tuple(skipped), class_counts(classes, train, val))
    return ImageFolder(path, classes, tuple(train), tuple(val), note, report, _fingerprint(path, listing.files))


def class_folders(names: Iterable[str]) -> dict[str, str]:
    """The class folder of each picture, by its path inside, that lies in one; a folder named train or val above is no class."""
    names = list(names)
    split = {name.rsplit("/", 3)[0] if name.count("/") > 2 else "" for name in names if _part(name) in PART_NAMES}
    found = {}
    for name in names:
        label = _class_folder(name)
        above = name.rsplit("/", 2)[0] if name.count("/") > 1 else ""
        if label and not (label.lower() in PART_NAMES and above in split):  # train/1.jpg beside train/cat/2.jpg has no class
            found[name] = label
    return found


def _labelled(listing: Listing) -> tuple[list[tuple[str, str]], list[Skipped]]:
    """(name, class) of each picture that has a class to be trained on, and all that is left out."""
    found = class_folders(file.name for file in listing.files)
    labelled = list(found.items())
    skipped = listing.skipped + _empty_classes(listing.folders, listing.files)
    skipped += [Skipped(file.name, "in no class folder") for file in listing.files if file.name not in found]
    trained = {label for name, label in labelled if _part(name) not in VAL_NAMES}
    skipped += [Skipped(name, "of a class without training pictures") for name, label in labelled if label not in trained]
    return [(name, label) for name, label in labelled if label in trained], skipped


def _empty_classes(folders: set[str], files: list[File]) -> list[Skipped]:
    """Folders that hold neither a picture nor a folder."""
    filled = {name.rpartition("/")[0] for name in folders} | {file.name.rpartition("/")[0] for file in files}
    return [Skipped(name, "a class folder without a picture") for name in sorted(folders - filled)]


def _left_out(skipped: list[Skipped]) -> str:
    report = ImportReport(0, tuple(skipped), ())
    return f" Left out: {', '.join(f'{count:,} {reason}' for reason, count in report.reasons().items())}." if skipped else ""


def _fingerprint(path: Path, files: list[File]) -> str:
    """A folder's own time is left out: it changes with whatever is put beside the pictures."""
    about = path.stat()
    archive = f"{about.st_size}\n{about.st_mtime_ns}" if path.is_file() else ""
    digest = hashlib.sha256(f"{path.resolve()}\n{archive}\n".encode("utf-8", "replace"))
    for file in files:
        digest.update(f"{file.name}\0{file.bytes}\0{file.stamp}\n".encode("utf-8", "replace"))
    return digest.hexdigest()


def _class_folder(name: str) -> str:
    return "".join(name.split("/")[-2:-1])


def _part(name: str) -> str:
    """The name of the folder above the class's."""
    return "".join(name.split("/")[-3:-2]).lower()


def _hold_out(pictures: list[tuple[str, int]], classes: int) -> tuple[list, list]:
    """Split off a tenth of each class, at least one, the same one every time."""
    of_class: list[list] = [[] for _ in range(classes)]
    for picture in pictures:
        of_class[picture[1]].append(picture)
    train, val = [], []
    for label, own in enumerate(of_class):
        order = np.random.default_rng([0, label]).permutation(len(own))
        held = set(order[: max(1, round(len(own) * HELD_OUT))].tolist()) if len(own) > 1 else set()
        for i, picture in enumerate(own):
            (val if i in held else train).append(picture)
    return train, val


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"
