"""One run's work, from its description to its final weights. The worker process calls this once it has a slot."""

import json
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import torch

from explorer.data.open import open_batches
from explorer.machine.allocator import keep_freed_memory
from explorer.machine.device import choose_device
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.runs.run import FINAL_WEIGHTS, Run
from explorer.runs.series import read_layers, read_metrics
from explorer.runs.status import State, recorded_status
from explorer.runs.writer import RunWriter
from explorer.training.budget import plan_steps
from explorer.training.checkpoint import CHECKPOINT, is_about_memory, restore_checkpoint, save_checkpoint
from explorer.training.loop import train
from explorer.training.recipe import read_recipe
from explorer.training.trainer import Trainer, TrainingError

CHECKPOINT_SECONDS = 30.0
CHECKPOINT_SHARE = 0.01  # of the run's time at most, however large the network or short the epoch


class Control(Protocol):
    """What a person has asked for, and what to show them."""

    def breathe(self) -> bool:
        """True if the run is asked to pause. Raises to stop it."""

    def wait_while_paused(self) -> None:
        """Come back once the run may go on. Raises to stop it."""

    def show(self, **fields) -> None:
        """Fields of the status, shown within half a second."""


def carry_out(run: Run, writer: RunWriter, control: Control) -> None:
    """Train the run from its last checkpoint, or its beginning, to its end. Raises BadInput with the reason it cannot."""
    spec, recipe = parse_spec(run.config.network), read_recipe(run.config.recipe)
    device = choose_device(_recorded_device(run) or recipe.device)
    keep_freed_memory()
    torch.backends.cudnn.benchmark = True  # every batch has the same shape
    print(f"{spec} with seed {run.config.seed} on {device}, {torch.get_num_threads()} threads", flush=True)

    def reading(done: float) -> None:
        control.breathe()
        control.show(reason=f"Reading the pictures: {done:.0%}.")

    with _memory_errors(recipe.batch):
        opened = open_batches(recipe.dataset, size=spec.input, channels=spec.channels, batch=recipe.batch, augment=recipe.augment,
                              seed=run.config.seed, device=device, progress=reading)
        with closing(opened) as batches:
            control.breathe()
            trainer = Trainer(build(spec, seed=run.config.seed), batches, recipe, run.config.seed, device)
            recorder = Recorder(run, trainer, writer, control)
            recorder.take_up()
            train(trainer, recorder)
            if batches.report:
                print(batches.report.summary(), flush=True)
    _save_final(run.folder, spec.text, trainer, recorder.latest["val_error"])


def _recorded_device(run: Run) -> str | None:
    """Where the run computed before: with another device its figures would go on as others."""
    status = recorded_status(run.folder)
    return status and status.device


class Recorder:
    """Writes what the loop tells into the run folder, and passes on what is asked of the run."""

    def __init__(self, run: Run, trainer: Trainer, writer: RunWriter, control: Control):
        self.run, self.trainer, self.writer, self.control = run, trainer, writer, control
        self.path = run.folder / CHECKPOINT
        self.latest: dict = {}
        self.saved, self.save_seconds = time.monotonic(), 0.0
        self.last_signals = -1

    def take_up(self) -> None:
        """Go back to the last checkpoint, or plan a time budget's steps; drop the rows that will be written again."""
        if restore_checkpoint(self.trainer, self.path):
            print(f"going on from step {self.trainer.steps_done}", flush=True)
        elif self.trainer.recipe.seconds is not None:
            self._plan()
        self.writer.keep_until(self.trainer.steps_done, validated=self.trainer.validated_at == self.trainer.steps_done)
        self.last_signals = max(read_layers(self.run).steps, default=-1)
        for row in read_metrics(self.run):
            self.latest |= {name: value for name, value in row.items() if value is None or isinstance(value, (int, float))}
        self._show_progress({})
        self.control.show(state=State.RUNNING, reason=None)

    def row(self, row: dict) -> None:
        """Append the figures to the metrics and show them."""
        self.writer.metrics(row)
        self._show_progress(row)

    def signals(self, step: int, row: dict[str, list[float]]) -> None:
        """Append what the probes saw, unless it is there already; the names first."""
        if step > self.last_signals:  # the row of the checkpoint's own step may be there already
            probe, activations = self.trainer.probe, self.trainer.activations
            self.writer.layers({"layers": list(probe.names), "kinds": list(probe.kinds), "activations": list(activations.names)})
            self.writer.layers({"step": step} | row)

    def breathe(self, trainer: Trainer) -> None:
        """Save now and then, and before a stop or a pause; wait while paused."""
        try:
            paused = self.control.breathe()
        except BaseException:
            self._save()
            raise
        if paused or self._may_save(CHECKPOINT_SECONDS):
            self._save()
        if paused:
            self.control.wait_while_paused()

    def validated(self, trainer: Trainer) -> None:
        """Save where that costs next to nothing, and leave a line in the log."""
        if self._may_save(0):
            self._save()
        print(f"epoch {trainer.steps_done / trainer.per_epoch:g}: training error {self.latest['train_error']:.4f}, "
              f"validation error {self.latest['val_error']:.4f}", flush=True)

    def _plan(self) -> None:
        self.control.show(reason="Timing a few steps, to plan how many fit into the time.")
        self.trainer.total_steps = plan_steps(self.trainer, self._pause_if_asked)
        self._save()  # before anybody sees the plan: a resume keeps to it
        print(f"{self.trainer.total_steps} steps in about {self.trainer.recipe.seconds:g} s", flush=True)

    def _pause_if_asked(self) -> None:
        """While steps are timed there is nothing to save: a process that ends in the pause times them again."""
        if self.control.breathe():
            self.control.wait_while_paused()

    def _may_save(self, after_seconds: float) -> bool:
        return time.monotonic() - self.saved > max(after_seconds, self.save_seconds / CHECKPOINT_SHARE)

    def _save(self) -> None:
        began = time.monotonic()
        save_checkpoint(self.trainer, self.path)
        self.saved = time.monotonic()
        self.save_seconds = self.saved - began

    def _show_progress(self, row: dict) -> None:
        trainer = self.trainer
        self.latest |= row
        pace = self.latest.get("images_per_second")
        images_left = (trainer.total_steps - trainer.steps_done) * trainer.batches.batch
        self.control.show(
            step=trainer.steps_done,
            total_steps=trainer.total_steps,
            progress=trainer.steps_done / trainer.total_steps,
            epoch=trainer.steps_done / trainer.per_epoch,
            images_per_second=pace,
            seconds_left=images_left / pace if pace else None,
            latest=dict(self.latest),
            best=dict(trainer.best),
        )


def _save_final(folder: Path, network: str, trainer: Trainer, val_error: float) -> None:
    """The trained weights, with all that is needed to classify with them."""
    data = trainer.batches
    metadata = {
        "network": network,
        "dataset": Path(data.name).name,  # where a folder lies on this machine is nobody else's business
        "classes": json.dumps(data.classes),
        "mean": json.dumps(data.mean),
        "std": json.dumps(data.std),
        "val_error": str(val_error),
    }
    save_weights(trainer.net, folder / FINAL_WEIGHTS, metadata)


@contextmanager
def _memory_errors(batch: int):
    """Turn every way in which memory runs out into one sentence."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not isinstance(error, MemoryError) and not is_about_memory(error):
            raise
        raise TrainingError(f"The memory is not enough for batches of {batch} images in this network: take a smaller batch, a "
                            "shallower network or a smaller input.") from error
