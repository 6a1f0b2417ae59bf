"""Many small files given away as one zip or as a folder: whole or not at all, the same bytes for the same files."""

import io
import os
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from explorer.runs.errors import RunError, writing
from explorer.runs.files import write_whole

Files = Iterable[tuple[str, str | bytes]]  # paths with forward slashes, and what is in them

EPOCH = (1980, 1, 1, 0, 0, 0)  # where the time of a zip begins: when it was made is nothing that it says


def zip_bytes(files: Files) -> bytes:
    """The files as a zip in memory."""
    held = io.BytesIO()
    _fill(held, files)
    return held.getvalue()


def write_zip(files: Files, path: Path) -> Path:
    """Write the files as a zip. Raises RunWriteError; nothing is left behind then."""
    path = Path(path)
    if path.is_dir():
        raise RunError(f"{path} is a folder; name a zip file to write.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with writing(path), part.open("wb") as file:
            _fill(file, files)
        with writing(path):
            os.replace(part, path)
    finally:
        with suppress(OSError):
            part.unlink()
    return path


def write_folder(files: Files, folder: Path) -> Path:
    """Write the files below a folder, which is made; others that lie there stay. Raises RunWriteError."""
    folder = Path(folder)
    if folder.exists() and not folder.is_dir():
        raise RunError(f"{folder} is a file; name a folder to write to.")
    for name, content in files:
        path = folder / name
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content.encode() if isinstance(content, str) else content)
    return folder


def _fill(file, files: Files) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
