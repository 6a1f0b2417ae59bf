"""Small files that are read while they are written: whole or not at all."""

import json
import math
import os
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from explorer.runs.errors import write_error

Model = TypeVar("Model", bound=BaseModel)
SETTLED_SECONDS = 2.0  # two changes in one tick of the file system's clock look like one: what is newer is read again
MOST_KEPT = 20_000
_kept: dict[tuple[str, type], tuple[tuple, BaseModel | None]] = {}


def write_json(path: Path, value) -> None:
    """Replace a file in one step; a reader sees the old text or the new. Raises RunWriteError."""
    write_whole(path, (json.dumps(finite(value), indent=1, allow_nan=False) + "\n").encode())


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step, through a temporary one beside it. Raises RunWriteError and leaves the old file."""
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise write_error(path, error) from error


def read_model(path: Path, model: type[Model]) -> Model | None:
    """The file's content as a model; None if it is missing, torn, or another program's.

    A file that has not changed since this process read it is not read again: a thousand ended runs are listed by looking at
    their files' times.
    """
    key = os.fspath(path), model
    try:
        looks = _looks(path)
        kept = _kept.get(key)
        if kept and kept[0] == looks:
            return kept[1]
        found = _read_model(path, model)
    except OSError:
        _kept.pop(key, None)
        return None
    if time.time() - looks[0] / 1e9 > SETTLED_SECONDS:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = looks, found
    return found


def append_line(path: Path, row: dict) -> None:
    """Add a row to a file of JSON lines, whole or not at all, after cutting off a line that was left torn. Raises OSError."""
    line = (json.dumps(finite(row), separators=(",", ":"), allow_nan=False) + "\n").encode()
    with open(path, "ab+", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        if end and file.seek(-1, os.SEEK_END) is not None and file.read(1) != b"\n":
            end = _end_of_last_line(file, end)
            file.truncate(end)
        try:
            written = 0
            while written < len(line):
                written += file.write(line[written:])
        except OSError:
            with suppress(OSError):
                file.truncate(end)
            raise


def finite(value):
    """The same data with None for NaN and the infinities, which JSON does not have."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): finite(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(entry) for entry in value]
    return value


def _looks(path: Path) -> tuple[int, int, int]:
    found = os.stat(path)
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read_model(path: Path, model: type[Model]) -> Model | None:
    with open(path, "rb") as file:
        content = file.read()
    try:
        return model.model_validate_json(content)
    except ValidationError:
        return None


def _end_of_last_line(file, end: int) -> int:
    while end:
        start = max(0, end - 4096)
        file.seek(start)
        newline = file.read(end - start).rfind(b"\n")
        if newline >= 0:
            return start + newline + 1
        end = start
    return 0
