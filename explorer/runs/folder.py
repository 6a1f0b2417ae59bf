"""A run is a folder: make one, open one, list them."""

import os
import re
import secrets
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from explorer.machine.folders import landscapes_folder, runs_folder
from explorer.runs.errors import RunError, write_error
from explorer.runs.files import write_json
from explorer.runs.run import CONFIG, Run, RunConfig, read_run

SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,119}")
STAMPED_ID = re.compile(r"\d{8}-\d{6}-[a-z0-9-]+")
UNFINISHED = ".new-"  # begins the name of a folder that is being made
STALE_SECONDS = 3600.0  # an unfinished folder nobody has written to for so long belongs to a process that was killed
PACKAGES = ("explorer", "torch", "torchvision", "numpy")


def create(
    network: str, recipe: Mapping, seed: int, *, group: str = "", preset: str = "", label: str = "", data: Mapping | None = None,
    parent: Path | None = None,
) -> Run:
    """Make the folder of a new run, complete or not at all, among the runs or in another `parent`. Raises RunWriteError.

    The id sorts by time of creation (UTC) and names the network for a person: 20261121-224301-plain-56-s0-3fa9.
    """
    created = time.time()
    config = RunConfig(
        network=network, recipe=dict(recipe), seed=seed, group=group, preset=preset, label=label, data=dict(data or {}),
        versions=_versions(), created=created,
    )  # fmt: skip
    parent = parent or runs_folder()
    folder = parent / _new_id(network, seed, created)
    unfinished = parent / f"{UNFINISHED}{folder.name}"
    remove_stale(parent)
    try:
        (unfinished / "checkpoints").mkdir(parents=True)
        write_json(unfinished / CONFIG, config.model_dump())
        unfinished.rename(folder)
    except OSError as error:
        raise write_error(parent / CONFIG, error) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Run(folder.name, folder, config)


def open_run(run_id: str) -> Run:
    """The run of that id. Raises RunError if there is none, or if the id is no plain folder name."""
    folder = runs_folder() / run_id if SAFE_ID.fullmatch(run_id) else None
    if folder is None or not _is_run(folder):
        raise RunError(f"There is no run {run_id[:120]!r}; the Runs page and `explorer runs list` show those there are.")
    return read_run(folder)


def open_folder(folder: Path) -> Run:
    """The run in a folder, wherever that is. Raises RunError if its run.json cannot be read."""
    run = read_run(Path(folder).resolve())
    if run.problem:
        raise RunError(f"{folder} is not a run folder: {run.problem}")
    return run


def folder_of(job_id: str) -> Path:
    """The folder of a run or a loss surface, which share the machine's slots, by its id: among the runs where there is none."""
    name = Path(job_id).name
    return next((found for parent in (runs_folder(), landscapes_folder()) if (found := parent / name).is_dir()), runs_folder() / name)


def list_runs(parent: Path | None = None) -> list[Run]:
    """Every run, or what else is kept in run folders in a `parent`, the newest first. Other folders and files are passed over."""
    try:
        with os.scandir(parent or runs_folder()) as entries:
            found = [read_run(Path(entry.path)) for entry in entries if is_run_entry(entry)]
    except FileNotFoundError:
        return []
    return sorted(found, key=age_key, reverse=True)


def age_key(run: Run) -> tuple:
    """Sorts the oldest run first; by its id where run.json does not say when it was made."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(run.config.created)) if run.config else run.id[:15]
    return stamp, run.config.created if run.config else 0.0, run.id


def discard(run: Run) -> None:
    """Remove a run that was created and could not be launched; what cannot be removed stays."""
    with suppress(OSError):
        remove(run.folder, run.folder.parent)


def remove(folder: Path, parent: Path) -> None:
    """Remove a run's folder for good; it is not there any more for others at once. Raises OSError."""
    # Renamed first: nobody sees a run with half its files, and what a crash leaves is no run any more.
    doomed = parent / f".deleted-{folder.name}"
    with suppress(FileNotFoundError):
        folder.rename(doomed)
        shutil.rmtree(doomed)


def remove_stale(parent: Path | None = None) -> None:
    """Remove the unfinished folders that killed processes have left; what cannot be removed stays."""
    for folder in (parent or runs_folder()).glob(f"{UNFINISHED}*"):
        with suppress(OSError):
            last = max(path.stat().st_mtime for path in (folder, *folder.rglob("*")))
            if time.time() - last > STALE_SECONDS:
                shutil.rmtree(folder)


def is_run_entry(entry: os.DirEntry) -> bool:
    """Whether an entry of the runs' folder is a run, with what the listing of that folder has found already."""
    return entry.is_dir(follow_symlinks=False) and _is_named(entry.name, entry.path)


def _is_run(folder: Path) -> bool:
    """A folder of its own (no link to elsewhere) with a run's name or a run's description inside."""
    return not folder.is_symlink() and folder.is_dir() and _is_named(folder.name, folder)


def _is_named(name: str, path: str | Path) -> bool:
    if not SAFE_ID.fullmatch(name):
        return False
    return bool(STAMPED_ID.fullmatch(name)) or os.path.isfile(os.path.join(path, CONFIG))


def _new_id(network: str, seed: int, created: float) -> str:
    name = network.split("?")[0].split("/")[-1].lower()
    slug = re.sub(r"[^a-z0-9]+", "-", name).strip("-")[:40] or "net"
    return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime(created))}-{slug}-s{abs(seed)}-{secrets.token_hex(2)}"


def _versions() -> dict[str, str]:
    """The packages a result depends on, asked from their metadata: importing torch takes seconds."""
    found = {"python": sys.version.split()[0]}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
