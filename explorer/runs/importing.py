"""Runs from another machine: a folder or zip of run folders, each checked, none written over. Imports no torch.

A run is taken file by file, by the names that a run folder has, and never by a path that the source tells; what has a schema
is read by it, and nothing is unpickled.
"""

import hashlib
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

import safetensors

from explorer.machine.disk import free_bytes
from explorer.machine.folders import runs_folder
from explorer.runs.control import CONTROL
from explorer.runs.errors import RunError, RunWriteError, write_error, writing
from explorer.runs.export import STATE
from explorer.runs.files import read_model, write_json
from explorer.runs.folder import SAFE_ID, UNFINISHED, remove_stale
from explorer.runs.import_sources import Found, Listing, Source, opened
from explorer.runs.load import LOAD
from explorer.runs.public import public_config
from explorer.runs.run import CONFIG, FINAL_WEIGHTS, Run, RunConfig, read_run
from explorer.runs.series import LAYERS, LOG, METRICS
from explorer.runs.status import LAUNCH, STATUS, State, Status

MIB = 2**20
MOST_BYTES = {CONFIG: MIB, STATUS: MIB, STATE: MIB, METRICS: 256 * MIB, LAYERS: 512 * MIB, LOAD: 64 * MIB, LOG: 64 * MIB,
              FINAL_WEIGHTS: 4096 * MIB}  # fmt: skip
CHECKPOINTS = "checkpoints"
MOST_CHECKPOINT = 16 * 1024 * MIB
SAME = (METRICS, LAYERS, FINAL_WEIGHTS)  # what two runs of one description differ by
PASSED_OVER = {CONTROL, LAUNCH}  # how it was steered on its own machine
CHUNK = MIB
KEPT_FREE = 256 * MIB  # for the runs that are going: with a full disk they would fail


@dataclass(frozen=True)
class Imported:
    """A run that is here now, or that was here before; `words` says what there is to know about that."""

    run: Run
    new: bool
    words: str


@dataclass
class Report:
    """What came of an import: runs, and what was left out (its path in the source, and why)."""

    runs: list[Imported] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)

    @property
    def new(self) -> list[Imported]:
        return [one for one in self.runs if one.new]


def import_runs(place: Path | IO[bytes], name: str | None = None, progress: Callable[[int, int], None] | None = None) -> Report:
    """Take over every run of a folder or zip (a path, or an open zip file with its `name`); `progress(runs done, runs in all)`.

    A run keeps its id; where that is taken by another run it gets a new one, and the same run is not taken twice. One
    that was active when it left is lost here. Raises RunError for a source in which there is no run,
    RunWriteError for a full disk: what was taken over by then stays.
    """
    with opened(place, name) as source:
        listing = source.listing()
        found = _by_root(listing)
        if not found:
            raise RunError(f"There is no run in {source.name}: a run is a folder with a {CONFIG} in it.")
        report = Report(skipped=list(listing.refused))
        remove_stale()
        room = Room(free_bytes(runs_folder()) - KEPT_FREE)
        for done, (root, files) in enumerate(found.items()):
            if progress:
                progress(done, len(found))
            _take(source, root, files, report, room)
        if progress:
            progress(len(found), len(found))
    return report


@dataclass
class Room:
    """The bytes that an import may still write, all its runs together."""

    left: int

    def take(self, count: int) -> None:
        """Count bytes before they are written. Raises RunWriteError where there are too many."""
        self.left -= count
        if self.left < 0:
            raise RunWriteError(f"There is no room for all of these runs: {KEPT_FREE // MIB} MiB are kept free on the disk of "
                                f"{runs_folder()}. Free some space, and import them again.")


def _by_root(listing: Listing) -> dict[PurePosixPath, list[Found]]:
    """The run folders in order, as far as they do not lie in another one or in a hidden one (of deleted runs, say), each
    with all the files below it."""
    holding = {file.path.parent for file in listing.files if file.path.name == CONFIG}
    seen = {root for root in holding if not any(part.startswith(".") for part in root.parts)}
    found: dict[PurePosixPath, list[Found]] = {root: [] for root in sorted(seen) if seen.isdisjoint(root.parents)}
    for file in listing.files:
        root = next((parent for parent in file.path.parents if parent in found), None)
        if root is not None:
            found[root].append(file)
    return found


def _take(source: Source, root: PurePosixPath, files: Sequence[Found], report: Report, room: Room) -> None:
    name = root.name or PurePosixPath(source.name).stem
    staged = runs_folder() / f"{UNFINISHED}import-{secrets.token_hex(4)}"
    try:
        with writing(staged):
            (staged / CHECKPOINTS).mkdir(parents=True)
        for found in files:
            if why := _copy(source, found, found.path.relative_to(root).as_posix(), staged, room):
                report.skipped.append((found.path.as_posix(), why))
        config = read_model(staged / CONFIG, RunConfig)
        if config is None:
            report.skipped.append((str(root), f"its {CONFIG} is damaged, or of another program"))
            return
        words = _settle_state(staged, config)
        report.runs.append(_place(staged, name, words))
    finally:
        shutil.rmtree(staged, ignore_errors=True)


def _copy(source: Source, found: Found, name: str, staged: Path, room: Room) -> str | None:
    """Bring one file over, or say why not. What a run folder does not have, and what can be made anew, stays where it is."""
    if name in PASSED_OVER or name.endswith(".csv") or PurePosixPath(name).name.startswith("."):
        return None
    checkpoint = name.startswith(f"{CHECKPOINTS}/") and name.endswith(".pt") and name.count("/") == 1
    if checkpoint and not source.trusted:
        return "a checkpoint is taken only from a folder that you name, not from a zip"
    most = MOST_CHECKPOINT if checkpoint else MOST_BYTES.get(name)
    if most is None:
        return "no file of a run"
    if found.size > most:
        return f"larger than the {most // MIB:,} MiB that such a file may have"
    target = staged / (f"{CHECKPOINTS}/{PurePosixPath(name).name}" if checkpoint else name)
    if why := _copy_bytes(source, found, target, most, room):
        target.unlink(missing_ok=True)
        return why
    if name == FINAL_WEIGHTS and not _is_safetensors(target):
        target.unlink()
        return "the weights are damaged, or no safetensors file"
    return None


def _copy_bytes(source: Source, found: Found, target: Path, most: int, room: Room) -> str | None:
    copied = 0
    try:
        file = source.open(found)
    except (OSError, zipfile.BadZipFile, NotImplementedError) as error:
        return f"it cannot be read: {error}"
    with file, writing(target), target.open("wb") as into:
        while True:
            try:
                chunk = file.read(CHUNK)
            except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
                return f"it is damaged: {error}"
            if not chunk:
                return None
            copied += len(chunk)
            if copied > most:
                return "it has more bytes than it claims"
            room.take(len(chunk))
            into.write(chunk)


def _settle_state(staged: Path, config: RunConfig) -> str:
    """Write the state that the run has on this machine, and say so where that is another than it had."""
    told = read_model(staged / STATE, Status) or read_model(staged / STATUS, Status)
    (staged / STATE).unlink(missing_ok=True)
    status = told or Status(state=State.LOST, reason="It came without its state.", ended=config.created)
    words = "" if told else "Its state was missing or damaged."
    if status.active:
        words = f"It was {status.state} when it left its machine, so it is lost here."
        if any((staged / CHECKPOINTS).glob("*.pt")):
            words += " It can go on from its last checkpoint."
        reason = f"It was imported from another machine, where it was {status.state}."
        status = status.model_copy(update={"state": State.LOST, "reason": reason, "ended": status.heartbeat, "seconds_left": None})
    status = status.model_copy(update={"pid": None, "pid_started": None})
    write_json(staged / STATUS, status.model_dump())
    return words


def _place(staged: Path, name: str, words: str) -> Imported:
    """Move the run to its id, or to a new one that its content gives it, unless it is there already."""
    content = _content(staged)
    wanted = name if SAFE_ID.fullmatch(name) else f"imported-{content[:8]}"
    for run_id in (wanted, f"{wanted[:100]}-{content[:8]}"):
        folder = runs_folder() / run_id
        if folder.exists():
            if _content(folder) == content:
                return Imported(read_run(folder), False, "It is here already.")
            continue
        if run_id != name:
            words = " ".join(filter(None, [f"Here it is called {run_id}.", words]))
        try:
            staged.rename(folder)
        except OSError as error:
            raise write_error(folder, error) from error
        return Imported(read_run(folder), True, words)
    raise RunWriteError(f"The run {name} could not be given an id: {wanted} and the next one are taken by other runs.")


def _content(folder: Path) -> str:
    """A digest of what makes a run that run: its description, its series and its weights."""
    config = read_model(folder / CONFIG, RunConfig)
    digest = hashlib.sha256(public_config(config).model_dump_json().encode() if config else b"")
    for name in SAME:
        digest.update(name.encode())
        if (folder / name).is_file():
            with (folder / name).open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _is_safetensors(path: Path) -> bool:
    try:
        with safetensors.safe_open(path, "numpy") as file:
            return bool(file.keys())
    except (safetensors.SafetensorError, OSError):
        return False
