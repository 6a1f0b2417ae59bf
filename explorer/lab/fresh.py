"""A fresh network measured on a batch that this machine can compute: refused with the estimate before anything is built."""

from collections.abc import Iterator
from math import prod

import torch

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.memory import FLOAT
from explorer.anatomy.of import anatomy_of
from explorer.errors import BadInput
from explorer.lab import limits
from explorer.lab.limits import SMALLER, gradient_bytes
from explorer.lab.pictures import fresh_pictures
from explorer.networks.spec import NetworkSpec, TorchvisionSpec
from explorer.signals.flow import FlowResult, measured_steps

LEARNING_RATE = 0.05
BATCHES = (64, 32, 16, 8, 4, 2)  # batch normalisation needs two pictures
# One thread does some 30e9 multiply-adds a second: about three seconds, and at most about a minute for the smallest batch.
USUAL_MACS = 100e9
MOST_MACS = 1_500e9
MOST_PICTURES = 256_000_000  # bytes; longer flows see the first batches again


def fresh_flow(
    spec: NetworkSpec | TorchvisionSpec,
    *,
    data: str = "digits",
    seed: int = 0,
    steps: tuple[int, ...] = (0, 1, 2, 5, 10),
    batch: int | None = None,
    lr: float = LEARNING_RATE,
    device: torch.device | str = "cpu",
) -> Iterator[FlowResult]:
    """The flow through a fresh network on digits or noise, as `measured_steps` gives it, one result for each of the steps.

    `seed` draws the weights and the pictures; `batch` None is `usual_batch`. Raises BadInput, before anything is built,
    for data that are unknown, steps or a batch that cannot be, and where it would take more memory than is free.
    """
    batch = batch or usual_batch(spec)
    last = max(steps, default=0)
    check_memory(anatomy_of(spec), batch, last)
    count = batch * min(last + 1, max(1, MOST_PICTURES // (FLOAT * batch * spec.channels * spec.input**2)))
    return measured_steps(spec, *fresh_pictures(spec, count, seed, data), seed=seed, steps=steps, batch=batch, lr=lr, device=device)


def usual_batch(spec: NetworkSpec | TorchvisionSpec) -> int:
    """64 pictures, 8 of those that are larger than 64 pixels."""
    return 64 if spec.input <= 64 else 8


def batch_for_seconds(anatomy: Anatomy) -> int:
    """The largest batch that answers in seconds and fits the free memory. Raises BadInput with what two pictures would need."""
    least = BATCHES[-1]
    check_work(anatomy, least)
    check_memory(anatomy, least)
    free = limits.free_bytes()
    fitting = (batch for batch in BATCHES if work_of(anatomy, batch) <= USUAL_MACS and needed_bytes(anatomy, batch) <= free)
    return next(fitting, least)


def check_work(anatomy: Anatomy, batch: int, last_step: int = 0, most: float = MOST_MACS) -> None:
    """Raises BadInput, with the estimate, where steps 0 to `last_step` take more than `most` multiply-adds."""
    if (work := work_of(anatomy, batch, last_step)) > most:
        steps = f" and {last_step + 1} steps" if last_step else ""
        fewer = f"{SMALLER}, or fewer steps" if last_step else SMALLER
        raise BadInput(f"The gradients of {anatomy.title} would take minutes here ({work / 1e9:,.0f} G multiply-adds for "
                       f"{batch} pictures{steps}, this stops at {most / 1e9:,.0f} G): {fewer}.")  # fmt: skip


def check_memory(anatomy: Anatomy, batch: int, last_step: int = 0) -> None:
    """Raises BadInput, with the estimate, where a batch needs more memory than is free."""
    limits.check_memory(f"The gradients of {anatomy.title}", needed_bytes(anatomy, batch, last_step), batch)


def work_of(anatomy: Anatomy, batch: int, last_step: int = 0) -> int:
    """Multiply-adds of a forward pass, and a backward pass of twice its cost, at each of the steps from 0 on."""
    return 3 * anatomy.macs * batch * (last_step + 1)


def needed_bytes(anatomy: Anatomy, batch: int, last_step: int = 0) -> int:
    """At most what the steps take, with velocities where there is a step after the first, and the pictures of further batches."""
    further = min(last_step * FLOAT * batch * prod(anatomy.input_shape), MOST_PICTURES)
    return gradient_bytes(anatomy, batch, "momentum" if last_step else "sgd", further)
