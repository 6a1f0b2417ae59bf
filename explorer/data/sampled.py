"""The channel statistics of pictures that are not all decoded: of a sample, which is kept."""

import json
from contextlib import suppress
from hashlib import sha256
from itertools import chain

import numpy as np

from explorer.data.augment import centre_picture
from explorer.data.decode import BrokenPicture, opened
from explorer.data.decoded import FORM, Progress, decoding_pool
from explorer.data.errors import DataError
from explorer.data.folder import ImageFolder
from explorer.data.statistics import channel_statistics
from explorer.machine.folders import data_folder
from explorer.networks.known_data import Statistics
from explorer.runs.errors import RunError
from explorer.runs.files import write_json

# The mean of so many pictures strays by about a hundredth of a picture's own deviation; smaller sets are measured whole.
SAMPLE = 5000
AT_ONCE = 64


def sampled_statistics(folder: ImageFolder, size: int, channels: int, progress: Progress = lambda done: None) -> Statistics:
    """Of 5,000 training pictures drawn once and for all, or of all if there are fewer, as they are validated on.

    Kept in `$EXPLORER_HOME/cache/statistics`. Raises DataError where none of them can be read.
    """
    key = sha256(f"{FORM} {folder.fingerprint} {size} {channels} {SAMPLE}".encode()).hexdigest()[:32]
    kept = data_folder() / "cache" / "statistics" / f"{key}.json"
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads(kept.read_bytes())
        return Statistics(tuple(map(float, found["mean"])), tuple(map(float, found["std"])))
    statistics = _measure(folder, size, channels, progress)
    with suppress(OSError, RunError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_json(kept, statistics._asdict())
    return statistics


def _measure(folder: ImageFolder, size: int, channels: int, progress: Progress) -> Statistics:
    chosen = np.sort(np.random.default_rng(0).permutation(len(folder.train))[:SAMPLE]).tolist()

    def task(first: int) -> np.ndarray:
        pictures = []
        for index in chosen[first : first + AT_ONCE]:
            with suppress(BrokenPicture):
                pictures.append(centre_picture(read(folder.train[index][0]), size, channels))
        return np.stack(pictures) if pictures else np.empty((0, channels, size, size), np.uint8)

    def parts(results):
        for done, part in enumerate(results, 1):
            progress(min(1.0, done * AT_ONCE / len(chosen)))
            if len(part):
                yield part

    with opened(folder.path) as read, decoding_pool() as pool:
        read_parts = parts(pool.map(task, range(0, len(chosen), AT_ONCE)))
        first = next(read_parts, None)
        if first is None:
            raise DataError(f"None of {len(chosen):,} pictures in {folder.path} can be read: they are broken, or no pictures.")
        return channel_statistics(chain([first], read_parts))
