"""The disk's room, and what it looks like when there is none."""

import errno
import shutil
from pathlib import Path

# EFBIG: a limit on the size of files; EDQUOT: a user's share. Both mend like a full disk.
FULL = frozenset((errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)))


def is_full(error: OSError) -> bool:
    """Whether a write failed for want of room."""
    return error.errno in FULL


def free_bytes(folder: Path) -> int:
    """The room left on the disk where the folder is, or would be made."""
    folder = folder.absolute()
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return shutil.disk_usage(existing).free
