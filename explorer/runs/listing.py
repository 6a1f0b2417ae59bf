"""Every run with its state, cheap enough to be asked for every second with a thousand runs."""

import os
import time
from pathlib import Path

from explorer.machine.folders import runs_folder
from explorer.runs.files import MOST_KEPT, SETTLED_SECONDS
from explorer.runs.folder import age_key, is_run_entry
from explorer.runs.run import Run, read_run
from explorer.runs.status import Status, read_status

_ended: dict[str, tuple[int, tuple, Run, Status]] = {}


def runs_and_states(parent: Path | None = None) -> list[tuple[Run, Status]]:
    """Every run, or what else is kept in run folders in a `parent`, the newest first, with the state it really is in.

    What changes an ended run (a launch, a new status) puts a file into its folder and so changes the folder's time: while
    that stands, nothing of the run is looked at.
    """
    try:
        with os.scandir(parent or runs_folder()) as entries:
            found = [_found(entry) for entry in entries if is_run_entry(entry)]
    except FileNotFoundError:
        return []
    return [(run, status) for _, run, status in sorted(found, key=lambda one: one[0], reverse=True)]


def _found(entry: os.DirEntry) -> tuple[tuple, Run, Status]:
    try:
        changed = entry.stat(follow_symlinks=False).st_mtime_ns
    except OSError:
        changed = time.time_ns()
    kept = _ended.get(entry.path)
    if kept and kept[0] == changed:
        return kept[1:]
    run = read_run(Path(entry.path))
    status = read_status(run)
    key = age_key(run)
    if not status.active and time.time() - changed / 1e9 > SETTLED_SECONDS:
        if len(_ended) >= MOST_KEPT:
            _ended.clear()
        _ended[entry.path] = changed, key, run, status
    return key, run, status
