"""Downloads of published weights in the background, shared by all sessions of a server: begun, watched, cancelled, taken up again.

A thread of the server for each; a session may come and go. What a cancelled or broken download has left is kept, and taken up
by the next, in this server or another. Imports no torch.
"""

import threading
from dataclasses import dataclass, field
from pathlib import Path

from explorer.machine.download import DownloadError, download
from explorer.machine.partial import Partial
from explorer.vision.model import Model

ABSENT, RUNNING, PAUSED, FAILED, DONE = "absent", "running", "paused", "failed", "done"


@dataclass(frozen=True)
class Fetch:
    """How far a download is: `state` is absent, running, paused (cancelled or interrupted; it can go on), failed or done.

    `received` bytes of `total`, which is what the server says, or about what is expected before it has; `problem` is the
    sentence of a failed one.
    """

    state: str
    received: int
    total: int
    problem: str = ""

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return min(1.0, self.received / max(1, self.total))


@dataclass
class _Job:
    """A download on its way; only its own thread writes to it, but for `stop` and `unwanted`: nothing is to be left of it."""

    received: int = 0
    total: int | None = None
    problem: str = ""
    ended: bool = False
    unwanted: bool = False
    stop: threading.Event = field(default_factory=threading.Event)


class _Stopped(Exception):
    """Ends a download from within its report of progress."""


# By the file that is fetched: two data folders have downloads of their own.
_jobs: dict[Path, _Job] = {}
_lock = threading.Lock()


def start(model: Model) -> Fetch:
    """Begin, or take up, the download of a model's weights, unless it is on its way or done; how far it is then."""
    if model.download is not None and not model.file.is_file():
        with _lock:
            job = _jobs.get(model.file)
            if job is None or job.ended or job.stop.is_set():
                job = _jobs[model.file] = _Job(received=Partial(model.file).size)
                threading.Thread(target=_run, args=(model, job), name=f"fetch {model.id}", daemon=True).start()
    return state(model)


def state(model: Model) -> Fetch:
    """How far a download is; models without one are done."""
    if model.download is None:
        return Fetch(DONE, 0, 0)
    expected = model.download.bytes
    if model.file.is_file():
        size = model.file.stat().st_size
        return Fetch(DONE, size, size)
    with _lock:
        job = _jobs.get(model.file)
    if job is not None and not job.ended and not job.stop.is_set():
        return Fetch(RUNNING, job.received, job.total or expected)
    part = Partial(model.file)
    received, total = part.size, part.total or expected
    if job is not None and job.problem:
        return Fetch(FAILED, received, total, job.problem)
    return Fetch(PAUSED if received else ABSENT, received, total)


def cancel(model: Model) -> Fetch:
    """Stop a download; what has come is kept for the next start. One that is not on its way stays as it is."""
    with _lock:
        job = _jobs.get(model.file)
        if job is not None:
            job.stop.set()
    return state(model)


def discard(model: Model) -> Fetch:
    """Stop a download and remove what has come of it."""
    with _lock:
        job = _jobs.pop(model.file, None)
        if job is not None:
            job.unwanted = True
            job.stop.set()
        Partial(model.file).discard()
    return state(model)


def _run(model: Model, job: _Job) -> None:
    def heard(received: int, total: int | None) -> None:
        job.received, job.total = received, total
        if job.stop.is_set():
            raise _Stopped

    try:
        download(model.download.url, model.file, sha256=model.download.sha256, progress=heard)
    except _Stopped:
        pass
    except DownloadError as error:
        job.problem = str(error)
    except Exception as error:  # the thread has nobody else to tell
        job.problem = f"{model.id} could not be downloaded: {error or type(error).__name__}."
        raise
    finally:
        with _lock:
            if job.unwanted and model.file not in _jobs:  # else another has begun, and takes up what is there
                Partial(model.file).discard()
            job.ended = True
