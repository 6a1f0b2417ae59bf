"""Save a training and take it up again: one dict in one file, replaced in one move so that no kill can tear it."""

import os
import pickle
from pathlib import Path

import torch

from explorer.errors import BadInput
from explorer.training.loop import Trainer

CHECKPOINT = "checkpoints/last.pt"


class CheckpointError(BadInput):
    """A checkpoint that cannot be written or taken up; the message says why."""


def save_checkpoint(trainer: Trainer, path: Path) -> None:
    """Everything that the step number and the seed do not give back. Raises CheckpointError (a full disk, say)."""
    state = {
        "net": trainer.net.state_dict(),
        "velocities": trainer.sgd.velocities,
        "steps_done": trainer.steps_done,
        "epochs_validated": trainer.epochs_validated,
        "best": trainer.best,
        "epoch": {"wrong": trainer.wrong, "seen": trainer.seen},
        "read": {"wrong": trainer.wrong_read, "seen": trainer.seen_read},
        "window": {"loss_sum": trainer.loss_sum, "steps": trainer.window_steps},
    }
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except (OSError, RuntimeError) as error:  # torch reports a failed write as RuntimeError
        part.unlink(missing_ok=True)
        raise CheckpointError(f"The checkpoint could not be written to {path.parent} ({error}): is the disk full?") from error


def restore_checkpoint(trainer: Trainer, path: Path) -> bool:
    """Put the trainer where the checkpoint was; False where there is none. Raises CheckpointError for a damaged file."""
    if not path.is_file():
        return False
    try:
        state = torch.load(path, map_location=trainer.device, weights_only=True)
        trainer.net.load_state_dict(state["net"])
        for own, saved in zip(trainer.sgd.velocities, state["velocities"], strict=True):
            own.copy_(saved)
        trainer.steps_done, trainer.epochs_validated = state["steps_done"], state["epochs_validated"]
        trainer.best = state["best"]
        trainer.wrong, trainer.seen = state["epoch"]["wrong"], state["epoch"]["seen"]
        trainer.wrong_read, trainer.seen_read = state["read"]["wrong"], state["read"]["seen"]
        trainer.loss_sum, trainer.window_steps = state["window"]["loss_sum"], state["window"]["steps"]
    except (OSError, RuntimeError, KeyError, TypeError, ValueError, EOFError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"The checkpoint {path} cannot be taken up ({type(error).__name__}): delete it to begin anew.") from error
    return True
