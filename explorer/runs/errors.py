"""What can go wrong with a run folder, in words a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENOENT
from pathlib import Path

from explorer.errors import BadInput
from explorer.machine.disk import is_full


class RunError(BadInput):
    """A run that is not there, or cannot do what was asked of it."""


class RunWriteError(RunError):
    """A run folder that cannot be written: a full disk, a missing permission, a folder that was taken away."""


def write_error(path: Path, cause: OSError) -> RunWriteError:
    """The sentence for a write that failed."""
    if is_full(cause):
        return RunWriteError(f"The disk is full: {path} could not be written. Free some space, then go on with the run.")
    if cause.errno == ENOENT:
        return RunWriteError(f"The folder {path.parent} does not exist, so {path.name} could not be written.")
    return RunWriteError(f"{path} could not be written: {cause.strerror or cause}.")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns an OSError of the block, which writes or prepares to write `path`, into RunWriteError."""
    try:
        yield
    except OSError as error:
        raise write_error(path, error) from error
