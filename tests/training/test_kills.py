"""Real workers killed at random moments, several times each: what they end with is what an undisturbed training ends with."""

import os
import random
import signal
import time
from contextlib import closing

import pytest
import safetensors.torch
import torch

from explorer.data.open import open_batches
from explorer.data.streamed import Streamed
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.runs.launcher import LocalLauncher
from explorer.runs.run import FINAL_WEIGHTS
from explorer.runs.series import read_layers, read_metrics, tail_log
from explorer.runs.status import read_status
from explorer.training.checkpoint import CHECKPOINT
from explorer.training.loop import ROW_EVERY_STEPS, train
from explorer.training.recipe import Recipe
from explorer.training.start import resume_run, start_runs
from explorer.training.trainer import Trainer

KINDS = {  # the side of the pictures, and how the recipe is
    "everything": (8, {"steps": 300, "label_smoothing": 0.1, "clip": 0.5, "decay_norm": False, "schedule": "steps"}),
    "a time budget": (8, {"seconds": 5}),
    "streamed": (72, {"steps": 45, "augment": "imagenet"}),
}
KILLS = 2


def wait_until(run, condition, seconds=90.0):
    deadline = time.monotonic() + seconds
    while not condition(status := read_status(run)):
        assert time.monotonic() < deadline, f"{status.state}: {status.reason} {tail_log(run)}"
        time.sleep(0.01)
    return status


def killed_and_resumed(run, moments):
    """Kill the worker a while after it trains and has saved, as often as there are moments (seconds); then let it end."""
    for moment in moments:
        saved = run.folder / CHECKPOINT
        status = wait_until(run, lambda status: status.state == "running" and saved.exists() or not status.active)
        if status.active:
            time.sleep(moment)
            os.kill(status.pid, signal.SIGKILL)
            wait_until(run, lambda status: not status.active)
        if read_status(run).state == "lost":
            resume_run(run, LocalLauncher(slots=2))
    return wait_until(run, lambda status: not status.active)


@pytest.fixture
def threads():
    before = torch.get_num_threads()
    yield torch.set_num_threads
    torch.set_num_threads(before)


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_killed_at_random_moments_ends_bit_for_bit_as_an_undisturbed_one(
    kind, tiny_folder, listener, threads, monkeypatch
):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    size, changes = KINDS[kind]
    network = f"cifar/basic-8?width=4&input={size}&classes=2&dropout=0.3"
    recipe = Recipe(**{"dataset": str(tiny_folder), "batch": 12, "warmup_steps": 3, "augment": "crop-flip", "probe_every": 7} | changes)
    (run,) = start_runs((network,), recipe, 0, LocalLauncher(slots=2))
    status = killed_and_resumed(run, [random.uniform(0, 0.6) for _ in range(KILLS)])
    assert status.state == "finished", status.reason
    assert any(line.startswith("going on from step") for line in tail_log(run, 200))

    threads(status.threads)
    data = open_batches(recipe.dataset, size=size, channels=3, batch=recipe.batch, augment=recipe.augment, seed=0)
    with closing(data) as batches:
        assert isinstance(batches, Streamed) == (kind == "streamed")
        undisturbed = Trainer(build(parse_spec(network), seed=0), batches, recipe, 0, torch.device("cpu"))
        undisturbed.total_steps = status.total_steps  # a time budget's plan
        train(undisturbed, heard := listener())

    weights = safetensors.torch.load_file(run.folder / FINAL_WEIGHTS)
    exact = undisturbed.net.state_dict()
    assert weights.keys() == exact.keys() and all(torch.equal(weights[name], exact[name]) for name in exact)
    assert regular(read_metrics(run)) == regular(heard.rows)
    layers = read_layers(run)
    seen = [(step, row["grad_norm"], row["update_ratio"], row["activation_std"], row["dead_share"]) for step, row in heard.signal_rows]
    found = zip(layers.steps, *(map(list, rows) for rows in (layers.norms, layers.ratios, layers.stds, layers.dead)), strict=True)
    assert list(found) == seen
    seconds = [row["seconds"] for row in read_metrics(run)]
    assert seconds == sorted(seconds)


def regular(rows):
    """The rows that follow from seed and recipe, without what the clock says."""
    kept = [row for row in rows if row["step"] % ROW_EVERY_STEPS == 0 or "val_error" in row]
    return [{name: value for name, value in row.items() if name not in ("seconds", "images_per_second")} for row in kept]
