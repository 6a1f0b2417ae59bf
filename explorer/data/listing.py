"""Which files of a folder or zip may be pictures, found without opening one of them. Imports no torch.

Nothing of a zip is ever unpacked to the disk: a picture is read into memory by its entry. So a name that leads out of the
archive could do no harm, but no honest tool writes one, and it is left out as links are.
"""

import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from explorer.data.errors import DataError
from explorer.data.formats import MAX_BYTES, SUFFIXES
from explorer.data.report import Skipped

NO_PICTURE = "not a picture file"
TOO_LARGE = f"larger than {MAX_BYTES // 2**20} MB"
MAX_FILES = 2_000_000
MAX_TOTAL = 2**40
# Of a zip's central directory: an entry takes 46 bytes and its name, and some 500 of memory once it is read. That of ImageNet's
# 1.28 million pictures has 130 MB. One that came through the browser lies in the server's memory itself, perhaps beside others.
MOST_DIRECTORY = 160_000_000
MOST_DIRECTORY_UPLOADED = 16_000_000
# Deflate reaches 1032 : 1 on zeros. Flat drawings as BMP come to some 100 : 1, photographs to 1 : 1.
MAX_RATIO = 200
SMALL_ENOUGH = 2**20  # what unpacks to less than this is no bomb, however well it was packed
ENCRYPTED = 0x1


class File(NamedTuple):
    """A file that may be a picture: its path inside, with slashes; its bytes unpacked; what changes when it does."""

    name: str
    bytes: int
    stamp: int


@dataclass
class Listing:
    """The files that may be pictures, by name, and those that cannot be."""

    files: list[File] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)


def list_files(path: Path) -> Listing:
    """Every file of a folder or zip. Raises DataError for what is neither, and for a zip made to exhaust the machine."""
    if path.is_dir():
        return _in_order(_list_folder(path), path)
    with open_zip(path) as archive:
        return list_zip(archive, path.stat().st_size, path)


def list_zip(archive: zipfile.ZipFile, size: int, name: str | Path) -> Listing:
    """Every file of an open zip of so many bytes; `name` is what an error calls it. Raises DataError for a bomb."""
    entries = archive.infolist()
    _check_bomb(name, size, entries)
    return _in_order(_list_entries(entries), name)


def open_zip(file: Path | BinaryIO, name: str | Path | None = None) -> zipfile.ZipFile:
    """The zip at a path or in an open file, which an error calls by its name. Raises DataError."""
    try:
        with file.open("rb") if isinstance(file, Path) else nullcontext(file) as opened:
            _check_directory(opened, name or file, MOST_DIRECTORY if isinstance(file, Path) else MOST_DIRECTORY_UPLOADED)
        return zipfile.ZipFile(file)
    except DataError:
        raise
    except Exception as error:  # a damaged zip gives nearly any exception
        raise DataError(f"{name or file} is neither a folder nor a readable zip file of class folders.") from error


def _check_directory(file: BinaryIO, name: str | Path, most: int) -> None:
    """Raise DataError where a zip's list of its files is too long to be read: opening it makes an object for every entry."""
    # By what zipfile itself goes by, in its own way of finding it; the record's count of entries may be any number.
    record = zipfile._EndRecData(file)
    if record and record[zipfile._ECD_SIZE] > most:
        size = record[zipfile._ECD_SIZE] / 1e6
        raise DataError(f"{name} holds too many files: the list of their names alone takes {size:,.0f} MB, and up to {most / 1e6:.0f} MB "
                        "are read. Make several zips of it.")


def _in_order(listing: Listing, name: str | Path) -> Listing:
    listing.files.sort()
    listing.skipped.sort()
    if sum(file.bytes for file in listing.files) > MAX_TOTAL:
        raise DataError(f"{name} holds more than {MAX_TOTAL / 2**40:.0f} TB of pictures: take a part of it.")
    return listing


def _list_folder(path: Path) -> Listing:
    listing, root = Listing(), path.resolve()
    try:
        for entry, name in _walk(root, ""):
            name, reason = _as_text(name)
            if not (reason := reason or _folder_reason(entry, name, root)):
                about = entry.stat()
                reason = _size_reason(about.st_size)
            if reason:
                listing.skipped.append(Skipped(name, reason))
            elif entry.is_dir():
                listing.folders.add(name)
            else:
                listing.files.append(File(name, about.st_size, about.st_mtime_ns))
            _check_count(listing, path)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error
    return listing


def _as_text(name: str) -> tuple[str, str | None]:
    """A name that can be printed and, where the file's own cannot, the reason to leave it out."""
    text = name.encode("utf-8", "replace").decode()
    return text, None if text == name else "named in bytes that are no text"


def _walk(folder: Path | str, prefix: str) -> Iterator[tuple[os.DirEntry, str]]:
    """Everything below that is not hidden, without following links to folders."""
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if not _is_hidden(entry.name):
                name = f"{prefix}{entry.name}"
                yield entry, name
                if entry.is_dir(follow_symlinks=False):
                    yield from _walk(entry.path, f"{name}/")


def _folder_reason(entry: os.DirEntry, name: str, root: Path) -> str | None:
    if entry.is_symlink():
        if not os.path.exists(entry.path):
            return "a link to nothing"
        if not Path(entry.path).resolve().is_relative_to(root):
            return "a link that leads out of the folder"
        if entry.is_dir():
            return "a link to a folder"
    if entry.is_dir():
        return None
    return None if entry.is_file() and _has_suffix(name) else NO_PICTURE


def _list_entries(entries: list[zipfile.ZipInfo]) -> Listing:
    listing, last = Listing(), {entry.filename: entry for entry in entries}
    for entry in entries:
        name = entry.filename
        if any(map(_is_hidden, name.split("/"))):
            continue
        reason = "named twice" if last[name] is not entry else _zip_reason(entry)
        if reason:
            listing.skipped.append(Skipped(name, reason))
        elif entry.is_dir():
            listing.folders.add(name.rstrip("/"))
        else:
            listing.files.append(File(name, entry.file_size, entry.CRC))
    return listing


def _zip_reason(entry: zipfile.ZipInfo) -> str | None:
    """Why an entry of a zip is left out, or None."""
    if _leads_out(entry.filename):
        return "named so as to lead out of the zip"
    if stat.S_ISLNK(entry.external_attr >> 16):
        return "a link"
    if entry.is_dir():
        return None
    if not _has_suffix(entry.filename):
        return NO_PICTURE
    if entry.flag_bits & ENCRYPTED:
        return "encrypted (make a zip without a password)"
    if entry.file_size > SMALL_ENOUGH and entry.file_size > MAX_RATIO * max(1, entry.compress_size):
        return f"unpacking to more than {MAX_RATIO} times its size"
    return _size_reason(entry.file_size)


def _check_bomb(name: str | Path, packed: int, entries: list[zipfile.ZipInfo]) -> None:
    """Raise DataError for a zip that would unpack to far more than pictures do: its parts overlap, or are nothing but zeros."""
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MAX_FILES:
        raise DataError(_too_many(name))
    if unpacked > 1024 * SMALL_ENOUGH and unpacked > MAX_RATIO * packed:
        raise DataError(f"{name} has {packed:,} bytes and claims to unpack to {unpacked:,}, {unpacked // packed:,} times as many: "
                        "no set of pictures does; it looks made to fill a disk.")


def _check_count(listing: Listing, path: Path) -> None:
    if len(listing.files) + len(listing.skipped) > MAX_FILES:
        raise DataError(_too_many(path))


def _too_many(name: str | Path) -> str:
    return f"{name} holds more than {MAX_FILES:,} files: take a part of it."


def _size_reason(size: int) -> str | None:
    if not size:
        return "empty"
    return TOO_LARGE if size > MAX_BYTES else None


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/") or name[1:2] == ":"


def _is_hidden(part: str) -> bool:
    return part.startswith(".") and part not in (".", "..") or part == "__MACOSX"


def _has_suffix(name: str) -> bool:
    return os.path.splitext(name)[1].lower().removeprefix(".") in SUFFIXES
