"""The gradient of every weight layer of a fresh network, by a batch as large as answers in seconds."""

import math

import psutil

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.memory import memory_of
from explorer.anatomy.overlay import INITIAL_GRADIENT, INITIAL_GRADIENT_LABEL, Overlay, measured
from explorer.data.images import batch_for
from explorer.errors import BadInput
from explorer.machine.hardware import memory_bytes
from explorer.networks.spec import NetworkSpec, TorchvisionSpec
from explorer.signals.flow import gradient_flow

BATCHES = (64, 32, 16, 8, 4, 2)  # batch normalisation needs two pictures
# One thread does some 30e9 multiply-adds a second: about three seconds, and at most about a minute for the smallest batch.
USUAL_MACS = 100e9
MOST_MACS = 1_500e9


def initial_gradient(spec: NetworkSpec | TorchvisionSpec, anatomy: Anatomy, seed: int = 0) -> Overlay:
    """The L2 norm of each weight's gradient at initialisation, for embedded digits fitted to the network.

    The batch has 64 digits, fewer where the network is costly; the note says how many. Raises BadInput where even two
    would take minutes or more memory than is free.
    """
    batch = batch_for_seconds(anatomy)
    images, labels = batch_for(spec, batch, seed)
    flow = gradient_flow(spec, images, labels, seed=seed, steps=(0,), batch=batch)
    norms = [math.nan if norm is None else norm for norm in flow.steps[0].norms]
    note = (f"L2 norm of the loss gradient at each weight of a fresh network (seed {seed}), for one batch of {batch} handwritten "
            f"digits at {spec.input} pixels, dropout off.")  # fmt: skip
    return measured(anatomy, INITIAL_GRADIENT, INITIAL_GRADIENT_LABEL, "", note, flow.names, [norms])


def batch_for_seconds(anatomy: Anatomy) -> int:
    """The largest batch that answers in seconds and fits the free memory. Raises BadInput with what two pictures would need."""
    least, free = BATCHES[-1], min(psutil.virtual_memory().available, memory_bytes())
    if _macs(anatomy, least) > MOST_MACS:
        raise BadInput(f"The gradients of {anatomy.title} would take minutes here ({_macs(anatomy, least) / 1e9:,.0f} G multiply-adds for "
                       f"{least} pictures, this stops at {MOST_MACS / 1e9:,.0f} G): choose a shallower or narrower network, or a smaller input.")  # fmt: skip
    if needed_bytes(anatomy, least) > free:
        raise BadInput(f"The gradients of {anatomy.title} need about {needed_bytes(anatomy, least) / 1e9:.1f} GB of memory for {least} pictures, "
                       f"and {free / 1e9:.1f} GB are free: choose a shallower or narrower network, or a smaller input.")  # fmt: skip
    fitting = (batch for batch in BATCHES if _macs(anatomy, batch) <= USUAL_MACS and needed_bytes(anatomy, batch) <= free)
    return next(fitting, least)


def needed_bytes(anatomy: Anatomy, batch: int) -> int:
    """At most what one forward and backward pass take: a training step's peak, with an optimiser that remembers nothing."""
    return memory_of(anatomy, batch, optimiser="sgd").peak


def _macs(anatomy: Anatomy, batch: int) -> int:
    """Forward pass, and backward pass of twice its cost."""
    return 3 * anatomy.macs * batch
