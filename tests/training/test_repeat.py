"""The command that repeats a run: read back it is the same run, and carried out it ends in the same weights."""

import json
import shlex
import subprocess
import sys

import pytest
import safetensors.torch
import torch
from command_line import planned_by
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.runs.errors import RunError
from explorer.runs.folder import create, open_run
from explorer.runs.run import FINAL_WEIGHTS, Run
from explorer.runs.status import read_status
from explorer.runs.writer import RunWriter
from explorer.training.recipe import Recipe
from explorer.training.repeat import repeat_command, train_command
from explorer.training.start import Planned

NETWORK = "cifar/basic-8?width=4&channels=1"
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
RECIPES = st.builds(
    Recipe,
    dataset=TEXT,
    epochs=st.integers(1, 10_000),
    steps=st.none() | st.integers(1, 100_000_000),
    seconds=st.none() | st.floats(1, 1e7),
    batch=st.integers(2, 65_536),
    lr=st.floats(0, 100, exclude_min=True),
    momentum=st.floats(0, 1, exclude_max=True),
    weight_decay=st.floats(0, 1),
    decay_norm=st.booleans(),
    label_smoothing=st.floats(0, 1, exclude_max=True),
    clip=st.none() | st.floats(0, 1e6, exclude_min=True),
    warmup_steps=st.integers(0, 1_000_000),
    warmup=st.sampled_from(["linear", "constant"]),
    schedule=st.sampled_from(["cosine", "steps", "constant"]),
    augment=st.sampled_from(["none", "crop", "crop-flip", "imagenet"]),
    precision=st.sampled_from(["auto", "fp32", "bf16"]),
    probe_every=st.integers(0, 1_000_000),
    device=st.sampled_from(["auto", "cpu", "cuda", "mps"]),
)


@settings(max_examples=60, deadline=None)
@given(recipe=RECIPES, seed=st.integers(0, 2**32 - 1), label=st.just("") | TEXT, threads=st.none() | st.integers(1, 64))
def test_the_command_reads_back_as_the_same_run(recipe, seed, label, threads):
    command = train_command(NETWORK, recipe, seed, label=label, threads=threads)
    assert planned_by(command) == [Planned(NETWORK, recipe, seed, label)]


def test_every_field_of_a_recipe_has_an_option():
    changed = Recipe(
        dataset="cifar10", epochs=5, steps=7, seconds=9.5, batch=32, lr=0.1, momentum=0.8, weight_decay=5e-4, decay_norm=False,
        label_smoothing=0.1, clip=2.5, warmup_steps=3, warmup="constant", schedule="steps", augment="crop", precision="fp32",
        probe_every=4, device="cpu",
    )  # fmt: skip
    same = [name for name, field in Recipe.model_fields.items() if getattr(changed, name) == field.default]
    assert not same, f"give {same} another value here than its default"
    command = train_command("cifar/plain-20", changed, 3)
    assert planned_by(command) == [Planned("cifar/plain-20", changed, 3)]
    assert command == (
        "explorer train cifar/plain-20 --dataset cifar10 --epochs 5 --steps 7 --seconds 9.5 --batch 32 --lr 0.1 --momentum 0.8 "
        "--weight-decay 0.0005 --no-decay-norm --label-smoothing 0.1 --clip 2.5 --warmup-steps 3 --warmup constant "
        "--schedule steps --augment crop --precision fp32 --probe-every 4 --device cpu --seed 3"
    )


def test_what_is_at_its_default_is_left_out_and_the_shell_reads_the_rest():
    run = create(NETWORK, Recipe(dataset="/data/cats & dogs").model_dump(), 5, label="the cat's")
    assert repeat_command(run) == (
        "explorer train 'cifar/basic-8?width=4&channels=1' --dataset '/data/cats & dogs' --seed 5 --label 'the cat'\"'\"'s'"
    )
    printed = subprocess.run(["sh", "-c", repeat_command(run).replace("explorer", "printf '%s\\n'", 1)], capture_output=True, text=True)
    assert printed.stdout.splitlines() == ["train", NETWORK, "--dataset", "/data/cats & dogs", "--seed", "5", "--label", "the cat's"]


@pytest.mark.parametrize("device, ending", [("cpu", "--device cpu --seed 0 --threads 3"), ("cuda", "--device cuda --seed 0")])
def test_the_device_of_a_run_and_its_threads_on_the_cpu_are_part_of_it(device, ending):
    run = create(NETWORK, {}, 0)
    RunWriter(run.folder).status(device=device, threads=3)
    assert repeat_command(run) == f"explorer train '{NETWORK}' {ending}"


def test_a_time_budget_is_repeated_by_the_steps_that_came_of_it():
    run = create(NETWORK, Recipe(seconds=90).model_dump(), 0)
    assert repeat_command(run) == f"explorer train '{NETWORK}' --seconds 90.0 --seed 0"  # none were planned yet
    RunWriter(run.folder).status(total_steps=1234)
    assert repeat_command(run) == f"explorer train '{NETWORK}' --steps 1234 --seed 0"


def test_a_run_that_cannot_be_read_has_no_command(tmp_path):
    with pytest.raises(RunError, match="cannot be repeated: its run.json is missing"):
        repeat_command(Run("x", tmp_path, None, "its run.json is missing or damaged."))


def test_repeated_by_the_command_line_a_run_ends_in_the_same_weights(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    arguments = shlex.split(train_command(NETWORK, Recipe(epochs=1, steps=8, batch=100, lr=0.1, augment="crop", device="cpu"), 7))[1:]

    def trained(words):
        done = subprocess.run([sys.executable, "-m", "explorer.cli", *words, "--json"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return open_run(json.loads(done.stdout)[0]["run"])

    first = trained(arguments)
    monkeypatch.delenv("OMP_NUM_THREADS")
    again = trained(shlex.split(repeat_command(first))[1:])
    assert again.id != first.id and again.config.recipe == first.config.recipe
    assert read_status(again).step == read_status(first).step
    weights, same = (safetensors.torch.load_file(run.folder / FINAL_WEIGHTS) for run in (first, again))
    assert list(weights) == list(same) and all(torch.equal(weights[name], same[name]) for name in weights)
