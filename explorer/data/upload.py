"""Keep a zip of pictures that came through the browser, so that runs can read it for as long as they need. Imports no torch."""

import hashlib
import os
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from explorer.data.errors import DataError
from explorer.data.folder import scan
from explorer.machine.disk import free_bytes, is_full, remove_stale
from explorer.machine.folders import data_folder

CHUNK = 2**20
MOST_BYTES = 8 * 2**30


def uploads_folder() -> Path:
    """Where uploaded zips are kept, each in a folder named after its content."""
    return data_folder() / "data" / "uploads"


def keep_upload(file: BinaryIO, name: str) -> Path:
    """Keep a zip of class folders and return its path: the same content has the same path, under its first name.

    `file` is read from its beginning, in chunks. Raises DataError where it is no such zip, or the disk has no room; then
    nothing is kept.
    """
    part = None
    try:
        uploads_folder().mkdir(parents=True, exist_ok=True)
        remove_stale(uploads_folder().glob("*.part"))
        handle, part = tempfile.mkstemp(suffix=".part", dir=uploads_folder())
        with open(handle, "wb") as kept:
            digest = _copy(file, kept, name)
        with suppress(StopIteration):
            return next((uploads_folder() / digest).glob("*.zip"))
        _check(Path(part), name)
        place = uploads_folder() / digest / f"{_safe(name)}.zip"
        place.parent.mkdir(exist_ok=True)
        os.replace(part, place)
        return place
    except OSError as error:
        why = "the disk is full: free some space and try again" if is_full(error) else error.strerror or error
        raise DataError(f"{name} could not be kept in {uploads_folder()}: {why}.") from error
    finally:
        if part:
            with suppress(OSError):
                os.unlink(part)


def _copy(file: BinaryIO, kept: BinaryIO, name: str) -> str:
    """Copy everything and return the beginning of its SHA-256."""
    digest, size = hashlib.sha256(), 0
    limit = min(MOST_BYTES, free_bytes(uploads_folder()))
    file.seek(0)
    while chunk := file.read(CHUNK):
        size += len(chunk)
        if size > limit:
            raise DataError(f"{name} has more than {limit / 1e9:.1f} GB, which is all that there is room for: put it on this machine "
                            "yourself and give its path.")
        digest.update(chunk)
        kept.write(chunk)
    return digest.hexdigest()[:16]


def _check(part: Path, name: str) -> None:
    """Raise DataError, in terms of the name that the person knows, for what `scan` refuses."""
    try:
        scan(part)
    except DataError as error:
        raise DataError(str(error).replace(str(part), name)) from error


def _safe(name: str) -> str:
    """What of a file's name is fit for one: letters, digits, spaces, dots, dashes; never a path."""
    stem = Path(name.replace("\\", "/")).name.removesuffix(".zip").removesuffix(".ZIP")
    return re.sub(r"[^\w .-]", "-", stem).strip(" .-")[:60] or "pictures"
