"""The gradient of every weight layer of a fresh network, laid over its drawing."""

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.overlay import INITIAL_GRADIENT, INITIAL_GRADIENT_LABEL, Overlay, measured
from explorer.lab.fresh import batch_for_seconds, fresh_flow
from explorer.networks.spec import NetworkSpec, TorchvisionSpec


def initial_gradient(spec: NetworkSpec | TorchvisionSpec, anatomy: Anatomy, seed: int = 0) -> Overlay:
    """The L2 norm of each weight's gradient at initialisation, for embedded digits fitted to the network.

    The batch has 64 digits, fewer where the network is costly; the note says how many. Raises BadInput where even two
    would take minutes or more memory than is free.
    """
    batch = batch_for_seconds(anatomy)
    (flow,) = fresh_flow(spec, seed=seed, steps=(0,), batch=batch)
    note = (f"L2 norm of the loss gradient at each weight of a fresh network (seed {seed}), for one batch of {batch} handwritten "
            f"digits at {spec.input} pixels, dropout off.")  # fmt: skip
    return measured(anatomy, INITIAL_GRADIENT, INITIAL_GRADIENT_LABEL, "", note, flow.names, [flow.steps[0].norms])
