"""How a run is doing: what its worker last wrote, held against whether that worker is still there."""

import os
import time
from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from explorer.machine.process import identity
from explorer.runs.control import read_request
from explorer.runs.files import read_model
from explorer.runs.run import Run

STATUS = "status.json"
LAUNCH = "launch.json"
LAUNCH_SECONDS = 10.0  # how long a new folder may wait for its launcher


class State(StrEnum):
    """A run's states. The first four need a living process."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    LOST = "lost"

    @property
    def active(self) -> bool:
        return self in (State.QUEUED, State.STARTING, State.RUNNING, State.PAUSED)


WORKING = (State.STARTING, State.RUNNING)
WHILE = {State.QUEUED: "waited for its slot", State.STARTING: "started", State.RUNNING: "ran", State.PAUSED: "was paused"}


class Status(BaseModel):
    """`status.json`. Times are in seconds since 1970, `progress` goes from 0 to 1, errors are fractions.

    `pid_started` identifies the process beyond its number (see machine.process). `elapsed` counts the seconds spent
    starting and running, without queue and pauses, over all launches. `latest` and `best` are rows of metrics.
    `device` and `threads`, of the first launch, are part of the record: with other ones the figures are others too.
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    state: State
    pid: int | None = None
    pid_started: str | None = None
    heartbeat: float | None = None
    progress: float | None = None
    step: int | None = None
    total_steps: int | None = None
    epoch: int | float | None = None
    images_per_second: float | None = None
    seconds_left: float | None = None
    latest: dict[str, int | float | None] = {}
    best: dict[str, int | float | None] = {}
    reason: str | None = None
    started: float | None = None
    ended: float | None = None
    elapsed: float | None = None
    device: str | None = None
    threads: int | None = None

    @property
    def active(self) -> bool:
        return self.state.active


class Launch(BaseModel):
    """`launch.json`: the process a launcher started for the run, known before that process has written anything."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    pid: int
    pid_started: str | None
    time: float


def read_status(run: Run) -> Status:
    """The state a run really is in: one whose process is gone is lost, whatever its last word was. Never raises."""
    status = _recorded(run)
    if status.active and not _is_there(status):
        # Its process may have written its last state and ended between the two looks.
        status = _recorded(run)
        if status.active and not _is_there(status):
            status = _without_process(run, status)
    return status


def recorded_status(folder: Path) -> Status | None:
    """What the worker last wrote, taken at its word; None if that cannot be read."""
    return read_model(folder / STATUS, Status)


def _recorded(run: Run) -> Status:
    """The worker's last word, or what the launcher knows where the worker has not spoken yet."""
    status = recorded_status(run.folder)
    launch = read_model(run.folder / LAUNCH, Launch)
    if status is None and launch is None:
        return Status(state=State.QUEUED)
    if status is None:
        torn = (run.folder / STATUS).exists()
        return Status(state=State.STARTING if torn else State.QUEUED, **_process(launch))
    if launch and launch.time > (status.heartbeat or 0.0) and not _same_process(launch, status):
        return status.model_copy(update={"state": State.QUEUED, "reason": None, "ended": None, **_process(launch)})
    return status


def _process(launch: Launch) -> dict:
    return {"pid": launch.pid, "pid_started": launch.pid_started, "heartbeat": launch.time}


def _same_process(launch: Launch, status: Status) -> bool:
    return launch.pid == status.pid and launch.pid_started in (None, status.pid_started)


def _is_there(status: Status) -> bool:
    return status.pid_started is not None and identity(status.pid) == status.pid_started


def _without_process(run: Run, status: Status) -> Status:
    if not run.folder.is_dir():
        return Status(state=State.LOST, reason="Its folder is gone.")
    if status.pid is None:
        made = run.config.created if run.config else None
        if made is not None and abs(time.time() - made) < LAUNCH_SECONDS:
            return status
        return Status(state=State.LOST, reason="It was never started.", ended=made)
    if read_request(run) == "stop":
        state, reason = State.STOPPED, "It was asked to stop, and its process has ended."
    elif _booted_since(status):
        state, reason = State.LOST, f"The computer was restarted while it {WHILE[status.state]}."
    elif status.state is State.QUEUED:
        state, reason = State.LOST, "Its process ended without a word while it waited for its slot."
    else:
        state, reason = State.LOST, "Its process ended without a word: it was killed, ran out of memory, or crashed."
    return status.model_copy(update={"state": state, "reason": reason, "ended": status.heartbeat, "seconds_left": None})


def _booted_since(status: Status) -> bool:
    """On Linux an identity names the boot it belongs to."""
    boot = (status.pid_started or "").partition("@")[2]
    here = (identity(os.getpid()) or "").partition("@")[2]
    return bool(boot and here and boot != here)
