"""Who may compute now: a few slots on each kind of device, given to the waiting runs in the order of the queue.

There is no server in this. Every worker waits for itself, so the queue goes on when the app is closed; a slot is an
operating system's lock on a file, so it is free again the moment its process is gone, however it went.
"""

import os
import time
from collections.abc import Callable
from contextlib import suppress

from filelock import FileLock, Timeout

from explorer.machine.folders import data_folder
from explorer.machine.hardware import cores, device_kind
from explorer.runs import queue
from explorer.runs.control import read_request
from explorer.runs.errors import RunWriteError, write_error
from explorer.runs.run import Run
from explorer.runs.settings import runs_at_a_time

SLOTS_VARIABLE = "EXPLORER_SLOTS"
GPU_SLOTS = 4
POLL_SECONDS = 0.25


class Slot:
    """The right to compute. Kept until `release`, or until the process ends, whether anybody refers to it or not."""

    _held: set["Slot"] = set()  # a lock that is no longer referred to would give itself back

    def __init__(self, number: int, lock: FileLock):
        self.number = number
        self._lock = lock
        self._held.add(self)

    def release(self) -> None:
        """Give the slot back, to whoever is next."""
        self._lock.release()
        self._held.discard(self)


def wait_for_slot(run: Run, device: str, on_wait: Callable[[], None], *, first: bool = False) -> Slot:
    """Wait in this process until the run may compute on this kind of device; `first` at the head of the queue.

    `on_wait()` is called before each wait of a quarter second; what it raises ends the waiting. It has to keep the
    heartbeat of the queued run fresh. While the run is asked to pause it takes no slot, and those behind it may pass.
    Raises RunWriteError if the queue or the slots' folder cannot be written.
    """
    queue.enter(run, device, first=first)
    try:
        while True:
            if not queue.has_place(run):
                queue.enter(run, device)
            slot = _take_slot(device) if read_request(run) != "pause" and queue.is_next(run, device) else None
            if slot:
                return slot
            on_wait()
            time.sleep(POLL_SECONDS)
    finally:
        with suppress(RunWriteError):  # an entry that stays behind is passed over
            queue.leave(run)


def spare_slot(device: str) -> Slot | None:
    """One more slot for a run that can use several, if one is free and nobody waits for it; to be given back once `anyone_waits`.

    Raises RunWriteError if the slots' folder cannot be written.
    """
    return None if queue.anyone_waits(device) else _take_slot(device)


def slot_count(device: str | None = None) -> int:
    """How many runs compute at a time on this kind of device: what the launcher said, else the reader's choice, else the default."""
    said = os.environ.get(SLOTS_VARIABLE, "")
    if said.isdecimal():
        return max(1, int(said))
    device = device_kind(device)
    return runs_at_a_time(device) or default_slots(device)


def default_slots(device: str | None = None) -> int:
    """On the CPU one a core, each with a thread of its own: faster in sum than one run with all the cores. Four on a GPU."""
    return cores() if device_kind(device) == "cpu" else GPU_SLOTS


def threads_each(device: str | None = None) -> int:
    """The threads that a run starts with: the user's OMP_NUM_THREADS, else its slot's share of the cores."""
    said = os.environ.get("OMP_NUM_THREADS", "")
    return max(1, int(said)) if said.isdecimal() else max(1, cores() // slot_count(device))


def _take_slot(device: str) -> Slot | None:
    folder = data_folder() / "slots"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(slot_count(device)):
            lock = FileLock(folder / f"{device}-{number}.lock", timeout=0, thread_local=False)
            try:
                lock.acquire()
            except Timeout:
                continue
            return Slot(number, lock)
    except OSError as error:
        raise write_error(folder / f"{device}-0.lock", error) from error
    return None
