"""A user's own pictures: a folder, or a zip, of class folders. Imports no torch."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import numpy as np
from PIL import Image, ImageOps

from explorer.errors import BadInput

SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff"}
VAL_NAMES = {"val", "valid", "validation", "test"}
HELD_OUT = 0.1
# What Pillow may decode. Its other plug-ins (EPS calls Ghostscript, for one) are never tried on a user's file.
FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PIXELS = 50_000_000
MAX_BYTES = 200 * 2**20  # so many pixels, uncompressed; what a small zip may claim to unpack to is without limit
ENCRYPTED = 0x1


class DataError(BadInput):
    """A data set that is not there or cannot be used; the message says what is wrong and what would be right."""


@dataclass(frozen=True)
class ImageFolder:
    """The pictures of a folder or zip: (path inside it, class index) for the training and the validation part."""

    path: Path
    classes: tuple[str, ...]
    train: tuple[tuple[str, int], ...]
    val: tuple[tuple[str, int], ...]
    split_note: str


def scan(path: Path) -> ImageFolder:
    """List the pictures. A picture's class is the folder it lies in; a folder above named train, or val, valid, validation
    or test, says which part it belongs to. Without a validation part every tenth picture of each class is held out,
    drawn once and for all. Raises DataError.
    """
    names = [name for name in _names(path) if _is_picture(name)]
    labelled = [(name, PurePosixPath(name).parent.name) for name in names]
    classes = tuple(sorted({label for _, label in labelled if label}))
    if len(classes) < 2:
        raise DataError(f"{path} holds {len(names)} pictures in {len(classes)} class folders: "
                        "put the pictures of each class in a folder of its own, at least two of them.")
    index = {label: i for i, label in enumerate(classes)}
    val = [(name, index[label]) for name, label in labelled if label and _part(name) in VAL_NAMES]
    train = [(name, index[label]) for name, label in labelled if label and _part(name) not in VAL_NAMES]
    note = "The validation part is the one in its own folder."
    if not val:
        train, val = _hold_out(train, len(classes))
        note = "A tenth of each class is held out for validation."
    if not train or not val:
        raise DataError(f"{path} has {len(train)} training and {len(val)} validation pictures: both parts need some "
                        "(a class needs at least two pictures to hold one out).")
    return ImageFolder(path, classes, tuple(train), tuple(val), note)


def read_pictures(folder: ImageFolder, names: list[str], size: int, channels: int) -> Iterator[np.ndarray]:
    """Each picture as uint8 [channels, size, size]: the centre square, scaled. Raises DataError naming a broken one."""
    mode = "L" if channels == 1 else "RGB"
    with _opener(folder.path) as read:
        for name in names:
            try:
                pixels = _decode(read(name), name, size, mode)
            except (DataError, MemoryError):
                raise
            except Image.DecompressionBombError as error:
                raise _too_large(name) from error
            except Exception as error:  # decoders and zip files answer damaged data with nearly any exception
                raise DataError(f"{name} in {folder.path} cannot be read as a picture: mend it or take it out.") from error
            yield pixels.reshape(size, size, channels).transpose(2, 0, 1)


def _decode(content: bytes, name: str, size: int, mode: str) -> np.ndarray:
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        if picture.width * picture.height > MAX_PIXELS:  # by the header, before any pixel is decoded
            raise _too_large(name)
        if picture.size != (size, size):
            picture = ImageOps.fit(ImageOps.exif_transpose(picture), (size, size), Image.Resampling.BICUBIC)
        return np.asarray(picture.convert(mode))


def _too_large(name: str) -> DataError:
    return DataError(f"{name} has more than {MAX_PIXELS:,} pixels: scale it down first.")


def _names(path: Path) -> list[str]:
    if not path.is_dir():
        with _open_zip(path) as archive:
            return sorted(archive.namelist())
    try:
        return sorted(file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from error


def _open_zip(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except Exception as error:  # a damaged zip gives nearly any exception
        raise DataError(f"{path} is neither a folder nor a readable zip file of class folders.") from error


@contextmanager
def _opener(path: Path):
    """A function from a picture's name to its bytes; it raises DataError for too many of them and for encrypted ones."""
    if path.is_dir():
        yield lambda name: _read_file(path / name, name)
    else:
        with _open_zip(path) as archive:
            yield lambda name: _read_entry(archive, name)


def _read_file(file: Path, name: str) -> bytes:
    _check_bytes(file.stat().st_size, name)
    return file.read_bytes()


def _read_entry(archive: zipfile.ZipFile, name: str) -> bytes:
    entry = archive.getinfo(name)
    if entry.flag_bits & ENCRYPTED:
        raise DataError(f"{name} in {archive.filename} is encrypted: make a zip without a password.")
    _check_bytes(entry.file_size, name)  # zipfile never unpacks more than that
    return archive.read(entry)


def _check_bytes(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise DataError(f"{name} has {size:,} bytes; a picture may have {MAX_BYTES:,}: scale it down or take it out.")


def _is_picture(name: str) -> bool:
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith(".") or part == "__MACOSX" for part in parts)
    return not hidden and PurePosixPath(name).suffix.lower() in SUFFIXES


def _part(name: str) -> str:
    parents = PurePosixPath(name).parts[:-2]
    return parents[-1].lower() if parents else ""


def _hold_out(pictures: list[tuple[str, int]], classes: int) -> tuple[list, list]:
    """Split off a tenth of each class, at least one, the same one every time."""
    train, val = [], []
    for label in range(classes):
        of_class = [picture for picture in pictures if picture[1] == label]
        order = np.random.default_rng([0, label]).permutation(len(of_class))
        held = set(order[: max(1, round(len(of_class) * HELD_OUT))].tolist()) if len(of_class) > 1 else set()
        for i, picture in enumerate(of_class):
            (val if i in held else train).append(picture)
    return train, val
