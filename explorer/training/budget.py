"""A time budget turned into a number of steps, before the first one: so that the learning rate stays a pure function of the step.

A run that simply stopped after its seconds could not let its rate fall to zero in time, and would never take the same
course again. So some steps are timed, the state is put back as it was, and the plan is kept in the checkpoint.
"""

import time
from collections.abc import Callable
from itertools import islice
from statistics import median

from explorer.training.trainer import Trainer

LEAST_STEPS = 3
TIMED_SHARE = 0.02  # of the budget
TIMED_SECONDS = 2.0


def plan_steps(trainer: Trainer, breathe: Callable[[], object]) -> int:
    """How many steps, with their probes and validations, take about `recipe.seconds` here; at least 1.

    The trainer must be fresh; it is left bit for bit as it was. `breathe` is called after every step and may raise.
    """
    budget = trainer.recipe.seconds
    weights = {name: value.clone() for name, value in trainer.net.state_dict().items()}
    trainer.total_steps = trainer.recipe.warmup_steps + 1  # any: what these steps learn is thrown away
    try:
        step = _seconds_of_step(trainer, min(TIMED_SECONDS, TIMED_SHARE * budget), breathe)
        validation = _seconds_of_validation(trainer)
    finally:
        _put_back(trainer, weights)
    return steps_within(budget, step, validation, trainer.validate_every)


def steps_within(budget: float, step: float, validation: float, validate_every: int) -> int:
    """The most steps of `step` seconds that fit, with validations of `validation` seconds: every so many steps, and after the last."""
    parts, rest = divmod(budget, validate_every * step + validation)
    return max(1, int(parts) * validate_every + max(0, int((rest - validation) / step)))


def _seconds_of_step(trainer: Trainer, at_least: float, breathe: Callable[[], object]) -> float:
    """The mean over a step that is probed and those until the next one."""

    def timed(number: int) -> float:
        trainer.steps_done = number
        began = time.perf_counter()
        trainer.step()
        if trainer.is_probed(number):
            trainer.read_signals()
        trainer.loss_sum.item()  # until the device is done
        seconds = time.perf_counter() - began
        breathe()
        return seconds

    timed(0), timed(1)  # the first of each kind also choose kernels and fetch memory
    plain: list[float] = []
    while len(plain) < LEAST_STEPS or sum(plain) < at_least:
        plain.append(timed(1))
    if not trainer.recipe.probe_every:
        return median(plain)
    return median(plain) + max(0.0, timed(0) - median(plain)) / trainer.recipe.probe_every


def _seconds_of_validation(trainer: Trainer) -> float:
    """By the second of its batches, or the only one."""
    seconds = 0.0
    for images, labels in islice(trainer.batches.validation(), 2):
        began = time.perf_counter()
        trainer.validate_batch(images, labels).tolist()
        seconds = (time.perf_counter() - began) * trainer.batches.val_count / len(labels)
    return seconds


def _put_back(trainer: Trainer, weights: dict) -> None:
    trainer.net.load_state_dict(weights)
    trainer.sgd.clear()
    for velocity in trainer.sgd.velocities:
        velocity.zero_()
    trainer.steps_done = trainer.total_steps = 0
    trainer.weight_norms = None
    trainer.start_epoch()
