"""A network in training, one step at a time: whole-tensor data, channels_last, bf16 autocast where it is fast, and no
waiting for the device.

A usual loop decodes, crops and flips picture by picture and calls `.item()` every step; tests/benchmarks/bench_training.py
holds the two against each other.
"""

import math
from contextlib import nullcontext
from itertools import islice

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.data.batches import Batches
from explorer.data.images import Normalise
from explorer.data.order import DROPOUT, stream
from explorer.errors import BadInput
from explorer.machine.device import supports_bf16
from explorer.signals.activations import ActivationProbe
from explorer.signals.probe import GradientProbe, norms_of
from explorer.signals.sgd import Sgd
from explorer.training.recipe import Recipe, learning_rate, total_steps

VALIDATE_STEPS = 1000  # an epoch of more is validated on the way too


class TrainingError(BadInput):
    """A training that cannot go on; the message says why and what could help."""


class Trainer:
    """A network in training: its weights, its optimiser, how far it has come and the figures since the epoch began.

    `steps_done` and `validated_at`, with the seed and `total_steps`, say all about what comes next. `total_steps` is 0
    for a time budget until its steps are planned (training.budget). `seconds` is the time spent on steps and validation.
    """

    def __init__(self, net: nn.Module, batches: Batches, recipe: Recipe, seed: int, device: torch.device):
        self.recipe, self.seed, self.device, self.batches = recipe, seed, device, batches
        self.net = net.to(device, memory_format=torch.channels_last)
        self.normalise = Normalise(batches.mean, batches.std, device)
        self.per_epoch = batches.per_epoch
        self.validate_every = math.ceil(self.per_epoch / math.ceil(self.per_epoch / VALIDATE_STEPS))
        self.total_steps = total_steps(recipe, batches.per_epoch) or 0
        self.bf16 = recipe.precision == "bf16" or recipe.precision == "auto" and supports_bf16(device)
        self.sgd = Sgd(net.parameters(), recipe.momentum, recipe.weight_decay, decay_all=recipe.decay_norm, clip=recipe.clip)
        self.probe, self.activations = GradientProbe(net), ActivationProbe(net)
        velocity_of = dict(zip(map(id, self.sgd.weights), self.sgd.velocities, strict=True))
        self.velocities = [velocity_of[id(weight)] for weight in self.probe.weights]
        self.weight_norms: Tensor | None = None  # before the last step, where that is one to read
        self.draws = any(isinstance(module, nn.Dropout) and module.p > 0 for module in net.modules())
        self.steps_done = self.validated_at = 0
        self.seconds = 0.0
        self.best: dict = {}
        self.start_epoch()

    def start_epoch(self) -> None:
        """Begin to count anew what `train_error` is about, see `begins_count`."""
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
        loss = F.cross_entropy(logits, labels, label_smoothing=self.recipe.label_smoothing)
        self.sgd.clear()
        loss.backward()
        if probed:
            self.weight_norms = norms_of(self.probe.weights)
        self.sgd.step(self._rate(self.steps_done))
        self.wrong += (logits.detach().argmax(1) != labels).sum()
        self.loss_sum += loss.detach()
        self.seen += len(labels)
        self.window_steps += 1
        self.steps_done += 1

    def is_probed(self, step: int) -> bool:
        """Whether the recipe asks for the signals of the step with this number, counted from 0."""
        return bool(self.recipe.probe_every) and step % self.recipe.probe_every == 0

    def is_due_for_validation(self) -> bool:
        """Whether the weights stand where they are to be validated and have not been: at the end of every epoch and of the
        training, and on the way through an epoch of very many steps."""
        within = self.steps_done % self.per_epoch
        due = within % self.validate_every == 0 or self.steps_done == self.total_steps
        return due and self.validated_at < self.steps_done

    def begins_count(self) -> bool:
        """Whether `train_error` counts anew from here: where an epoch begins that will be whole, or at the training's end.

        What is left for less than an epoch is counted together with the epoch before it: a last step after 62 of an epoch
        would else be an error over one batch.
        """
        left = self.total_steps - self.steps_done
        return self.steps_done % self.per_epoch == 0 and (left == 0 or left >= self.per_epoch)

    def read_signals(self) -> dict[str, list[float]]:
        """After a step that is probed. `grad_norm`, `update_ratio`: for every layer of the gradient probe the L2 norm of its
        gradient (before any clipping), and of its update over that of its weight before, NaN or infinite where a weight was
        all zeros. `activation_std`, `dead_share`: for every ReLU, see `ActivationProbe.figures`.

        The update is what the optimiser subtracted: learning rate times momentum buffer, in which the weight decay is.
        One transfer from the device.
        """
        ratios = self._rate(self.steps_done - 1) * norms_of(self.velocities) / self.weight_norms
        weights, relus = len(ratios), len(self.activations.names)
        read = iter(torch.cat([self.probe.gradient_norms(), ratios, *self.activations.figures()]).tolist())
        sizes = {"grad_norm": weights, "update_ratio": weights, "activation_std": relus, "dead_share": relus}
        return {name: list(islice(read, size)) for name, size in sizes.items()}

    def read_figures(self, new_window: bool = True) -> dict:
        """step, epoch, seconds, loss, train_error, recent_error and lr; errors are fractions.

        loss and recent_error are means since the last reading that began a new window, train_error is over the epoch so far,
        or where the training ends within an epoch, over that part and the whole epoch before it.
        The one place that waits for the device. Raises TrainingError if the loss is no number any more.
        """
        loss, wrong = torch.stack([self.loss_sum / self.window_steps, self.wrong]).tolist()
        if not math.isfinite(loss):
            raise TrainingError(self._diverged())
        recent_error = (wrong - self.wrong_read) / (self.seen - self.seen_read)
        if new_window:
            self.wrong_read, self.seen_read = wrong, self.seen
            self.start_window()
        return {
            "step": self.steps_done,
            "epoch": round(self.steps_done / self.per_epoch, 4),
            "seconds": round(self.seconds, 3),
            "loss": loss,
            "train_error": wrong / self.seen,
            "recent_error": recent_error,
            "lr": self._rate(self.steps_done - 1),
        }

    @torch.inference_mode()
    def validate_batch(self, images: Tensor, labels: Tensor) -> Tensor:
        """float32 [2] on the device: the loss summed over a batch, and how many of it are classified wrong."""
        self.net.eval()
        logits = self._forward(images)
        return torch.stack([F.cross_entropy(logits, labels, reduction="sum"), (logits.argmax(1) != labels).sum()])

    def _rate(self, step: int) -> float:
        return learning_rate(self.recipe, step, self.total_steps)

    def _forward(self, images: Tensor) -> Tensor:
        """uint8 images to float32 logits."""
        images = self.normalise(images).contiguous(memory_format=torch.channels_last)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bf16):
            return self.net(images).float()

    def _diverged(self) -> str:
        clipping = " Clipping the gradient helps too." if self.recipe.clip is None else ""
        return (f"The loss stopped being a finite number by step {self.steps_done}: the training has diverged. "
                f"A lower learning rate than {self.recipe.lr:g} or a longer warm-up than "
                f"{self.recipe.warmup_steps} steps would help.{clipping}")
