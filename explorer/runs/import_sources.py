"""What somebody wants to import, looked at without believing it: a folder or a zip as a list of plain files with bounded reads."""

import os
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Protocol

from explorer.runs.errors import RunError

MOST_ENTRIES = 200_000
DEEPEST = 8
MOST_RATIO = 50  # of all unpacked bytes to the packed ones; runs have less than 10, a bomb a thousand
FREE_BYTES = 64 * 2**20  # below, nobody asks how well it was packed
ENCRYPTED = 0x1


@dataclass(frozen=True)
class Found:
    """A plain file of a source: its path inside, and its size in bytes as the source tells it."""

    path: PurePosixPath
    size: int


@dataclass
class Listing:
    """The plain files of a source, and what was refused at sight, with the reason."""

    files: list[Found] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


class Source(Protocol):
    """Something with files in it. `trusted` where its owner named it on this machine, so that it may hold checkpoints."""

    name: str
    trusted: bool

    def listing(self) -> Listing:
        """What there is. Raises RunError for a source that cannot be listed or is far too large."""

    def open(self, found: Found) -> IO[bytes]:
        """A file's bytes. Raises OSError or zipfile.BadZipFile."""


class FolderSource:
    """A folder of this machine. Links in it are not followed."""

    trusted = True

    def __init__(self, folder: Path):
        self._folder = Path(folder).resolve()
        self.name = str(self._folder)

    def listing(self) -> Listing:
        found, seen = Listing(), 0
        for place, folders, files in os.walk(self._folder):
            here = PurePosixPath(Path(place).relative_to(self._folder).as_posix())
            seen += len(folders) + len(files)
            if seen > MOST_ENTRIES:
                raise RunError(f"{self.name} holds more than {MOST_ENTRIES:,} files and folders: name the folder of the runs themselves.")
            linked = [name for name in folders if os.path.islink(os.path.join(place, name))]
            folders[:] = sorted(name for name in folders if name not in linked and len(here.parts) < DEEPEST)
            found.refused += [((here / name).as_posix(), "a link") for name in linked]
            for name in sorted(files):
                self._look_at(here / name, found)
        return found

    def open(self, found: Found) -> IO[bytes]:
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        return os.fdopen(os.open(self._folder / found.path, flags), "rb")

    def _look_at(self, path: PurePosixPath, found: Listing) -> None:
        try:
            looked = os.lstat(self._folder / path)
        except OSError as error:
            found.refused.append((path.as_posix(), error.strerror or "it cannot be read"))
            return
        if stat.S_ISREG(looked.st_mode):
            found.files.append(Found(path, looked.st_size))
        else:
            found.refused.append((path.as_posix(), "a link" if stat.S_ISLNK(looked.st_mode) else "no plain file"))


class ZipSource:
    """A zip file, `packed` bytes long, whose entries claim what they like: names, kinds, sizes packed and unpacked.

    Of the sizes only the unpacked ones bind: nobody reads more from an entry than it claims.
    """

    trusted = False

    def __init__(self, archive: zipfile.ZipFile, name: str, packed: int):
        self._archive, self.name, self._packed = archive, name, packed
        self._entries: dict[PurePosixPath, zipfile.ZipInfo] = {}

    def listing(self) -> Listing:
        entries = self._archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise RunError(f"{self.name} holds more than {MOST_ENTRIES:,} files: put the runs alone into a zip.")
        unpacked = sum(entry.file_size for entry in entries)
        if unpacked > MOST_RATIO * self._packed + FREE_BYTES:
            raise RunError(f"{self.name} unpacks to {unpacked / 1e6:,.0f} MB from {self._packed / 1e6:,.1f} MB: that is no zip of runs.")
        found = Listing()
        for entry in entries:
            if entry.is_dir():
                continue
            path = PurePosixPath(entry.filename)
            if why := self._refusal(entry, path):
                found.refused.append((entry.filename[:200], why))
            else:
                self._entries[path] = entry
                found.files.append(Found(path, entry.file_size))
        return found

    def open(self, found: Found) -> IO[bytes]:
        return self._archive.open(self._entries[found.path])

    def _refusal(self, entry: zipfile.ZipInfo, path: PurePosixPath) -> str | None:
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename:
            return "its path leads out of the zip"
        if len(path.parts) > DEEPEST + 1:
            return "it lies too deep"
        mode = entry.external_attr >> 16
        if mode and stat.S_IFMT(mode) not in (0, stat.S_IFREG):
            return "a link" if stat.S_ISLNK(mode) else "no plain file"
        if entry.flag_bits & ENCRYPTED:
            return "it is encrypted"
        if path in self._entries:
            return "the zip has that name twice"
        return None


@contextmanager
def opened(place: Path | IO[bytes], name: str | None = None) -> Iterator[Source]:
    """A folder, a zip file, or a zip's bytes as an open file. Raises RunError for anything else."""
    if isinstance(place, (str, Path)):
        path = Path(os.path.expanduser(place))
        if os.path.isdir(path):
            yield FolderSource(path)
            return
        if not os.path.isfile(path):
            raise RunError(f"There is no folder or zip file {path}.")
        place, name = path, name or path.name
    try:
        packed = _size(place)
        archive = zipfile.ZipFile(place)
    except Exception as error:  # a damaged zip gives nearly any exception
        raise RunError(f"{name or 'This file'} is neither a folder nor a readable zip file of runs.") from error
    with archive:
        yield ZipSource(archive, name or "the zip file", packed)


def _size(place: Path | IO[bytes]) -> int:
    """The bytes of a file, named or open."""
    return os.path.getsize(place) if isinstance(place, Path) else place.seek(0, os.SEEK_END)
