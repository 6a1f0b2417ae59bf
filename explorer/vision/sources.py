"""Where many pictures come from: files, folders and zips, listed before one of them is opened. No torch."""

import os
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from explorer.data.decode import BrokenPicture, whole
from explorer.data.errors import DataError
from explorer.data.folder import PART_NAMES, class_folders
from explorer.data.listing import NO_PICTURE, Listing, list_files, list_zip, open_zip
from explorer.vision.picture import PictureError, read_file

MOST_NAMED = 200  # files of a folder or zip that are left out one by one, by their names
ZIP_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")  # a zip with entries, and one without (APPNOTE 4.3.7 and 4.3.16)


@dataclass(frozen=True)
class Source:
    """A file that may be a picture: what it is called, the class folder it lies in where there are classes, and how to get its bytes.

    `read` may be called by any thread, again and again; it raises PictureError.
    """

    name: str
    label: str | None
    read: Callable[[], bytes]


class Refused(NamedTuple):
    """What is not looked at, by its name, and why, in a sentence; of how many files it tells that are of another kind than pictures."""

    name: str
    sentence: str
    others: int = 0


def sources_of(paths: Iterable[str | os.PathLike]) -> tuple[list[Source], list[Refused]]:
    """What files, folders and zips hold, in their order, and within a folder or zip by name; and what they hold that is no picture.

    A file is taken whatever it is called: whether it is a picture shows when it is decoded. In a folder or zip only files with a
    picture's ending are, and they have labels where they lie in two or more class folders (also below train, val or test). Nothing
    raises: a path to nothing is refused like the others.
    """
    sources, refused = [], []
    for path in map(Path, paths):
        found, left_out = _sources_at(path)
        sources += found
        refused += left_out
    return sources, refused


def sources_in_zip(data: BinaryIO, name: str) -> tuple[list[Source], list[Refused]]:
    """What an open zip holds, for as long as `data` stays open; `name` is what it is called, and what its files' names begin with."""
    try:
        archive = open_zip(data, name)
        size = data.seek(0, os.SEEK_END)
        return _in_zip(archive, list_zip(archive, size, name), name)
    except DataError as error:
        return [], [Refused(name, str(error))]


def is_zip(data: BinaryIO) -> bool:
    """Whether a file begins as a zip does."""
    data.seek(0)
    return data.read(4) in ZIP_BEGINS


def _sources_at(path: Path) -> tuple[list[Source], list[Refused]]:
    name = str(path)
    try:
        if path.is_dir():
            return _sources(list_files(path), name, lambda inside: partial(read_file, path / inside, f"{name}/{inside}"))
        if path.is_file() and _is_zip_file(path):
            archive = open_zip(path)
            return _in_zip(archive, list_zip(archive, path.stat().st_size, name), name)
        if path.is_file():
            return [Source(name, None, partial(read_file, path, name))], []
        read_file(path, name)
    except (DataError, PictureError) as error:
        return [], [Refused(name, str(error))]
    except (OSError, ValueError) as error:
        return [], [Refused(name, f"{name} cannot be read ({error}).")]
    return [], [Refused(name, f"{name} is not a file; a picture was expected.")]


def _is_zip_file(path: Path) -> bool:
    with path.open("rb") as file:
        return path.suffix.lower() == ".zip" or is_zip(file)


def _in_zip(archive: zipfile.ZipFile, listing: Listing, name: str) -> tuple[list[Source], list[Refused]]:
    return _sources(listing, name, lambda inside: partial(_read_entry, archive, inside, f"{name}/{inside}"))


def _sources(listing: Listing, prefix: str, read: Callable[[str], Callable[[], bytes]]) -> tuple[list[Source], list[Refused]]:
    labels = class_folders(file.name for file in listing.files)
    if len({label for label in labels.values() if label.lower() not in PART_NAMES}) < 2:
        labels = {}
    sources = [Source(f"{prefix}/{file.name}", labels.get(file.name), read(file.name)) for file in listing.files]
    left_out = sorted(listing.skipped, key=lambda one: one.reason == NO_PICTURE)  # first what should have been a picture
    refused = [
        Refused(f"{prefix}/{name}", f"{prefix}/{name} was left out: {reason}.", int(reason == NO_PICTURE))
        for name, reason in left_out[:MOST_NAMED]
    ]
    if more := Counter(reason for _, reason in left_out[MOST_NAMED:]):
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in more.most_common())
        refused.append(Refused(prefix, f"{more.total():,} more files of {prefix} were left out: {reasons}.", more[NO_PICTURE]))
    if not sources and not refused:
        refused = [Refused(prefix, f"{prefix} holds no picture.")]
    return sources, refused


def _read_entry(archive: zipfile.ZipFile, inside: str, name: str) -> bytes:
    try:
        return whole(archive.open, inside)
    except BrokenPicture as error:
        raise PictureError(f"{name} cannot be read: {error}.") from error
