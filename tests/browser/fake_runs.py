"""Run folders as a worker would leave them, written by the test's own process: something to watch without training."""

import math
from collections.abc import Iterable

from explorer.runs.folder import create
from explorer.runs.run import Run
from explorer.runs.status import State
from explorer.runs.writer import RunWriter

RECIPE = {"dataset": "mnist-5k", "epochs": 4, "batch": 64, "lr": 0.05, "weight_decay": 1e-4}
PER_EPOCH = 62


def fake_run(
    network: str = "cifar/plain-20?width=8&channels=1",
    seed: int = 0,
    *,
    steps: int = 200,
    total: int = 248,
    state: State | None = State.FINISHED,
    layers: int = 4,
    pace: float = 20.0,
    final: float = 0.1,
    preset: str = "",
    label: str = "",
    recipe: dict | None = None,
) -> Run:
    """A run whose errors fall from 0.9 towards `final`, at `pace` steps a second; `state` None leaves it running in this process."""
    run = create(network, RECIPE | (recipe or {}), seed, preset=preset, label=label)
    writer = RunWriter(run.folder)
    writer.status(state=State.RUNNING)
    names = [f"layer{index + 1}" for index in range(layers)]
    writer.layers({"layers": [*names, "fc"], "kinds": ["conv"] * layers + ["linear"], "activations": [f"{name}.relu" for name in names]})
    row = write_steps(writer, range(10, steps + 1, 10), seed=seed, layers=layers, pace=pace, final=final)
    writer.status(step=steps, total_steps=total, progress=steps / total, latest=row)
    if state is not None:
        writer.status(state=state)
    return run


def write_steps(writer: RunWriter, steps: Iterable[int], *, seed: int = 0, layers: int = 4, pace: float = 20.0, final: float = 0.1) -> dict:
    """Append the rows of these steps; the last one."""
    row = {}
    for step in steps:
        error = final + (0.9 - final) * math.exp(-step / 60) + 0.01 * math.sin(step + seed) + 0.01 * seed
        row = {
            "step": step, "epoch": step / PER_EPOCH, "loss": 2.3 * error, "train_error": error, "recent_error": error, "lr": 0.05,
            "seconds": step / pace,
        }  # fmt: skip
        if step % 50 == 0:
            row |= {"val_error": error + 0.02, "val_loss": 2.3 * error + 0.1}
        writer.metrics(row)
        writer.layers(
            {
                "step": step,
                "grad_norm": [0.01 * step / (1 + depth) for depth in range(layers + 1)],
                "update_ratio": [1e-3] * (layers + 1),
                "activation_std": [0.5 + 0.1 * depth for depth in range(layers)],
                "dead_share": [0.05 * depth for depth in range(layers)],
            }
        )
    return row
