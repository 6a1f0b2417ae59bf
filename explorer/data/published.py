"""Published data sets as they lie on a disk: whether they are there, and their pictures as arrays. Imports no torch.

torchvision's own readers are not used: its CIFAR's runs whatever code a pickle holds, its SVHN's needs SciPy, and its
MNIST's needs the files unpacked. The layouts and the values are the same; tests hold the two against each other.
"""

import gzip
import io
import math
import pickle
import tarfile
from pathlib import Path

import numpy as np

from explorer.data.catalogue import NamedData
from explorer.data.errors import DataError
from explorer.data.matlab import LARGEST, read_mat

Part = tuple[np.ndarray, np.ndarray]
"""Images uint8 [N, C, H, W] and labels [N]."""

IDX_UNSIGNED_BYTES = 0x08
IDX_PAD = 2
# Of the training part and of the validation part; CIFAR-10's and CIFAR-100's.
CIFAR_FILES = {
    "cifar10": (tuple(f"data_batch_{i}" for i in range(1, 6)), ("test_batch",)),
    "cifar100": (("train",), ("test",)),
}
CIFAR_LABELS = (b"labels", b"fine_labels")
PICTURE_FOLDERS = ("imagenette2-160", "imagenette2-320", "imagenette2")


def find(entry: NamedData, place: Path) -> Path | None:
    """Where the data set lies at or below a place, in the layout that torchvision leaves; None if it is not whole."""
    try:
        return _FINDERS[entry.format](entry, place)
    except OSError:  # a folder that may not be read
        return None


def read(entry: NamedData, source: Path) -> tuple[Part, Part]:
    """The training and the validation part of what `find` has found. Raises DataError where it is damaged."""
    try:
        train, val = _READERS[entry.format](entry, source)
        for images, labels in (train, val):
            if images.dtype != np.uint8 or images.shape[1:] != (entry.channels, entry.size, entry.size) or len(images) != len(labels):
                raise ValueError(f"pictures of shape {images.shape} and {len(labels)} labels")
            if not 0 <= labels.min() <= labels.max() < len(entry.classes):
                raise ValueError(f"labels from {labels.min()} to {labels.max()}")
        return train, val
    except MemoryError:
        raise
    except Exception as error:  # gzip, tar, zlib and pickle answer damaged data with nearly any exception
        raise DataError(f"The {entry.title} in {source} is damaged ({error}): delete it and download it again.") from error


def _find_idx(entry: NamedData, place: Path) -> Path | None:
    """The folder with the four files. MNIST's and Fashion-MNIST's have the same names: the path says which they are."""
    if ("fashion" in str(place).lower()) != (entry.name == "fashion-mnist") and not (place / entry.folder).is_dir():
        return None
    for folder in (place / entry.folder / "raw", place / "raw", place):
        if all(_idx_file(folder, file.path) for file in entry.files):
            return folder
    return None


def _idx_file(folder: Path, published: str) -> Path | None:
    """The file of a published name, as it is or unpacked."""
    packed = folder / Path(published).name
    return next((path for path in (packed.with_suffix(""), packed) if path.is_file()), None)


def _read_idx(entry: NamedData, source: Path) -> tuple[Part, Part]:
    train_images, train_labels, val_images, val_labels = [_idx_array(_idx_file(source, file.path)) for file in entry.files]
    return (padded(train_images), train_labels), (padded(val_images), val_labels)


def padded(images: np.ndarray) -> np.ndarray:
    """uint8 [N, 28, 28] to [N, 1, 32, 32], with zeros around."""
    return np.pad(images, ((0, 0), (IDX_PAD, IDX_PAD), (IDX_PAD, IDX_PAD)))[:, None]


def _idx_array(path: Path) -> np.ndarray:
    """An IDX file: two zero bytes, the type, the number of dimensions, each as 4 bytes big-endian, then the values in C order."""
    with gzip.open(path) if path.suffix == ".gz" else open(path, "rb") as file:
        zero, kind, dimensions = int.from_bytes(file.read(2)), *file.read(2)
        if zero or kind != IDX_UNSIGNED_BYTES or dimensions not in (1, 3):
            raise ValueError(f"{path.name} is not a file of that kind")
        shape = np.frombuffer(file.read(4 * dimensions), ">u4").astype(np.int64)
        wanted = math.prod(shape.tolist())
        if wanted > LARGEST:
            raise ValueError(f"{path.name} claims to hold {wanted:,} bytes")
        values = np.frombuffer(file.read(wanted), np.uint8)
    return values.reshape(shape)


def _find_cifar(entry: NamedData, place: Path) -> Path | None:
    """The folder that torchvision unpacks, or the archive."""
    names = sum(CIFAR_FILES[entry.name], ())
    for folder in (place / entry.folder, place):
        if all((folder / name).is_file() for name in names):
            return folder
    archive = Path(entry.files[0].path).name
    return next((path for path in (place / archive, place) if path.name == archive and path.is_file()), None)


def _read_cifar(entry: NamedData, source: Path) -> tuple[Part, Part]:
    names = CIFAR_FILES[entry.name]
    batches = _cifar_batches(source, entry.folder, sum(names, ()))
    train, val = [_joined([batches[name] for name in part]) for part in names]
    return train, val


def _cifar_batches(source: Path, folder: str, names: tuple[str, ...]) -> dict[str, dict]:
    if source.is_dir():
        return {name: _unpickle((source / name).read_bytes()) for name in names}
    found = {}
    with tarfile.open(source) as archive:  # in the order of the archive, so that it is unpacked once only
        for member in archive:
            if member.name in (f"{folder}/{name}" for name in names):
                found[member.name.removeprefix(f"{folder}/")] = _unpickle(archive.extractfile(member).read())
    return found


def _joined(batches: list[dict]) -> Part:
    images = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, 32, 32)
    return images, np.concatenate([np.asarray(next(batch[key] for key in CIFAR_LABELS if key in batch)) for batch in batches])


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


def _find_mat(entry: NamedData, place: Path) -> Path | None:
    names = [Path(file.path).name for file in entry.files]
    folders = (place, place / entry.folder, place.parent if place.name in names else place)
    return next((folder for folder in folders if all((folder / name).is_file() for name in names)), None)


def _read_mat(entry: NamedData, source: Path) -> tuple[Part, Part]:
    train, val = [_house_numbers(source / Path(file.path).name) for file in entry.files]
    return train, val


def _house_numbers(path: Path) -> Part:
    """X is uint8 [H, W, 3, N], y is [N, 1] with the digit 0 labelled 10."""
    arrays = read_mat(path)
    images = np.ascontiguousarray(arrays["X"].transpose(3, 2, 0, 1))
    return images, arrays["y"].ravel().astype(np.int64) % 10


def _find_pictures(entry: NamedData, place: Path) -> Path | None:
    for folder in (*(place / name for name in PICTURE_FOLDERS), place):
        if folder.name in PICTURE_FOLDERS and (folder / "train").is_dir() and (folder / "val").is_dir():
            return folder
    return None


_FINDERS = {"idx": _find_idx, "cifar": _find_cifar, "mat": _find_mat, "pictures": _find_pictures}
_READERS = {"idx": _read_idx, "cifar": _read_cifar, "mat": _read_mat}
