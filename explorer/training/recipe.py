"""A recipe: everything about a training run except the network and the seed. Imports no torch."""

import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from explorer.errors import BadInput


class RecipeError(BadInput):
    """A recipe that cannot be followed; the message says which value is wrong and what would be right."""


class Recipe(BaseModel):
    """How a network is trained, by SGD with momentum. The defaults are the degradation problem's, measured in minutes.

    A run makes `epochs` passes, or exactly `steps` steps, or as many as it can in about `seconds`, whichever is given,
    the last first. `lr` is the peak: a warm-up of `warmup_steps`, but at most half of all steps, leads up to it, rising
    linearly or constant at a tenth of it (the paper's for 110 layers), and the schedule leads away from it. Weight decay acts on every parameter, as in
    the paper, or with `decay_norm` off not on those of normalisations and on biases. `clip` is the largest norm that
    the whole gradient may have. `precision` auto is bf16 autocast where the hardware is fast at it. The probes read
    every `probe_every` steps; 0 turns them off.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    dataset: str = Field("mnist-5k", min_length=1)
    epochs: int = Field(4, ge=1, le=10_000)
    steps: int | None = Field(None, ge=1, le=100_000_000)
    seconds: float | None = Field(None, ge=1, le=10_000_000)
    batch: int = Field(64, ge=2, le=65_536)
    lr: float = Field(0.05, gt=0, le=100)
    momentum: float = Field(0.9, ge=0, lt=1)
    weight_decay: float = Field(1e-4, ge=0, le=1)
    decay_norm: bool = True
    label_smoothing: float = Field(0.0, ge=0, lt=1)
    clip: float | None = Field(None, gt=0, le=1e6)
    warmup_steps: int = Field(30, ge=0, le=1_000_000)
    warmup: Literal["linear", "constant"] = "linear"
    schedule: Literal["cosine", "steps", "constant"] = "cosine"
    augment: Literal["none", "crop", "crop-flip", "imagenet"] = "none"
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    probe_every: int = Field(10, ge=0, le=1_000_000)
    device: Literal["auto", "cpu", "cuda", "mps"] = "auto"

    def variant(self, **changes) -> "Recipe":
        """A checked copy. Raises RecipeError."""
        return read_recipe(self.model_dump() | changes)


RULES = {
    "dataset": "the name of a data set, or the path of a folder or zip of class folders",
    "epochs": "a whole number from 1 to 10,000",
    "steps": "a whole number from 1 to 100,000,000, or nothing",
    "seconds": "a number from 1 to 10,000,000, or nothing",
    "batch": "a whole number from 2 to 65,536",
    "lr": "a number above 0, up to 100",
    "momentum": "a number from 0 to below 1",
    "weight_decay": "a number from 0 to 1",
    "decay_norm": "true or false",
    "label_smoothing": "a number from 0 to below 1",
    "clip": "a number above 0, up to 1,000,000, or nothing",
    "warmup_steps": "a whole number from 0 to 1,000,000",
    "warmup": "linear or constant",
    "schedule": "cosine, steps or constant",
    "augment": "none, crop (for digits, which a mirror would spoil), crop-flip or imagenet",
    "precision": "auto, fp32 or bf16",
    "probe_every": "a whole number from 0 (no probe) to 1,000,000",
    "device": "auto, cuda, mps or cpu",
}


def read_recipe(values: dict) -> Recipe:
    """The recipe of a form or of a run.json. Raises RecipeError with a sentence for the first value that is wrong."""
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "recipe"
        if name not in RULES:
            raise RecipeError(f"A recipe has no {name!r}; it has {', '.join(RULES)}.") from None
        raise RecipeError(f"{name} must be {RULES[name]}, not {first['input']!r}.") from None


def total_steps(recipe: Recipe, per_epoch: int) -> int | None:
    """How many optimiser steps the recipe asks for; None for a time budget, whose steps are planned when the run begins
    and stand in its status from then on."""
    if recipe.seconds is not None:
        return None
    return recipe.steps or recipe.epochs * per_epoch


def learning_rate(recipe: Recipe, step: int, total_steps: int) -> float:
    """The learning rate of step 0 … total_steps-1: a pure function, so that a resumed run needs no schedule state.

    Warm-up: rising in equal parts, or constant at a tenth of the peak (section 4.2's 0.01 for 110 layers); at most half of
    the steps, so that a short time on a slow machine does not end while the rate still rises.
    cosine: half a wave from the peak to zero after the warm-up (Loshchilov and Hutter, 1608.03983); steps: divided by
    10 at half and again at three quarters of the steps, as in the paper (32k and 48k of 64k); constant: the peak.
    """
    warmup = min(recipe.warmup_steps, total_steps // 2)
    if step < warmup:
        return recipe.lr * (0.1 if recipe.warmup == "constant" else (step + 1) / warmup)
    if recipe.schedule == "cosine":
        done = (step - warmup) / max(1, total_steps - warmup)
        return recipe.lr * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
    if recipe.schedule == "steps":
        return recipe.lr * (1.0 if step < total_steps / 2 else 0.1 if step < total_steps * 3 / 4 else 0.01)
    return recipe.lr
