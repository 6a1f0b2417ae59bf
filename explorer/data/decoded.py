"""All pictures of a folder or zip as one array of one size, decoded once and then kept. Imports no torch.

What is decoded is kept in `$EXPLORER_HOME/cache/pictures`, a folder for each set, size and number of channels, so that the
runs of a comparison decode once: the others wait for the first, and all of them then share the pages of one file. A folder
appears there by a rename when it is complete, so a process that is killed leaves nothing that could be taken for pictures.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from explorer.data.decode import BrokenPicture, Read, opened, square
from explorer.data.errors import DataError
from explorer.data.folder import ImageFolder
from explorer.data.report import ImportReport, Skipped, class_counts
from explorer.data.statistics import channel_statistics
from explorer.machine.disk import free_bytes
from explorer.machine.folders import data_folder
from explorer.machine.hardware import cores
from explorer.networks.known_data import Statistics

FORM = 2  # of what is kept; another number makes older ones unknown
MOST_BYTES = 8 * 2**30
MOST_SHARE = 0.25  # of the free disk
AT_ONCE = 64  # pictures a task
WAIT_SECONDS = 0.5

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Decoded:
    """uint8 [N, channels, size, size] and int64 [N] of both parts, the training part's statistics, and what was left out."""

    train_images: np.ndarray
    train_labels: np.ndarray
    val_images: np.ndarray
    val_labels: np.ndarray
    statistics: Statistics
    report: ImportReport


def decoded(folder: ImageFolder, size: int, channels: int, progress: Progress = lambda done: None) -> Decoded:
    """Every readable picture's centre square, scaled; out of the cache where it is there.

    `progress` gets 0 … 1, also while another process decodes the same; what it raises ends the work. Raises DataError
    where a class or a part has no picture that can be read, or the memory is not enough.
    """
    key = sha256(f"{FORM} {folder.fingerprint} {size} {channels}".encode()).hexdigest()[:32]
    with _alone(key, progress) as kept:
        found = kept and _read(kept, folder, size, channels)
        if not found:
            images, broken = _decode(folder, size, channels, progress)
            found = _complete(folder, images, broken)
            if kept and _keep(kept, found, images, broken):
                found = _read(kept, folder, size, channels) or found
    return found


def cache_folder() -> Path:
    """Where decoded pictures are kept; it can be deleted whenever nobody trains."""
    return data_folder() / "cache" / "pictures"


def _decode(folder: ImageFolder, size: int, channels: int, progress: Progress) -> tuple[np.ndarray, dict[int, str]]:
    """The readable pictures of both parts, in order, and for each other its number and the reason."""
    names = [name for name, _ in folder.train + folder.val]
    try:
        images = np.empty((len(names), channels, size, size), np.uint8)
    except MemoryError:
        raise DataError(f"{len(names):,} pictures of {size} pixels do not fit into this machine's memory: take fewer, or a "
                        "network with a smaller input.") from None
    broken: dict[int, str] = {}

    def task(read: Read, first: int) -> int:
        some = names[first : first + AT_ONCE]
        for i, name in enumerate(some, first):
            try:
                images[i] = square(read(name), size, channels)
            except BrokenPicture as error:
                broken[i] = str(error)
        return len(some)

    with opened(folder.path) as read, decoding_pool() as pool:
        done = 0
        for count in pool.map(lambda first: task(read, first), range(0, len(names), AT_ONCE)):
            done += count
            progress(done / len(names))
    if broken:
        images = np.delete(images, sorted(broken), axis=0)
    return images, dict(sorted(broken.items()))


@contextmanager
def decoding_pool() -> Iterator[ThreadPoolExecutor]:
    """Threads for all cores; what has not begun when an error ends the work is not done."""
    pool = ThreadPoolExecutor(cores(), thread_name_prefix="decode")
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _complete(folder: ImageFolder, images: np.ndarray, broken: dict[int, str], statistics: Statistics | None = None) -> Decoded:
    """The parts of the array with their labels. Raises DataError where too little remains."""
    pictures = folder.train + folder.val
    train = [picture for i, picture in enumerate(folder.train) if i not in broken]
    val = [picture for i, picture in enumerate(folder.val, len(folder.train)) if i not in broken]
    skipped = [Skipped(pictures[i][0], reason) for i, reason in broken.items()]
    report = folder.report.without(skipped, class_counts(folder.classes, train, val))
    for one in report.per_class:
        if not one.train:
            raise DataError(f"No training picture of the class {one.name!r} in {folder.path} can be read: mend them or take the class "
                            f"out. {report.summary()}")
    if not val:
        raise DataError(f"No validation picture in {folder.path} can be read: mend them. {report.summary()}")
    train_labels, val_labels = (np.array([label for _, label in part], np.int64) for part in (train, val))
    statistics = statistics or channel_statistics([images[: len(train)]])
    return Decoded(images[: len(train)], train_labels, images[len(train) :], val_labels, statistics, report)


@contextmanager
def _alone(key: str, progress: Progress) -> Iterator[Path | None]:
    """The place of a set among the kept, while no other process works on it; None where nothing can be kept."""
    place = cache_folder() / key
    lock = FileLock(place.with_suffix(".lock"), thread_local=False)
    while (free := _taken(lock)) is False:
        progress(0.0)
    try:
        yield place if free else None
    finally:
        lock.release()


def _taken(lock: FileLock) -> bool | None:
    """Whether the lock is ours within half a second; None where the folder cannot be written."""
    try:
        Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=WAIT_SECONDS)
        return True
    except Timeout:
        return False
    except OSError:
        return None


def _read(place: Path, folder: ImageFolder, size: int, channels: int) -> Decoded | None:
    """What is kept, as pages of its file that come when they are used; None where there is nothing or it is damaged."""
    try:
        about = json.loads((place / "about.json").read_bytes())
        images = np.load(place / "images.npy", mmap_mode="c", allow_pickle=False)
        broken = {int(i): str(reason) for i, reason in about["broken"]}
        expected = (len(folder.train) + len(folder.val) - len(broken), channels, size, size)
        if images.shape != expected or images.dtype != np.uint8:
            return None
        found = _complete(folder, images, broken, Statistics(tuple(about["mean"]), tuple(about["std"])))
        os.utime(place)  # used now: the last to be thrown away
        return found
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(place: Path, found: Decoded, images: np.ndarray, broken: dict[int, str]) -> bool:
    """Keep the pictures for other runs, where the disk has room for them. Whether they are kept."""
    part = place.with_suffix(".part")
    try:
        for old in (place, part):  # a damaged one, or what a killed process left
            shutil.rmtree(old, ignore_errors=True)
        if not _make_room(images.nbytes, place):
            return False
        part.mkdir()
        with open(part / "images.npy", "wb") as file:
            np.save(file, images, allow_pickle=False)
            os.fsync(file.fileno())  # a name that survives a power cut must not stand for pages that did not
        about = {"broken": list(broken.items()), "mean": found.statistics.mean, "std": found.statistics.std}
        (part / "about.json").write_text(json.dumps(about))
        os.replace(part, place)
        return True
    except OSError:
        shutil.rmtree(part, ignore_errors=True)
        return False


def _make_room(needed: int, place: Path) -> bool:
    """Throw away what was used longest ago until so many bytes fit in. Whether they do."""
    kept = sorted((folder.stat().st_mtime, folder) for folder in place.parent.iterdir() if folder.is_dir())
    sizes = {folder: sum(file.stat().st_size for file in folder.iterdir()) for _, folder in kept}
    limit = min(MOST_BYTES, MOST_SHARE * (free_bytes(place) + sum(sizes.values())))
    for _, folder in kept:
        if needed > limit or needed + sum(sizes.values()) <= limit:
            break
        with suppress(Timeout), FileLock(folder.with_suffix(".lock"), timeout=0):
            shutil.rmtree(folder, ignore_errors=True)
            del sizes[folder]
    return needed + sum(sizes.values()) <= limit
