"""The ready-made questions: that each can be started and asked as it is written."""

import subprocess
import sys

import pytest

from explorer.data.datasets import describe
from explorer.networks.spec import parse_spec
from explorer.training.presets import PRESETS, planned
from explorer.training.start import check_fit

every_preset = pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)


def test_the_presets_are_named_after_their_keys_and_the_degradation_problem_is_the_first():
    assert list(PRESETS) == [preset.name for preset in PRESETS.values()]
    assert list(PRESETS)[0] == "degradation"


@every_preset
def test_the_longest_trainings_start_first(preset):
    depths = [parse_spec(arm.network).depth for arm in preset.arms]
    assert depths == sorted(depths, reverse=True)


@every_preset
def test_every_arm_has_a_title_of_its_own_and_a_network_that_fits_the_data(preset):
    assert len({arm.title for arm in preset.arms}) == len(preset.arms)
    for arm in preset.arms:
        spec = check_fit(parse_spec(arm.network), describe(preset.recipe.dataset))
        assert spec.text == arm.network  # as run.json will have it


@every_preset
def test_arms_differ_in_what_they_train(preset):
    assert len({(arm.network, preset.recipe_of(arm)) for arm in preset.arms}) == len(preset.arms)


@every_preset
def test_comparisons_name_arms_and_say_what_an_answer_can_be(preset):
    titles = {arm.title for arm in preset.arms}
    assert preset.comparisons and set(preset.means) == {"worse", "better", "same"}
    for one in preset.comparisons:
        assert {one.before, one.after} <= titles and one.before != one.after
        assert {one.paper, one.here} <= {"", "worse", "better", "same"}
    between = {"Residual-44", "Residual-32"} if preset.name == "shortcuts" else set()
    assert titles == {title for one in preset.comparisons for title in (one.before, one.after)} | between


@every_preset
def test_the_paper_is_cited_by_section_figure_or_table(preset):
    assert any(place in preset.paper for place in ("Section", "Figure", "Table"))
    assert preset.title.endswith("?") or "Figure 4" in preset.title


def test_a_planned_question_is_all_arms_of_one_seed_and_then_of_the_next():
    preset = PRESETS["very-deep"]
    runs = planned(preset, (3, 5))
    assert [(run.seed, run.label) for run in runs] == [
        (3, "with warm-up"), (3, "without warm-up"), (5, "with warm-up"), (5, "without warm-up")]
    assert [(run.recipe.warmup, run.recipe.warmup_steps) for run in runs[:2]] == [("constant", 30), ("linear", 0)]
    assert all(run.recipe.lr == 0.1 for run in runs)


def test_presets_are_read_without_torch():
    code = "import sys, explorer.training.presets, explorer.training.questions; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
