"""What can go wrong with a run folder, in words a person can act on."""

import errno
from pathlib import Path

from explorer.errors import BadInput

FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


class RunError(BadInput):
    """A run that is not there, or cannot do what was asked of it."""


class RunWriteError(RunError):
    """A run folder that cannot be written: a full disk, a missing permission, a folder that was taken away."""


def write_error(path: Path, cause: OSError) -> RunWriteError:
    """The sentence for a write that failed."""
    if cause.errno in FULL:
        return RunWriteError(f"The disk is full: {path} could not be written. Free some space, then go on with the run.")
    if cause.errno == errno.ENOENT:
        return RunWriteError(f"The folder {path.parent} is gone, so {path.name} could not be written.")
    return RunWriteError(f"{path} could not be written: {cause.strerror or cause}.")
