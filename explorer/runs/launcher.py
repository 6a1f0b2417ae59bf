"""Starts the worker processes of runs, and ends them."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from filelock import FileLock, Timeout

from explorer.machine.folders import data_folder, landscapes_folder
from explorer.machine.hardware import device_kind
from explorer.machine.process import identity
from explorer.runs import queue
from explorer.runs.control import clear_request, read_request, request
from explorer.runs.errors import RunError, RunWriteError, write_error
from explorer.runs.files import write_json
from explorer.runs.listing import runs_and_states
from explorer.runs.run import Run
from explorer.runs.series import LOG
from explorer.runs.slots import SLOTS_VARIABLE, slot_count
from explorer.runs.status import LAUNCH, WORKING, State, Status, read_status

WORKER = (sys.executable, "-m", "explorer.training.worker")
GRACE_SECONDS = 1.6  # a worker stops itself within that; the process of one that does not is ended


@dataclass(frozen=True)
class Capacity:
    """How many runs may compute at a time, how many do, and how many wait for that; paused ones do neither."""

    slots: int
    running: int
    queued: int


class Launcher(Protocol):
    """Where runs are computed."""

    def submit(self, run: Run) -> None:
        """Start the run now or when there is room. Raises RunError if it is active already."""

    def stop(self, run: Run) -> None:
        """End the run within two seconds, keeping what it learnt; nothing happens if it has ended."""

    def capacity(self, device: str | None = None) -> Capacity:
        """How much room there is on a kind of device; on the best one here if none is named."""


class LocalLauncher:
    """Runs on this machine, each in a process of its own that outlives this one.

    Every run gets its process at once; those without a slot wait in it (see slots), before they import torch.
    `slots`: how many of these runs compute at a time, on every kind of device; None for what the reader has chosen.
    `command` starts a worker, with the run's folder added.
    """

    def __init__(self, slots: int | None = None, command: Sequence[str] = WORKER):
        self._slots = slots
        self._command = tuple(command)

    def submit(self, run: Run) -> None:
        """Raises RunError for an active run or when no process can be started, RunWriteError on a full disk."""
        if not run.folder.is_dir():
            raise RunError(f"The run {run.id} is not there any more.")
        try:
            with FileLock(run.folder / ".launch.lock", timeout=10):  # two browsers may press the same button
                self._submit(run)
        except Timeout:
            raise RunError(f"The run {run.id} is being started by another process.") from None
        except OSError as error:
            raise write_error(run.folder / LAUNCH, error) from error

    def stop(self, run: Run) -> None:
        status = read_status(run)
        if not status.active:
            return
        with suppress(RunWriteError):  # on a full disk the wish cannot be written; the process is ended all the same
            request(run, "stop")
        threading.Thread(target=_end, args=(status.pid, status.pid_started), name=f"stop {run.id}", daemon=True).start()

    def capacity(self, device: str | None = None) -> Capacity:
        kind = device_kind(device)
        every = runs_and_states() + runs_and_states(landscapes_folder())
        states = [status.state for run, status in every if status.active and computes_on(run, status) == kind]
        return Capacity(self._slots or slot_count(kind), len([state for state in states if state in WORKING]), states.count(State.QUEUED))

    def _submit(self, run: Run) -> None:
        status = read_status(run)
        if status.active and status.pid is not None:
            raise RunError(f"The run {run.id} is {status.state} already.")
        clear_request(run)
        process = self._start(run)
        # Waited for in a thread: a child nobody waits for stays behind as a zombie.
        threading.Thread(target=process.wait, name=f"wait for {run.id}", daemon=True).start()
        try:
            write_json(run.folder / LAUNCH, {"pid": process.pid, "pid_started": identity(process.pid), "time": time.time()})
            queue.enter(run, computes_on(run, status))
        except RunWriteError:
            process.kill()
            raise

    def _start(self, run: Run) -> subprocess.Popen:
        log = run.folder / LOG
        try:
            file = open(log, "ab")
        except OSError as error:
            raise write_error(log, error) from error
        with file:
            try:
                return subprocess.Popen(
                    [*self._command, str(run.folder)],
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # out of reach of the Ctrl-C and the hang-up that end the server
                    env=self._environment(),
                )
            except OSError as error:
                raise RunError(f"No process could be started for {run.id}: {error.strerror or error}.") from error

    def _environment(self) -> dict[str, str]:
        ours = {
            "EXPLORER_HOME": str(data_folder().absolute()),
            "PYTHONUNBUFFERED": "1",
            "PYTHONSAFEPATH": "1",  # a file named torch.py in the user's folder is not to be imported
        }
        return {**os.environ, **ours, **({SLOTS_VARIABLE: str(self._slots)} if self._slots else {})}


def pause(run: Run) -> None:
    """Ask an active run to stand still; it gives its slot to the next. Raises RunError for one that is not active."""
    status = read_status(run)
    if not status.active:
        raise RunError(f"The run {run.id} is {status.state}: only runs that wait or train can be paused.")
    request(run, "pause")


def go_on(run: Run, launcher: Launcher | None = None) -> None:
    """Go on with a run: a paused one as soon as it has a slot, one that ended early from its last checkpoint. Raises RunError."""
    status = read_status(run)
    if status.active and (status.state is State.PAUSED or read_request(run) == "pause"):
        request(run, "resume")
    else:
        (launcher or LocalLauncher()).submit(run)


def computes_on(run: Run, status: Status) -> str:
    """The kind of device a run computes on: where it began, if this machine still has that, else what its recipe means here."""
    wanted = run.config.recipe.get("device") if run.config else None
    here = device_kind(wanted if isinstance(wanted, str) else None)
    return "cpu" if status.device == "cpu" else here


def _end(pid: int | None, started: str | None) -> None:
    """End a process, if it is still the same one, once it had the time to stop by itself."""
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline:
        if started is None or identity(pid) != started:
            return
        time.sleep(0.05)
    with suppress(ProcessLookupError, PermissionError):
        os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
