"""Runs to look at, processes that are gone, and a small worker to launch."""

import subprocess
import sys

import pytest
from small_runs import SMALL_WORKER, wait_until

from explorer.machine.process import identity
from explorer.runs.folder import create
from explorer.runs.launcher import LocalLauncher
from explorer.runs.status import read_status
from explorer.runs.writer import RunWriter


@pytest.fixture
def run():
    """A run that was created and never launched."""
    return create("cifar/plain-20?width=8&channels=1", {"epochs": 4}, 0)


@pytest.fixture
def busy_run(run):
    """A run with a status (this process is its worker), metrics, layers and a log."""
    writer = RunWriter(run.folder)
    writer.status(state="starting")
    writer.status(state="running", progress=0.5, step=2, total_steps=4, latest={"train_error": 0.25}, best={"val_error": 0.2})
    writer.layers({"layers": ["conv1", "fc"], "kinds": ["conv", "linear"], "activations": ["relu"]})
    for step in (1, 2):
        writer.metrics({"step": step, "loss": 1 / step})
        weights = {"grad_norm": [0.5 * step, float("nan")], "update_ratio": [0.001 * step, float("inf")]}
        writer.layers({"step": step, **weights, "activation_std": [0.6 * step], "dead_share": [0.25 * (step - 1)]})
    (run.folder / "log.txt").write_text("first\nsecond\n\nTraceback: the last words\n")
    return run


@pytest.fixture
def gone():
    """The number and the identity of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    who = process.pid, identity(process.pid)
    process.communicate(b"\n")
    return who


@pytest.fixture
def launch():
    """`launch(recipe, …)` creates and submits runs of the small worker; their processes end with the test."""
    launched = []

    def start(*recipes, slots=2, command=SMALL_WORKER):
        launcher = LocalLauncher(slots, command)
        runs = [create(f"cifar/plain-{20 + 6 * number}", recipe, 0) for number, recipe in enumerate(recipes)]
        launched.extend((launcher, run) for run in runs)
        for run in runs:
            launcher.submit(run)
        return launcher, runs

    yield start
    for launcher, run in launched:
        launcher.stop(run)
    for _, run in launched:
        wait_until(lambda: not read_status(run).active)


@pytest.fixture(name="wait_until")
def _wait_until():
    return wait_until
