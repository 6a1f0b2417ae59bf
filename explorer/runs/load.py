"""The machine's load while a run computed: `load.jsonl`, a row about every two seconds, fewer in a long run."""

import json
import time
from pathlib import Path

from explorer.runs.errors import writing
from explorer.runs.files import append_line, finite, write_whole
from explorer.runs.run import Run

LOAD = "load.jsonl"
ROW_SECONDS = 2.0
MOST_ROWS = 3600
NUMBERS = ("cpu", "memory", "worker_cpu", "worker_memory", "gpu", "gpu_memory")


def read_load(run: Run) -> list[dict]:
    """The rows in order, {"seconds": since 1970, "cpu": …} as `machine.load.LoadMeter` reads them; a figure that was not
    measured is None. Torn and foreign lines are passed over."""
    return [row for _, row in _rows(run.folder / LOAD)]


class LoadLog:
    """Writes the rows; one a run, in the worker's process.

    A file of 3,600 rows, two hours, is thinned to every second row, and from then on every second reading is kept: the file
    stays below a megabyte however long the run.
    """

    def __init__(self, folder: Path):
        self._path = folder / LOAD
        self._count = len(_rows(self._path))
        self._every = ROW_SECONDS
        self._last = float("-inf")

    def due(self) -> bool:
        """Whether it is time for another row."""
        return time.monotonic() - self._last >= self._every

    def add(self, row: dict) -> None:
        """Append a row. Raises RunWriteError."""
        self._last = time.monotonic()
        if self._count >= MOST_ROWS:
            self._thin()
        with writing(self._path):
            append_line(self._path, row)
        self._count += 1

    def _thin(self) -> None:
        kept = [line for line, _ in _rows(self._path)][::2]
        write_whole(self._path, b"".join(line + b"\n" for line in kept))
        self._count = len(kept)
        self._every *= 2


def _rows(path: Path) -> list[tuple[bytes, dict]]:
    """The lines that are rows, each with its row."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return []
    return [(line, row) for line in lines if (row := _row(line))]


def _row(line: bytes) -> dict | None:
    try:
        found = finite(json.loads(line))
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or not _is_number(found.get("seconds")):
        return None
    return {"seconds": found["seconds"]} | {name: found[name] if _is_number(found.get(name)) else None for name in NUMBERS}


def _is_number(value) -> bool:
    return type(value) in (int, float)
