"""Runs that many sessions watch are read once and drawn once, for all of them.

A tick of a session mostly finds what another one has made: the rows are read again only when they are old, a chart is drawn
again only when a run has written, and all that is left to do is to pass bytes on.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from explorer.runs.load import read_load
from explorer.runs.run import Run
from explorer.runs.series import LayerSeries, SeriesReader

MOST_DRAWINGS = 64
MOST_WATCHED = 12
KEPT_SECONDS = 60  # longer than any tick: what nobody has looked at since then, nobody watches
SHARE = 20  # reading takes at most one part in so many of the time


@dataclass(frozen=True)
class Seen:
    """Something that was read of all runs, in their order. `version` changes whenever it does."""

    version: int = 0
    value: Sequence = ()


class Watched:
    """What some runs have written, as it was read last. For any number of threads."""

    def __init__(self, runs: Sequence[Run]):
        self._lock = threading.RLock()
        self._runs = runs
        self._readers = [SeriesReader(run) for run in runs]
        self._kept: dict[str, _Kept] = {}
        self._drawings: OrderedDict[Hashable, tuple[Hashable, object]] = OrderedDict()

    def rows(self, age: float) -> Seen:
        """The rows of the metrics of each run, read about `age` seconds ago or later; with 0 now, as after the end of a run."""
        return self._look("rows", age, lambda: [reader.metrics() for reader in self._readers], _end_of_rows)

    def layers(self, age: float) -> Seen:
        """The `LayerSeries` of each run, as `rows`."""
        return self._look("layers", age, lambda: [reader.layers() for reader in self._readers], _end_of_layers)

    def load(self, age: float) -> Seen:
        """The rows of the machine's load of each run, as `rows`."""
        return self._look("load", age, lambda: [read_load(run) for run in self._runs], _end_of_rows)

    def drawn(self, name: Hashable, version: Hashable, draw: Callable[[], object]):
        """What `draw` made under this name, made again only for another version. Few enough are kept."""
        with self._lock:
            last = self._drawings.get(name)
            if last is None or last[0] != version:
                last = self._drawings[name] = (version, draw())
            self._drawings.move_to_end(name)
            while len(self._drawings) > MOST_DRAWINGS:
                self._drawings.popitem(last=False)
            return last[1]

    def _look(self, name: str, age: float, read: Callable[[], Sequence], end: Callable) -> Seen:
        with self._lock:
            kept = self._kept.setdefault(name, _Kept())
            began = time.monotonic()
            if not age or began - kept.time >= max(age, SHARE * kept.cost):
                value = read()
                now = time.monotonic()
                ends = [end(one) for one in value]
                changed = ends != kept.ends
                kept.seen = Seen(kept.seen.version + changed, value if changed else kept.seen.value)
                kept.time, kept.cost, kept.ends = began, now - began, ends
            return kept.seen


@dataclass
class _Kept:
    """`time` and `cost` of the last reading in seconds, and how each run's part of it ended."""

    time: float = float("-inf")
    cost: float = 0.0
    ends: list | None = None
    seen: Seen = field(default_factory=Seen)


class Shelf:
    """The `Watched` of the last looks; one that nobody has looked at for `KEPT_SECONDS` goes with the next look at another.

    Streamlit's own cache counts from when something was made: it would drop what is being watched.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, ...], tuple[float, Watched]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, ids: tuple[str, ...], runs: Sequence[Run], now: float) -> Watched:
        """What the runs of these ids have written; `now` in seconds of a clock that does not go back."""
        with self._lock:
            _, found = self._kept.pop(ids, None) or (now, Watched(runs))
            self._kept[ids] = now, found
            while len(self._kept) > MOST_WATCHED or now - next(iter(self._kept.values()))[0] > KEPT_SECONDS:
                self._kept.popitem(last=False)
            return found


@st.cache_resource(show_spinner=False)
def _shelf() -> Shelf:
    return Shelf()


def watched(ids: tuple[str, ...], runs: Sequence[Run]) -> Watched:
    """What these runs have written, shared by all sessions that watch them."""
    return _shelf().get(ids, runs, time.monotonic())


@st.cache_resource(show_spinner=False)
def _watchers() -> dict[str, float]:
    """When each session looked last."""
    return {}


def watching(session: str) -> int:
    """How many sessions have looked in the last seconds, this one included."""
    watchers, now = _watchers(), time.monotonic()
    watchers[session] = now
    for other, last in list(watchers.items()):
        if now - last > 6:
            watchers.pop(other, None)
    return max(1, len(watchers))


def _end_of_rows(rows: Sequence[Mapping]) -> tuple:
    return len(rows), rows[-1] if rows else None


def _end_of_layers(series: LayerSeries) -> tuple:
    return len(series.steps), series.steps[-1:], series.norms[-1:], len(series.layers)
