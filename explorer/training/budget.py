"""A time budget turned into a number of steps, before the first one: so that the learning rate stays a pure function of the step.

A run that simply stopped after its seconds could not let its rate fall to zero in time, and would never take the same
course again. So some steps are timed, the state is put back as it was, and the plan is kept in the checkpoint.
"""

import time
from collections.abc import Callable
from itertools import islice
from statistics import mean

from explorer.training.trainer import Trainer

FIRST_STEPS = 3  # these also choose kernels, fetch memory and have pictures that were decoded meanwhile
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
    """The mean over a step that is probed and those until the next one.

    Timed are steps that follow on one another, as in the training: from any other, what was decoded ahead is thrown away.
    """
    for _ in range(FIRST_STEPS):
        _timed(trainer, breathe)
    plain: list[float] = []
    while len(plain) < LEAST_STEPS or sum(plain) < at_least:
        probed, seconds = trainer.is_probed(trainer.steps_done), _timed(trainer, breathe)
        if not probed or trainer.recipe.probe_every == 1:  # then no step is plain
            plain.append(seconds)
    every = trainer.recipe.probe_every
    if every <= 1:
        return mean(plain)
    trainer.steps_done += -trainer.steps_done % every - 1  # the step before one that is probed
    _timed(trainer, breathe)
    return mean(plain) + max(0.0, _timed(trainer, breathe) - mean(plain)) / every


def _timed(trainer: Trainer, breathe: Callable[[], object]) -> float:
    """The seconds of the trainer's next step, until the device is done."""
    number, began = trainer.steps_done, time.perf_counter()
    trainer.step()
    if trainer.is_probed(number):
        trainer.read_signals()
    trainer.loss_sum.item()
    seconds = time.perf_counter() - began
    breathe()
    return seconds


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
