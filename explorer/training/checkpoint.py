"""Save a training and take it up again: one dict in one file, replaced in one move so that no kill can tear it.

The last good one is kept beside it: should the newest be damaged (by a failing disk, a copy cut short), training goes on
from the one before.
"""

import io
import os
import pickle
import zlib
from pathlib import Path

import torch

from explorer.errors import BadInput
from explorer.training.trainer import Trainer

CHECKPOINT = "checkpoints/last.pt"
PREVIOUS = "previous.pt"
CRC_BYTES = 4  # at the end: torch.load does not notice a flipped bit


class CheckpointError(BadInput):
    """A checkpoint that cannot be written or taken up; the message says why."""


class PicturesChanged(CheckpointError):
    """The pictures are not those that the training began with."""


def save_checkpoint(trainer: Trainer, path: Path) -> None:
    """Everything that the step number and the seed do not give back. Raises CheckpointError (a full disk, say)."""
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            summing = _Summing(file)
            torch.save(_state_of(trainer), summing)
            file.write(summing.crc.to_bytes(CRC_BYTES, "big"))
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            path.replace(path.with_name(PREVIOUS))
        part.replace(path)
    except (OSError, RuntimeError) as error:  # torch reports a failed write as RuntimeError
        part.unlink(missing_ok=True)
        raise CheckpointError(f"The checkpoint could not be written to {path.parent} ({error}): is the disk full? With room made, "
                              "the run goes on from its last checkpoint.") from error


def restore_checkpoint(trainer: Trainer, path: Path) -> bool:
    """Put the trainer where the checkpoint was, or the one before where it is damaged or missing; False where there is none.

    Raises CheckpointError where there are only damaged ones or one cannot be read, and passes on that memory has run out:
    neither says anything against the checkpoint. Raises PicturesChanged where the trainer's pictures are others than those
    before: the training would go on as one that nobody could repeat.
    """
    problem = None
    for candidate in (path, path.with_name(PREVIOUS)):
        if not candidate.is_file():
            continue
        try:
            _take_up(trainer, torch.load(_checked(candidate), map_location=trainer.device, weights_only=True))
        except PicturesChanged:
            raise
        except OSError as error:
            raise CheckpointError(f"The checkpoint {candidate} cannot be read ({error.strerror or error}): with that put right, "
                                  "the run goes on from it.") from error
        except (RuntimeError, KeyError, TypeError, ValueError, EOFError, pickle.UnpicklingError) as error:
            if is_about_memory(error):
                raise
            problem = problem or f"The checkpoint {candidate} cannot be taken up ({type(error).__name__})"
            print(f"{candidate.name} cannot be taken up: {type(error).__name__}: {error}", flush=True)
        else:
            return True
    if problem:
        raise CheckpointError(f"{problem}: delete it to begin anew.")
    return False


def is_about_memory(error: Exception) -> bool:
    """Whether torch says with it that memory ran out, on a CPU or a GPU."""
    words = ("allocate memory", "not enough memory", "out of memory", "bad_alloc")
    return isinstance(error, torch.OutOfMemoryError) or isinstance(error, RuntimeError) and any(some in str(error) for some in words)


class _Summing:
    """A file that is written, with the CRC-32 of what has been."""

    def __init__(self, file):
        self.file, self.crc = file, 0

    def write(self, content) -> int:
        self.crc = zlib.crc32(content, self.crc)
        return self.file.write(content)

    def flush(self) -> None:
        self.file.flush()


def _checked(path: Path) -> io.BytesIO:
    content = path.read_bytes()
    if zlib.crc32(memoryview(content)[:-CRC_BYTES]) != int.from_bytes(content[-CRC_BYTES:], "big"):
        raise ValueError("its checksum is another")
    return io.BytesIO(memoryview(content)[:-CRC_BYTES])


def _state_of(trainer: Trainer) -> dict:
    return {
        "net": trainer.net.state_dict(),
        "pictures": trainer.batches.fingerprint,
        "velocities": trainer.sgd.velocities,
        "steps_done": trainer.steps_done,
        "total_steps": trainer.total_steps,
        "validated_at": trainer.validated_at,
        "seconds": trainer.seconds,
        "best": trainer.best,
        "epoch": {"wrong": trainer.wrong, "seen": trainer.seen},
        "read": {"wrong": trainer.wrong_read, "seen": trainer.seen_read},
        "window": {"loss_sum": trainer.loss_sum, "steps": trainer.window_steps},
    }


def _take_up(trainer: Trainer, state: dict) -> None:
    if state.get("pictures", trainer.batches.fingerprint) != trainer.batches.fingerprint:  # older checkpoints do not say
        raise PicturesChanged(f"The pictures of {trainer.batches.name} have changed since this run began, so it cannot go on as "
                              "it was: put them back as they were, or start a new run.")
    trainer.net.load_state_dict(state["net"])
    for own, saved in zip(trainer.sgd.velocities, state["velocities"], strict=True):
        own.copy_(saved)
    trainer.steps_done, trainer.total_steps = state["steps_done"], state["total_steps"]
    trainer.validated_at, trainer.seconds, trainer.best = state["validated_at"], state["seconds"], state["best"]
    trainer.wrong, trainer.seen = state["epoch"]["wrong"], state["epoch"]["seen"]
    trainer.wrong_read, trainer.seen_read = state["read"]["wrong"], state["read"]["seen"]
    trainer.loss_sum, trainer.window_steps = state["window"]["loss_sum"], state["window"]["steps"]
