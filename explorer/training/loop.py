"""The training loop: steps, rows and validations from wherever a trainer stands to its end."""

import math
import time
from contextlib import contextmanager
from typing import Protocol

import torch

from explorer.training.trainer import Trainer

ROW_EVERY_STEPS = 10
ROW_EVERY_SECONDS = 0.5  # a slow network's curve still moves twice a second


class Observer(Protocol):
    """Who listens to a training. Any of these may raise to end it; the trainer's state is whole whenever one is called."""

    def row(self, row: dict) -> None:
        """Figures of the steps so far, see `Trainer.read_figures`; `val_error` and `val_loss` where the weights were validated.

        Rows at every `ROW_EVERY_STEPS`th step and at validations follow from seed and recipe alone, but for `seconds` and
        `images_per_second`; on slow networks there are more between them.
        """

    def signals(self, step: int, row: dict[str, list[float]]) -> None:
        """What the probes saw at the weights after `step` steps (0: the initialisation) and in the step that follows from
        there, see `Trainer.read_signals`."""

    def breathe(self, trainer: Trainer) -> None:
        """Called after every step and every batch of validation: the moment to pause, to stop or to save."""

    def validated(self, trainer: Trainer) -> None:
        """Called when the weights have been validated, at the end of an epoch above all, and the row is told."""


def train(trainer: Trainer, observer: Observer) -> None:
    """Train to the end from wherever the trainer stands, telling the observer on the way."""
    pace = _Pace(trainer)
    while True:
        if trainer.is_due_for_validation():
            _validate(trainer, observer)
            pace = _Pace(trainer)
        elif trainer.steps_done < trainer.total_steps:
            _step(trainer, observer, pace)
        else:
            return


def validation_figures(trainer: Trainer, observer: Observer) -> dict:
    """val_loss and val_error (a fraction) over the whole validation part."""
    total = torch.zeros(2, device=trainer.device)
    batches = iter(trainer.batches.validation())
    while True:
        with _on_the_clock(trainer):
            batch = next(batches, None)
            if batch is None:
                loss, wrong = total.tolist()
                count = trainer.batches.val_count
                return {"val_loss": loss / count, "val_error": wrong / count}
            total += trainer.validate_batch(*batch)
        observer.breathe(trainer)


class _Pace:
    """The speed of the steps made in this process since the last row, without pauses and validations."""

    def __init__(self, trainer: Trainer):
        self.trainer = trainer
        self.start()

    def start(self) -> None:
        self.seconds_before, self.steps_before = self.trainer.seconds, self.trainer.steps_done

    @property
    def seconds(self) -> float:
        return self.trainer.seconds - self.seconds_before

    def images_per_second(self) -> float:
        return (self.trainer.steps_done - self.steps_before) * self.trainer.batches.batch / self.seconds


@contextmanager
def _on_the_clock(trainer: Trainer):
    began = time.perf_counter()
    yield
    trainer.seconds += time.perf_counter() - began


def _step(trainer: Trainer, observer: Observer, pace: _Pace) -> None:
    with _on_the_clock(trainer):
        trainer.step()
    _tell_signals(trainer, observer)
    regular = trainer.steps_done % ROW_EVERY_STEPS == 0
    # Where a validation is due its row follows, with the figures of the training too.
    if (regular or pace.seconds >= ROW_EVERY_SECONDS) and not trainer.is_due_for_validation():
        with _on_the_clock(trainer):
            row = trainer.read_figures(new_window=regular)
        observer.row(row | {"images_per_second": pace.images_per_second()})
        pace.start()
    observer.breathe(trainer)


def _tell_signals(trainer: Trainer, observer: Observer) -> None:
    before = trainer.steps_done - 1
    if trainer.is_probed(before):
        with _on_the_clock(trainer):
            row = trainer.read_signals()
        observer.signals(before, row)


def _validate(trainer: Trainer, observer: Observer) -> None:
    """Validate, then read the epoch's figures: a stop during the validation leaves them to be read after the resume."""
    validation = validation_figures(trainer, observer)
    row = trainer.read_figures() | validation
    trainer.validated_at = trainer.steps_done
    if row["val_error"] < trainer.best.get("val_error", math.inf):
        trainer.best = {"val_error": row["val_error"], "epoch": row["epoch"], "step": trainer.steps_done}
    if trainer.begins_count():
        trainer.start_epoch()
    observer.row(row)
    observer.validated(trainer)
