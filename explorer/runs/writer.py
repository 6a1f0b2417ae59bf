"""The worker's side of a run folder: its status, its metrics, its layers' signals."""

import json
import os
import threading
import time
from pathlib import Path

from explorer.machine.process import identity
from explorer.runs.errors import RunWriteError, writing
from explorer.runs.files import append_line, finite, write_json, write_whole
from explorer.runs.series import LAYERS, METRICS
from explorer.runs.status import STATUS, WORKING, State, Status, recorded_status

__all__ = ["RunWriter", "RunWriteError"]


class RunWriter:
    """Writes a run folder; one a run, in the worker's process. Its methods may be called from several threads.

    Every method raises RunWriteError, with a sentence for a person, when the folder cannot be written; what was
    there before is still whole then.
    """

    def __init__(self, folder: Path):
        self._folder = Path(folder)
        self._lock = threading.RLock()
        self._clock = time.monotonic()
        pid = os.getpid()
        earlier = recorded_status(self._folder) or Status(state=State.QUEUED)
        self._status = earlier.model_copy(
            update={"state": State.QUEUED, "pid": pid, "pid_started": identity(pid), "reason": None, "ended": None, "seconds_left": None}
        )

    def status(self, **fields) -> None:
        """Change some fields of `status.json` and leave the others; without fields, only the heartbeat.

        `started`, `ended` and `elapsed` follow from the changes of `state`. An ended run stays ended: a keeper
        thread's late heartbeat does not bring it back.
        """
        if unknown := fields.keys() - Status.model_fields.keys():
            raise TypeError(f"status.json has no {', '.join(sorted(unknown))}")
        with self._lock:
            if not self._status.active:
                return
            changed = Status.model_validate(finite({**self._status.model_dump(), **self._times(fields.get("state")), **fields}))
            _replace_status(self._folder / STATUS, changed)
            self._status = changed

    def metrics(self, row: dict) -> None:
        """Append a row to `metrics.jsonl`; it has at least `step`. Numbers that are not finite become null."""
        self._append(METRICS, row)

    def layers(self, row: dict) -> None:
        """Append to `layers.jsonl`: once {"layers": names, "kinds": kinds, "activations": names}, then rows
        {"step": n, "grad_norm": norms, "update_ratio": ratios, "activation_std": stds, "dead_share": shares}.

        The names are passed over where the file has them already, so a resumed run may give them again.
        """
        path = self._folder / LAYERS
        with self._lock, writing(path):
            if "layers" in row and path.exists() and path.stat().st_size:
                return
            self._append(LAYERS, row)

    def keep_until(self, step: int, validated: bool = True) -> None:
        """Drop the rows beyond a step, and lines that are no rows: before going on from a checkpoint of that step.

        A checkpoint from before the validation of its step, not `validated`, leads to that row again: it is dropped too.
        """
        for path in (self._folder / METRICS, self._folder / LAYERS):
            with self._lock, writing(path):
                if path.exists():
                    write_whole(path, b"".join(line for line in path.read_bytes().splitlines(True) if _kept(line, step, validated)))

    def _times(self, state: State | None) -> dict:
        now, clock = time.time(), time.monotonic()
        elapsed = self._status.elapsed or 0.0
        if self._status.state in WORKING:
            elapsed += clock - self._clock
        self._clock = clock
        times = {"heartbeat": now, "elapsed": elapsed}
        if state in WORKING and self._status.started is None:
            times["started"] = now
        if state is not None and not State(state).active:
            times["ended"] = now
        return times

    def _append(self, name: str, row: dict) -> None:
        path = self._folder / name
        with self._lock, writing(path):
            append_line(path, row)


def _replace_status(path: Path, status: Status) -> None:
    try:
        write_json(path, status.model_dump())
    except RunWriteError:
        # On a full disk there is no room for a second file, but the old one's block can take the new text: so the
        # reason still reaches the reader. A reader who meets it half written takes it for torn and looks again.
        if status.active or not path.exists():
            raise
        text = json.dumps(finite(status.model_dump()), allow_nan=False).encode()
        with writing(path), open(path, "r+b") as file:
            file.write(text.ljust(path.stat().st_size))


def _kept(line: bytes, step: int, validated: bool) -> bool:
    try:
        row = json.loads(line)
        if not line.endswith(b"\n"):
            return False
        return "layers" in row or row["step"] < step or row["step"] == step and (validated or "val_error" not in row)
    except (ValueError, TypeError, KeyError, RecursionError):
        return False
