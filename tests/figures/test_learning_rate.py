"""The learning rate as it is drawn before a training starts."""

import pytest

from explorer.figures.learning_rate import drawn_steps, learning_rate_curves
from explorer.training.recipe import Recipe, learning_rate

RECIPES = {
    "short": (Recipe(), 248),
    "paper": (Recipe(lr=0.1, warmup_steps=0, schedule="steps"), 64_000),
    "110 layers": (Recipe(lr=0.1, warmup_steps=400, warmup="constant", schedule="steps"), 64_000),
    "constant": (Recipe(schedule="constant", warmup_steps=0), 100_000_000),
    "all warm-up": (Recipe(warmup_steps=1000), 100),
    "one step": (Recipe(), 1),
}


@pytest.mark.parametrize("name", RECIPES)
def test_between_drawn_steps_the_rate_changes_little_or_jumps_from_one_step_to_the_next(name):
    recipe, total = RECIPES[name]
    steps = drawn_steps(recipe, total)
    assert steps[0] == 0 and steps[-1] == total - 1
    assert len(steps) < 500
    for left, right in zip(steps, steps[1:]):
        change = abs(learning_rate(recipe, left, total) - learning_rate(recipe, right, total))
        assert right - left == 1 or 0 < right - left and change <= 0.02 * recipe.lr


def test_the_papers_milestones_stand_at_their_very_steps():
    recipe, total = RECIPES["paper"]
    figure = learning_rate_curves({"learning rate": recipe}, 390, total)
    (trace,) = figure.data
    drawn = dict(zip(trace.x, trace.y))
    assert [drawn[step] for step in (0, 31_999, 32_000, 47_999, 48_000, 63_999)] == [0.1, 0.1, 0.01, 0.01, 0.001, 0.001]
    assert dict(zip(trace.x, trace.customdata))[0] == 0 and trace.customdata[-1] == pytest.approx(63_999 / 390)
    assert not figure.layout.showlegend


def test_recipes_with_one_curve_share_it_and_others_are_told_apart():
    recipes = {"a": Recipe(), "b": Recipe(weight_decay=1e-3), "c": Recipe(schedule="constant")}
    figure = learning_rate_curves(recipes, 62, 248)
    assert [trace.name for trace in figure.data] == ["a, b", "c"]
    assert len({trace.line.dash for trace in figure.data}) == 2
    assert figure.layout.showlegend


def test_of_many_recipes_with_one_curve_the_first_is_named_and_the_others_are_counted():
    recipes = {name: Recipe(weight_decay=index / 1000) for index, name in enumerate("abcdef")} | {"g": Recipe(schedule="constant")}
    assert [trace.name for trace in learning_rate_curves(recipes, 62, 248).data] == ["a and 5 more", "g"]


def test_a_time_budget_is_drawn_over_the_share_of_the_run():
    (trace,) = learning_rate_curves({"a": Recipe(seconds=90, warmup_steps=0)}, 62, 1000, share=True).data
    assert trace.x[0] == 0 and trace.x[-1] == pytest.approx(99.9)
    assert "of the run" in trace.hovertemplate
