"""Deleted runs: kept in `.trash` beside the others for a day, so that a delete can be undone."""

import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from explorer.machine.folders import runs_folder
from explorer.runs.errors import RunError
from explorer.runs.folder import SAFE_ID, remove
from explorer.runs.run import Run, read_run
from explorer.runs.status import read_status

TRASH = ".trash"
KEPT_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Trashed:
    """A deleted run that can be restored, and when it was deleted, in seconds since 1970."""

    id: str
    deleted: float
    folder: Path


def delete(run: Run) -> None:
    """Move a run to the trash, where it stays for a day. Raises RunError while it is active, or if it cannot be moved."""
    state = read_status(run).state
    if state.active:
        raise RunError(f"The run {run.id} is {state}: stop it before deleting it.")
    trash = run.folder.parent / TRASH
    try:
        trash.mkdir(exist_ok=True)
        with suppress(FileNotFoundError):  # another browser was quicker
            run.folder.rename(trash / f"{int(time.time())}.{run.id}")
    except OSError as error:
        raise RunError(f"The run {run.id} could not be deleted: {error.strerror or error}.") from error
    empty_trash(KEPT_SECONDS, run.folder.parent)


def restore(run_id: str, parent: Path | None = None) -> Run:
    """Bring a deleted run back as it was, among the runs or in the `parent` that it was deleted from.

    Raises RunError if it is not in the trash, or its name is taken.
    """
    found = next((one for one in trashed(parent) if one.id == run_id), None)
    if found is None:
        told = f"There is no deleted run {run_id[:120]!r} to restore; `explorer runs trash` shows those there are."
        raise RunError(told if parent is None else f"{run_id[:120]!r} cannot be restored any more: what is deleted is kept for a day.")
    folder = (parent or runs_folder()) / found.id
    try:
        if folder.exists():
            raise RunError(f"There is a run {found.id} already: rename or delete it first.")
        found.folder.rename(folder)
    except OSError as error:
        raise RunError(f"The run {run_id} could not be restored: {error.strerror or error}.") from error
    return read_run(folder)


def trashed(parent: Path | None = None) -> list[Trashed]:
    """The deleted runs that can be restored, the last deleted first."""
    try:
        folders = list(((parent or runs_folder()) / TRASH).iterdir())
    except OSError:
        return []
    found = []
    for folder in folders:
        stamp, _, run_id = folder.name.partition(".")
        if stamp.isdecimal() and SAFE_ID.fullmatch(run_id) and folder.is_dir() and not folder.is_symlink():
            found.append(Trashed(run_id, float(stamp), folder))
    return sorted(found, key=lambda one: (one.deleted, one.id), reverse=True)


def empty_trash(older_than: float = 0.0, parent: Path | None = None) -> int:
    """Remove what was deleted at least so many seconds ago, for good; how many runs that were. What cannot be removed stays."""
    parent = parent or runs_folder()
    doomed = [one for one in trashed(parent) if time.time() - one.deleted >= older_than]
    for one in doomed:
        with suppress(OSError):
            remove(one.folder, parent)
    for leftover in parent.glob(".deleted-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    return len(doomed)
