"""Many pictures through one or several networks: read, decoded, prepared and answered batch by batch, on all cores.

Each thread takes a batch from its file bytes to its answers; no more batches are under way than there are threads, and one.
So memory stays bounded however many pictures there are, and one core decodes while another multiplies.
"""

import io
import itertools
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from explorer.errors import BadInput
from explorer.machine.hardware import cores
from explorer.vision.classify import probabilities, ranked
from explorer.vision.loading import LoadedModel
from explorer.vision.picture import Picture, open_picture
from explorer.vision.prepare import prepare
from explorer.vision.quick import quick
from explorer.vision.sources import Refused, Source

THREADS = 4
# Pictures in a batch, by the network's input: larger ones fill the cache with their signals.
SMALL_SIDE, SMALL_BATCH, LARGE_BATCH = 64, 32, 8
THUMBNAIL = 64  # pixels of its longer side


@dataclass(frozen=True)
class Likeliest:
    """The likeliest classes by one network: their places in its list of classes, and their probabilities."""

    classes: tuple[int, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True)
class Answered:
    """A picture by its name, the name of its class folder, (width, height), a small WebP of it, an answer of each network, and what
    was done to the file's pixels."""

    name: str
    label: str | None
    size: tuple[int, int]
    thumbnail: bytes
    answers: tuple[Likeliest, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Phases:
    """Seconds by what they went to, added up over threads: `decode` has the reading in it, `prepare` the thumbnail."""

    decode: float = 0
    prepare: float = 0
    network: float = 0

    def __add__(self, other: "Phases") -> "Phases":
        return Phases(self.decode + other.decode, self.prepare + other.prepare, self.network + other.network)


@dataclass(frozen=True)
class Batch:
    """What became of some pictures, in the order they were given."""

    rows: tuple[Answered, ...]
    refused: tuple[Refused, ...]
    phases: Phases


def answers(models: Sequence[LoadedModel], sources: Iterable[Source], top: int = 5) -> Iterator[Batch]:
    """The `top` likeliest classes of each picture by each network, batch after batch, in order.

    A picture that cannot be read is refused by its name, and the others go on. Who stops early leaves nothing running. Raises
    ModelError if a network gives no finite numbers.
    """
    fast, waiting = [quick(model) for model in models], iter(sources)
    size = SMALL_BATCH if all(model.preparation.size <= SMALL_SIDE for model in models) else LARGE_BATCH
    threads = min(cores(), THREADS)
    pool, under_way = ThreadPoolExecutor(threads, thread_name_prefix="pictures"), deque()
    try:
        while True:
            while len(under_way) <= threads and (some := list(itertools.islice(waiting, size))):
                under_way.append(pool.submit(_answer, fast, some, top))
            if not under_way:
                return
            yield under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _answer(models: Sequence[LoadedModel], sources: Sequence[Source], top: int) -> Batch:
    """One batch, from files to answers, on the thread that calls."""
    decoding, preparing, seen, refused = 0.0, 0.0, [], []
    inputs: list[list[np.ndarray]] = [[] for _ in models]
    for source in sources:
        began = time.perf_counter()
        try:
            picture = open_picture(source.read(), source.name)
        except BadInput as problem:
            refused.append(Refused(source.name, str(problem)))
            continue
        decoded = time.perf_counter()
        pixels = {model.preparation: None for model in models}
        for preparation in pixels:
            pixels[preparation] = prepare(picture, preparation).pixels
        for kept, model in zip(inputs, models, strict=True):
            kept.append(pixels[model.preparation])
        seen.append((source, picture.image.size, picture.notes, small_webp(picture)))
        decoding, preparing = decoding + decoded - began, preparing + time.perf_counter() - decoded
    began = time.perf_counter()
    shares = [probabilities(model, np.stack(kept)).numpy() for model, kept in zip(models, inputs, strict=True)] if seen else []
    rows = tuple(
        Answered(source.name, source.label, size, small, tuple(likeliest(each[place], top) for each in shares), notes)
        for place, (source, size, notes, small) in enumerate(seen)
    )
    return Batch(rows, tuple(refused), Phases(decoding, preparing, time.perf_counter() - began))


def small_webp(picture: Picture) -> bytes:
    """A WebP of at most `THUMBNAIL` pixels a side; without loss where the picture is no larger."""
    small = picture.image
    lossless = max(small.size) <= THUMBNAIL
    if not lossless:
        small = small.copy()
        small.thumbnail((THUMBNAIL, THUMBNAIL), reducing_gap=2)
    file = io.BytesIO()
    small.save(file, "WEBP", quality=80, lossless=lossless, method=0)
    return file.getvalue()


def likeliest(probabilities: np.ndarray, top: int) -> Likeliest:
    """The `top` of them, or all if there are fewer, from the probabilities [classes] of all; of equals the first."""
    places = ranked(probabilities)[:top]
    return Likeliest(tuple(places), tuple(probabilities[places].tolist()))
