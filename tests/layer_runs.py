"""Runs that have written down what their layers do, by the layers' own names, as a worker would have."""

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.runs.folder import create
from explorer.runs.run import Run
from explorer.runs.status import State
from explorer.runs.writer import RunWriter
from explorer.signals.activations import ActivationProbe
from explorer.signals.probe import GradientProbe

RECIPE = {"dataset": "mnist-5k", "epochs": 4, "batch": 64, "lr": 0.05}


def layer_run(network: str, steps=(0, 10, 20), *, seed: int = 0, state: State = State.FINISHED, changes: dict | None = None,
              recipe: dict | None = None) -> Run:
    """At step s layer j (from 1) has the gradient norm (1 + s) * 10^-j, the ratio 10^-j, the std j and the dead share 0.

    `changes` replaces whole columns of every row.
    """
    import torch

    spec = parse_spec(network)
    net = build(spec)
    probe, activations = GradientProbe(net), ActivationProbe(net)
    with torch.no_grad(), activations.watching():
        net(torch.zeros(2, spec.channels, spec.input, spec.input))
    run = create(network, RECIPE | (recipe or {}), seed)
    writer = RunWriter(run.folder)
    writer.status(state=State.RUNNING)
    if steps:
        writer.layers({"layers": probe.names, "kinds": probe.kinds, "activations": activations.names})
    for step in steps:
        numbers = range(1, len(probe.names) + 1)
        row = {
            "step": step,
            "grad_norm": [(1 + step) * 10.0**-number for number in numbers],
            "update_ratio": [10.0**-number for number in numbers],
            "activation_std": [float(number) for number in range(1, len(activations.names) + 1)],
            "dead_share": [0.0] * len(activations.names),
        }
        writer.layers(row | (changes or {}))
    writer.status(state=state, step=max(steps, default=0))
    return run
