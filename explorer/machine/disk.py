"""The disk's room, and what it looks like when there is none."""

import errno
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

# EFBIG: a limit on the size of files; EDQUOT: a user's share. Both mend like a full disk.
FULL = frozenset((errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)))

STALE_SECONDS = 3600.0  # what nobody has written to for so long belongs to a process that was killed


def is_full(error: OSError) -> bool:
    """Whether a write failed for want of room."""
    return error.errno in FULL


def free_bytes(folder: Path) -> int:
    """The room left on the disk where the folder is, or would be made."""
    folder = folder.absolute()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return shutil.disk_usage(existing).free


def remove_stale(parts: Iterable[Path]) -> None:
    """Remove those unfinished files and folders that nobody goes on writing. What cannot be removed stays."""
    for part in parts:
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > STALE_SECONDS:
                shutil.rmtree(part) if part.is_dir() else part.unlink()
