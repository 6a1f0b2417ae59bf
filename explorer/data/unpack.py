"""Unpack a downloaded archive of pictures, safely: plain files at relative places only, and all of them or nothing."""

import shutil
import tarfile
from contextlib import suppress
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp

from explorer.data.errors import DataError
from explorer.machine.disk import free_bytes, is_full

MOST_FILES = 100_000
MOST_BYTES = 4 * 2**30


def unpack(archive: Path, folder: Path) -> None:
    """Unpack a tar whose one top folder has the name of `folder` to there; the folder appears when it is complete.

    Members that are neither plain files nor folders (links, devices) or that would lie elsewhere refuse the whole
    archive. One that is damaged is deleted, so that it is downloaded again. Raises DataError.
    """
    part = None
    try:
        part = Path(mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
        with tarfile.open(archive) as tar:
            _extract(tar, part, folder.name)
        if folder.exists():  # another process was faster
            return
        (part / folder.name).replace(folder)
    except (tarfile.TarError, EOFError, ValueError) as error:
        archive.unlink(missing_ok=True)
        raise DataError(f"{archive.name} cannot be unpacked ({error}): download it again.") from error
    except OSError as error:
        if is_full(error):
            raise DataError(f"The disk is full: {archive.name} could not be unpacked in {folder.parent}; "
                            "free some space and try again.") from error
        raise DataError(f"{archive.name} could not be unpacked in {folder.parent}: {error.strerror or error}.") from error
    finally:
        if part:
            with suppress(OSError):
                shutil.rmtree(part)


def _extract(tar: tarfile.TarFile, part: Path, top: str) -> None:
    """Write the members below `part`. Checked one by one as they come: a list of all would be read from the archive twice."""
    room = min(MOST_BYTES, free_bytes(part))
    for count, member in enumerate(tar):
        place = PurePosixPath(member.name)
        if not (member.isfile() or member.isdir()):
            raise ValueError(f"{member.name} is neither a file nor a folder")
        if place.is_absolute() or ".." in place.parts or place.parts[:1] != (top,):
            raise ValueError(f"{member.name} would lie outside of {top}")
        room -= member.size
        if room < 0 or count > MOST_FILES:
            raise ValueError("it has more files or bytes than there is room for")
        if member.isfile():
            target = part.joinpath(*place.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            with tar.extractfile(member) as source, open(target, "wb") as file:
                shutil.copyfileobj(source, file)
