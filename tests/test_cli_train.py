"""`explorer train`: what its options start, held against the runs that are planned, without training any."""

import json

import pytest
from command_line import assert_refused, planned_by

from explorer.training.presets import PRESETS, planned
from explorer.training.recipe import Recipe
from explorer.training.start import Planned


def test_each_network_is_run_with_each_seed():
    recipe = Recipe(lr=0.1)
    found = planned_by("explorer train cifar/plain-20 cifar/basic-20 --lr 0.1 --seed 4 --seeds 2 --label wide")
    assert found == [Planned(f"cifar/{block}-20", recipe, seed, "wide") for seed in (4, 5) for block in ("plain", "basic")]
    assert planned_by("explorer train cifar/plain-20 --runs 2") == planned_by("explorer train cifar/plain-20 --seeds 2")


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_its_questions_runs(name):
    assert planned_by(f"explorer train --preset {name} --seeds 2") == planned(PRESETS[name], (0, 1))


def test_an_arm_keeps_what_it_changes_itself():
    preset = PRESETS["overfitting"]
    found = planned_by("explorer train --preset overfitting --weight-decay 0.0002 --epochs 9")
    for one, arm in zip(found, preset.arms, strict=True):
        assert one.recipe.epochs == 9 and one.recipe.weight_decay == arm.changes.get("weight_decay", 0.0002)
    assert len({one.recipe.weight_decay for one in found}) == 2


def test_a_length_that_is_given_takes_the_place_of_the_presets(monkeypatch):
    from dataclasses import replace

    timed = replace(PRESETS["degradation"], recipe=Recipe(seconds=90, steps=500))
    monkeypatch.setitem(PRESETS, "degradation", timed)
    for option, lengths in (("--epochs 3", (3, None, None)), ("--steps 7", (4, 7, None)), ("--seconds 5", (4, None, 5.0)), ("", (4, 500, 90.0))):
        recipe = planned_by(f"explorer train --preset degradation {option}")[0].recipe
        assert (recipe.epochs, recipe.steps, recipe.seconds) == lengths


def test_without_waiting_it_says_what_was_started(monkeypatch, capsys):
    planned_by("explorer train cifar/plain-20 --json")
    assert json.loads(capsys.readouterr().out) == []


BAD = {
    "no whole number": ("--steps", ["--steps", "1.5"]),
    "no number": ("--clip", ["--clip", "much"]),
    "beyond the range": ("momentum must be a number from 0 to below 1, not 1.0", ["--momentum", "1"]),
    "unknown warm-up": ("warmup must be linear or constant", ["--warmup", "slow"]),
    "unknown device": ("device must be auto, cuda, mps or cpu", ["--device", "tpu"]),
    "no seeds": ("--seeds", ["--seeds", "0"]),
    "no threads": ("--threads", ["--threads", "0"]),
    "preset and networks": ("one of the two", ["--preset", "degradation"]),
}


@pytest.mark.parametrize("word, arguments", BAD.values(), ids=BAD.keys())
def test_a_bad_value_is_one_line(word, arguments):
    assert_refused(word, "train", "cifar/basic-8?channels=1", *arguments)


def test_a_label_of_a_preset_is_refused():
    assert_refused("leave out --label", "train", "--preset", "degradation", "--label", "mine")
