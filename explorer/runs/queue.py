"""The order in which waiting runs get their slots: `queue.json`, which the reader can change.

A place in the queue is kept while its run waits, and while it is paused as it waits. An entry whose run has ended, or whose
process is gone, is passed over by all and dropped at the next change; a run that waits and has no entry takes the
last place. So a lost file costs the order and no run.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict

from explorer.machine.folders import data_folder
from explorer.runs.errors import RunError, RunWriteError, writing
from explorer.runs.files import read_model, write_json
from explorer.runs.folder import folder_of
from explorer.runs.run import Run
from explorer.runs.status import State, Status, read_status

QUEUE = "queue.json"
MOVES = ("first", "up", "down", "last")
SILENT_SECONDS = 15.0  # a waiting process that gave no sign of life for so long does not hold up the others
LOCK_SECONDS = 10.0


class Entry(BaseModel):
    """A run's id, and the kind of device whose slot it waits for."""

    model_config = ConfigDict(frozen=True)

    run: str
    device: str


class Queue(BaseModel):
    """`queue.json`: who waits, in order."""

    model_config = ConfigDict(frozen=True)

    waiting: tuple[Entry, ...] = ()


def enter(run: Run, device: str, *, first: bool = False) -> None:
    """Take the last place, or the first; a run that has a place keeps it unless it asks for the first. Raises RunWriteError."""
    with _changing() as entries:
        there = [entry for entry in entries if entry.run == run.id]
        if first or not there:
            others = [entry for entry in entries if entry.run != run.id]
            entries[:] = [Entry(run=run.id, device=device), *others] if first else [*others, Entry(run=run.id, device=device)]


def leave(run: Run) -> None:
    """Give the place up; nothing happens without one. Raises RunWriteError."""
    if any(entry.run == run.id for entry in _entries()):
        with _changing() as entries:
            entries[:] = [entry for entry in entries if entry.run != run.id]


def has_place(run: Run) -> bool:
    """Whether the run has an entry."""
    return any(entry.run == run.id for entry in _entries())


def is_next(run: Run, device: str) -> bool:
    """Whether no run that waits for the same kind of device is ahead. The states are read only as far as the first that waits."""
    for entry in _entries():
        if entry.run == run.id:
            return True
        if entry.device == device and _waits(entry):
            return False
    return False


def waiting() -> list[str]:
    """The ids of the runs that wait for a slot, in order."""
    return [entry.run for entry in _entries() if _waits(entry)]


def anyone_waits(device: str) -> bool:
    """Whether any run waits for a slot on this kind of device."""
    return any(entry.device == device and _waits(entry) for entry in _entries())


def places() -> dict[str, int]:
    """The place of every waiting run in the queue of its kind of device, counted from 1."""
    found: dict[str, int] = {}
    ahead: dict[str, int] = {}
    for entry in _entries():
        if _waits(entry):
            found[entry.run] = ahead[entry.device] = ahead.get(entry.device, 0) + 1
    return found


def move(run: Run, where: str) -> None:
    """Move a waiting run `first`, `up`, `down` or `last` among those that wait for the same device. Raises RunError."""
    if where not in MOVES:
        raise RunError(f"A waiting run can be moved {', '.join(MOVES)}, not {where!r}.")
    with _changing() as entries:
        own = next((entry for entry in entries if entry.run == run.id), None)
        if own is None or not _waits(own):
            raise RunError(f"The run {run.id} is {read_status(run).state}: only runs that wait have a place in the queue.")
        slots = [i for i, entry in enumerate(entries) if entry.device == own.device and _waits(entry)]
        order = [entries[i] for i in slots]
        at = order.index(own)
        order.insert({"first": 0, "up": max(0, at - 1), "down": at + 1, "last": len(order)}[where], order.pop(at))
        for i, entry in zip(slots, order):
            entries[i] = entry


@contextmanager
def _changing() -> Iterator[list[Entry]]:
    """The entries to change, alone; those of runs that neither wait nor are paused are dropped."""
    path = _path()
    try:
        with writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path.with_suffix(".lock"), timeout=LOCK_SECONDS)
            lock.acquire()
    except Timeout:
        raise RunWriteError(f"{path} could not be written: another process holds {path.with_suffix('.lock').name}.") from None
    try:
        before = _entries()
        entries = list(before)
        yield entries
        entries = [entry for entry in entries if entry not in before or _status(entry).state in (State.QUEUED, State.PAUSED)]
        if entries != before:
            write_json(path, Queue(waiting=tuple(entries)).model_dump())
    finally:
        lock.release()


def _waits(entry: Entry) -> bool:
    status = _status(entry)
    return status.state is State.QUEUED and time.time() - (status.heartbeat or time.time()) < SILENT_SECONDS


def _status(entry: Entry) -> Status:
    return read_status(Run(entry.run, folder_of(entry.run), None))


def _entries() -> list[Entry]:
    found = read_model(_path(), Queue)
    return list(found.waiting) if found else []


def _path() -> Path:
    return data_folder() / QUEUE
