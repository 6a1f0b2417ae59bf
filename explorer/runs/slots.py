"""Who may compute now: a few slots on the device, given to the oldest waiting run.

There is no server in this. Every worker waits for itself, so the queue goes on when the app is closed; a slot is an
operating system's lock on a file, so it is free again the moment its process is gone, however it went.
"""

import os
import time
from collections.abc import Callable

from filelock import FileLock, Timeout

from explorer.machine.folders import data_folder
from explorer.machine.hardware import cores, nvidia
from explorer.runs.control import read_request
from explorer.runs.errors import write_error
from explorer.runs.folder import age_key, list_runs
from explorer.runs.run import Run
from explorer.runs.status import State, read_status

SLOTS_VARIABLE = "EXPLORER_SLOTS"
GPU_SLOTS = 4
POLL_SECONDS = 0.25
SILENT_SECONDS = 15.0  # a waiting process that gave no sign of life for so long does not hold up the others


class Slot:
    """The right to compute. Kept until `release`, or until the process ends, whether anybody refers to it or not."""

    _held: set["Slot"] = set()  # a lock that is no longer referred to would give itself back

    def __init__(self, number: int, lock: FileLock):
        self.number = number
        self._lock = lock
        self._held.add(self)

    def release(self) -> None:
        """Give the slot back, to whoever waits for one."""
        self._lock.release()
        self._held.discard(self)


def wait_for_slot(run: Run, on_wait: Callable[[int], None]) -> Slot:
    """Wait in this process until the run may compute: older runs that wait go first.

    `on_wait(ahead)` is called before each wait of a quarter second with the number of runs ahead; what it raises ends
    the waiting. It has to keep the heartbeat of the queued run fresh. While the run is asked to pause it takes no slot,
    and those behind it may pass. Raises RunWriteError if the slots' folder cannot be written.
    """
    ahead = [other for other in list_runs() if age_key(other) < age_key(run)]
    while True:
        ahead = [other for other in ahead if _waits(other)]
        slot = None if ahead or read_request(run) == "pause" else _take_slot()
        if slot:
            return slot
        on_wait(len(ahead))
        time.sleep(POLL_SECONDS)


def slot_count() -> int:
    """How many runs compute at a time: what the launcher said, else one a core, or four on a GPU."""
    said = os.environ.get(SLOTS_VARIABLE, "")
    return max(1, int(said)) if said.isdecimal() else default_slots()


def default_slots() -> int:
    """One a core, each with a thread of its own: faster in sum than one run with all the cores. Four on a GPU."""
    return GPU_SLOTS if nvidia() else cores()


def _waits(run: Run) -> bool:
    status = read_status(run)
    return status.state == State.QUEUED and time.time() - (status.heartbeat or time.time()) < SILENT_SECONDS


def _take_slot() -> Slot | None:
    folder = data_folder() / "slots"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(slot_count()):
            lock = FileLock(folder / f"{number}.lock", timeout=0, thread_local=False)
            try:
                lock.acquire()
            except Timeout:
                continue
            return Slot(number, lock)
    except OSError as error:
        raise write_error(folder / "0.lock", error) from error
    return None
