"""Which runs belong to a question: by its name, the arm's network and label, and the recipe but for the arm's own changes."""

from dataclasses import replace

import pytest

from explorer.runs.folder import create, list_runs
from explorer.runs.status import State
from explorer.runs.writer import RunWriter
from explorer.training.evidence import evidence, outcome, question_of, unused_seed
from explorer.training.presets import PRESETS, planned
from explorer.training.start import start

OVERFITTING = PRESETS["overfitting"]


class Notebook:
    """A launcher that starts nothing."""

    def submit(self, run):
        pass


def asked(preset, *seeds):
    return start(planned(preset, seeds), preset=preset.name, launcher=Notebook())


def test_all_arms_of_all_seeds_are_of_one_question():
    runs = asked(OVERFITTING, 0, 7)
    assert question_of(runs) == (OVERFITTING, OVERFITTING.recipe)
    assert {run.id for run in evidence(*question_of(runs), list_runs())} == {run.id for run in runs}
    assert unused_seed(runs) == 1 and unused_seed(runs[:4]) == 1 and unused_seed([]) == 0


def test_a_question_asked_with_another_recipe_is_another():
    longer = replace(OVERFITTING, recipe=OVERFITTING.recipe.variant(epochs=8))
    short, long = asked(OVERFITTING, 0), asked(longer, 0)
    assert question_of(long) == (OVERFITTING, longer.recipe)
    assert question_of(short + long) is None
    assert {run.id for run in evidence(*question_of(long), list_runs())} == {run.id for run in long}


@pytest.mark.parametrize(
    ("name", "change"),
    [("normalisation", {"lr": 0.1}), ("overfitting", {"weight_decay": 5e-4}), ("very-deep", {"warmup_steps": 10})],
)
def test_a_question_may_be_asked_with_another_value_of_what_an_arm_changes(name, change):
    own = PRESETS[name]
    changed = replace(own, recipe=own.recipe.variant(**change))
    before, runs = asked(own, 0), asked(changed, 0)
    assert question_of(runs) == (own, changed.recipe)
    assert question_of(before + runs) is None
    assert {run.id for run in runs} <= {run.id for run in evidence(own, changed.recipe, list_runs())}
    # Arms that set the value themselves train alike whichever way the question was asked; the others do not.
    shared = [run for run in before if run in evidence(own, changed.recipe, before)]
    assert {run.config.label for run in shared} == {arm.label for arm in own.arms if change.keys() <= arm.changes.keys()}


def test_arms_that_all_set_a_value_leave_it_as_the_question_has_it():
    own = PRESETS["normalisation"]
    bare = [run for run in asked(replace(own, recipe=own.recipe.variant(lr=0.1)), 0) if run.config.label]
    assert question_of(bare) == (own, own.recipe)


def test_runs_of_no_question_or_of_several():
    own = create(OVERFITTING.arms[0].network, OVERFITTING.recipe.model_dump(), 0)
    stranger = create("cifar/basic-110", OVERFITTING.recipe.model_dump(), 0, preset="overfitting")
    unknown = create("cifar/basic-110", {}, 0, preset="a question of tomorrow")
    damaged = create(OVERFITTING.arms[0].network, {"epochs": "many"}, 0, preset="overfitting")
    other = asked(PRESETS["degradation"], 0)
    for runs in ([own], [stranger], [unknown], [damaged], [], asked(OVERFITTING, 0) + other, [*other, own]):
        assert question_of(runs) is None
    assert evidence(OVERFITTING, OVERFITTING.recipe, [own, stranger, unknown, damaged, *other]) == []


@pytest.mark.parametrize("latest", [{}, {"train_error": 0.25, "val_error": 0.5}])
def test_an_outcome_is_the_runs_last_word(latest):
    run = create(OVERFITTING.arms[1].network, OVERFITTING.recipe.model_dump(), 3, preset="overfitting", label="with dropout")
    RunWriter(run.folder).status(state=State.FAILED, step=30, elapsed=4.0, latest=latest, reason="Out of luck.")
    told = outcome(run)
    assert (told.network, told.label, told.seed, told.state) == (OVERFITTING.arms[1].network, "with dropout", 3, "failed")
    assert (told.train_error, told.val_error) == (latest.get("train_error"), latest.get("val_error"))
    assert (told.steps, told.seconds, told.reason, told.counts) == (30, 4.0, "Out of luck.", False)
