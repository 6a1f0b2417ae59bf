"""The training loop: whole-tensor data, channels_last, bf16 autocast where it is fast, and no waiting for the device each step.

A usual loop decodes, crops and flips picture by picture and calls `.item()` every step; tests/benchmarks/bench_training.py
holds the two against each other.
"""

import math
import time
from contextlib import nullcontext
from itertools import islice
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.data.batches import DROPOUT, Batches, stream
from explorer.data.images import Normalise
from explorer.errors import BadInput
from explorer.machine.device import supports_bf16
from explorer.signals.activations import ActivationProbe
from explorer.signals.probe import GradientProbe, norms_of
from explorer.signals.sgd import Sgd
from explorer.training.recipe import Recipe, learning_rate

ROW_EVERY_STEPS = 10
ROW_EVERY_SECONDS = 0.5  # a slow network's curve still moves twice a second


class TrainingError(BadInput):
    """A training that cannot go on; the message says why and what could help."""


class Observer(Protocol):
    """Who listens to a training. Any of these may raise to end it; the trainer's state is whole whenever one is called."""

    def row(self, row: dict) -> None:
        """Figures of the steps so far, see `Trainer.read_figures`; `val_error` and `val_loss` at the end of an epoch."""

    def signals(self, step: int, row: dict[str, list[float]]) -> None:
        """What the probes saw at the weights after `step` steps (0: the initialisation) and in the step that follows from
        there, see `Trainer.read_signals`."""

    def breathe(self, trainer: "Trainer") -> None:
        """Called after every step and every batch of validation: the moment to pause, to stop or to save."""

    def epoch_done(self, trainer: "Trainer") -> None:
        """Called when an epoch has been validated and its row told."""


class Trainer:
    """A network in training: its weights, its optimiser, how far it has come and the figures since the epoch began.

    `steps_done` and `epochs_validated`, with the seed, say all about what comes next.
    """

    def __init__(self, net: nn.Module, batches: Batches, recipe: Recipe, seed: int, device: torch.device):
        self.recipe, self.seed, self.device, self.batches = recipe, seed, device, batches
        self.net = net.to(device, memory_format=torch.channels_last)
        self.normalise = Normalise(batches.mean, batches.std, device)
        self.per_epoch = batches.per_epoch
        self.total_steps = self.per_epoch * recipe.epochs
        self.bf16 = recipe.precision == "bf16" or recipe.precision == "auto" and supports_bf16(device)
        self.sgd = Sgd(net.parameters(), recipe.momentum, recipe.weight_decay)
        self.probe, self.activations = GradientProbe(net), ActivationProbe(net)
        velocity_of = dict(zip(map(id, self.sgd.weights), self.sgd.velocities, strict=True))
        self.velocities = [velocity_of[id(weight)] for weight in self.probe.weights]
        self.weight_norms: Tensor | None = None  # before the last step, where that is one to read
        self.draws = any(isinstance(module, nn.Dropout) and module.p > 0 for module in net.modules())
        self.steps_done = self.epochs_validated = 0
        self.best: dict = {}
        self.start_epoch()

    def start_epoch(self) -> None:
        """Begin to count anew what `train_error` is about."""
        self.wrong = torch.zeros((), device=self.device)
        self.seen = 0
        self.wrong_read, self.seen_read = 0.0, 0  # what the last reading of the figures had counted
        self.start_window()

    def start_window(self) -> None:
        """Begin to add up anew what `loss` is the mean of."""
        self.loss_sum = torch.zeros((), device=self.device)
        self.window_steps = 0

    def step(self) -> None:
        """One optimiser step. It leaves behind what `read_signals` reads, and does not wait for the device."""
        images, labels = self.batches.at(self.steps_done)
        if self.draws:
            torch.manual_seed(int(stream(self.seed, DROPOUT, self.steps_done).integers(2**62)))
        self.net.train()
        probed = self.is_probed(self.steps_done)
        with self.activations.watching() if probed else nullcontext():
            logits = self._forward(images)
        loss = F.cross_entropy(logits, labels)
        self.sgd.clear()
        loss.backward()
        if probed:
            self.weight_norms = norms_of(self.probe.weights)
        self.sgd.step(learning_rate(self.recipe, self.steps_done, self.total_steps))
        self.wrong += (logits.detach().argmax(1) != labels).sum()
        self.loss_sum += loss.detach()
        self.seen += len(labels)
        self.window_steps += 1
        self.steps_done += 1

    def is_probed(self, step: int) -> bool:
        """Whether the recipe asks for the signals of the step with this number, counted from 0."""
        return bool(self.recipe.probe_every) and step % self.recipe.probe_every == 0

    def read_signals(self) -> dict[str, list[float]]:
        """After a step that is probed. `grad_norm`, `update_ratio`: for every layer of the gradient probe the L2 norm of its
        gradient, and of its update over that of its weight before, NaN or infinite where a weight was all zeros.
        `activation_std`, `dead_share`: for every ReLU, see `ActivationProbe.figures`.

        The update is what the optimiser subtracted: learning rate times momentum buffer, in which the weight decay is.
        One transfer from the device.
        """
        rate = learning_rate(self.recipe, self.steps_done - 1, self.total_steps)
        ratios = rate * norms_of(self.velocities) / self.weight_norms
        weights, relus = len(ratios), len(self.activations.names)
        read = iter(torch.cat([self.probe.gradient_norms(), ratios, *self.activations.figures()]).tolist())
        sizes = {"grad_norm": weights, "update_ratio": weights, "activation_std": relus, "dead_share": relus}
        return {name: list(islice(read, size)) for name, size in sizes.items()}

    def read_figures(self) -> dict:
        """step, epoch, loss, train_error, recent_error and lr; errors are fractions.

        loss and recent_error are means since the last reading, train_error over the epoch so far.
        The one place that waits for the device. Raises TrainingError if the loss is no number any more.
        """
        loss, wrong = torch.stack([self.loss_sum / self.window_steps, self.wrong]).tolist()
        if not math.isfinite(loss):
            raise TrainingError(f"The loss stopped being a finite number by step {self.steps_done}: the training has diverged. "
                                f"A lower learning rate than {self.recipe.lr:g} or a longer warm-up than "
                                f"{self.recipe.warmup_steps} steps would help.")
        recent_error = (wrong - self.wrong_read) / (self.seen - self.seen_read)
        self.wrong_read, self.seen_read = wrong, self.seen
        self.start_window()
        return {
            "step": self.steps_done,
            "epoch": round(self.steps_done / self.per_epoch, 4),
            "loss": loss,
            "train_error": wrong / self.seen,
            "recent_error": recent_error,
            "lr": learning_rate(self.recipe, self.steps_done - 1, self.total_steps),
        }

    def validate(self, observer: Observer) -> dict:
        """val_loss and val_error (a fraction) over the whole validation part."""
        self.net.eval()
        loss_sum = wrong = torch.zeros((), device=self.device)
        with torch.inference_mode():
            for images, labels in self.batches.validation():
                logits = self._forward(images)
                loss_sum = loss_sum + F.cross_entropy(logits, labels, reduction="sum")
                wrong = wrong + (logits.argmax(1) != labels).sum()
                observer.breathe(self)
        count = self.batches.val_count
        return {"val_loss": loss_sum.item() / count, "val_error": wrong.item() / count}

    def _forward(self, images: Tensor) -> Tensor:
        """uint8 images to float32 logits."""
        images = self.normalise(images).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            return self.net(images).float()


def train(trainer: Trainer, observer: Observer) -> None:
    """Train to the end from wherever the trainer stands, telling the observer on the way."""
    # Since the last row, in this process: seconds of work, without pauses and validations, and the steps made in them.
    busy, steps = 0.0, 0
    while trainer.epochs_validated < trainer.recipe.epochs:
        if trainer.steps_done == (trainer.epochs_validated + 1) * trainer.per_epoch:
            _finish_epoch(trainer, observer)
            busy, steps = 0.0, 0
            continue
        began = time.perf_counter()
        trainer.step()
        steps += 1
        _tell_signals(trainer, observer)
        if _row_is_due(trainer, busy + time.perf_counter() - began):
            figures = trainer.read_figures()
            busy += time.perf_counter() - began
            observer.row(figures | {"images_per_second": steps * trainer.batches.batch / busy})
            busy, steps = 0.0, 0
        else:
            busy += time.perf_counter() - began
        observer.breathe(trainer)


def _tell_signals(trainer: Trainer, observer: Observer) -> None:
    before = trainer.steps_done - 1
    if trainer.is_probed(before):
        observer.signals(before, trainer.read_signals())


def _row_is_due(trainer: Trainer, busy: float) -> bool:
    if trainer.steps_done % trainer.per_epoch == 0:
        return False  # the epoch's own row follows, with the validation's figures
    return trainer.steps_done % ROW_EVERY_STEPS == 0 or busy >= ROW_EVERY_SECONDS


def _finish_epoch(trainer: Trainer, observer: Observer) -> None:
    """Validate, then read the epoch's figures: a stop during the validation leaves them to be read after the resume."""
    validation = trainer.validate(observer)
    row = trainer.read_figures() | validation
    trainer.epochs_validated += 1
    if row["val_error"] < trainer.best.get("val_error", math.inf):
        trainer.best = {"val_error": row["val_error"], "epoch": trainer.epochs_validated, "step": trainer.steps_done}
    trainer.start_epoch()
    observer.row(row)
    observer.epoch_done(trainer)
