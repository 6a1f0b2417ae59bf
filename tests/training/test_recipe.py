import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.data.order import steps_per_epoch
from explorer.training.presets import PRESETS
from explorer.training.recipe import RULES, Recipe, RecipeError, learning_rate, read_recipe, total_steps
from explorer.training.recipes import RECIPES


def test_degradation_preset_follows_the_measured_recipe():
    recipe = PRESETS["degradation"].recipe
    assert (recipe.dataset, recipe.epochs, recipe.batch) == ("mnist-5k", 4, 64)
    assert (recipe.lr, recipe.momentum, recipe.weight_decay, recipe.warmup_steps) == (0.05, 0.9, 1e-4, 30)
    assert (recipe.schedule, recipe.augment) == ("cosine", "none")


def test_every_preset_is_named_after_its_key_and_starts_the_deepest_networks_first():
    from explorer.networks.spec import parse_spec

    for name, preset in PRESETS.items():
        depths = [parse_spec(network).depth for network in preset.networks]
        assert preset.name == name
        assert depths == sorted(depths, reverse=True)


def test_cosine_warms_up_in_equal_parts_peaks_and_ends_at_zero():
    recipe = Recipe(lr=0.05, warmup_steps=4)
    rates = [learning_rate(recipe, step, 104) for step in range(104)]
    assert rates[:5] == pytest.approx([0.0125, 0.025, 0.0375, 0.05, 0.05])
    assert rates[54] == pytest.approx(0.025)
    assert rates[103] == pytest.approx(0, abs=2e-5)
    assert learning_rate(recipe, 104, 104) == pytest.approx(0)


def test_steps_divides_by_ten_at_32k_and_48k_of_64k_as_in_the_paper():
    recipe = Recipe(lr=0.1, warmup_steps=0, schedule="steps")
    rates = [learning_rate(recipe, step, 64_000) for step in (0, 31_999, 32_000, 47_999, 48_000, 63_999)]
    assert rates == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])


def test_the_papers_warm_up_for_110_layers_is_a_tenth_of_the_rate_for_400_steps():
    recipe = RECIPES["cifar-110"].recipe
    rates = [learning_rate(recipe, step, 64_000) for step in (0, 399, 400, 31_999, 32_000)]
    assert rates == pytest.approx([0.01, 0.01, 0.1, 0.1, 0.01])


def test_how_many_steps_a_recipe_asks_for():
    assert total_steps(Recipe(epochs=3), 62) == 186
    assert total_steps(Recipe(epochs=3, steps=64_000), 390) == 64_000
    assert total_steps(Recipe(epochs=3, steps=64_000, seconds=90), 390) is None


def test_named_recipes_are_the_papers():
    assert list(RECIPES) == [recipe.name for recipe in RECIPES.values()] == ["short", "budget", "cifar", "cifar-110", "imagenet"]
    cifar, imagenet = RECIPES["cifar"].recipe, RECIPES["imagenet"].recipe
    for recipe in (cifar, imagenet):
        assert (recipe.lr, recipe.momentum, recipe.weight_decay, recipe.schedule) == (0.1, 0.9, 1e-4, "steps")
        assert (recipe.label_smoothing, recipe.clip, recipe.decay_norm, recipe.warmup_steps) == (0, None, True, 0)
    assert (cifar.steps, cifar.batch, cifar.augment) == (64_000, 128, "crop-flip")
    assert (imagenet.batch, imagenet.augment) == (256, "imagenet")
    assert RECIPES["budget"].recipe.seconds == 90
    assert RECIPES["short"].recipe == Recipe()


def test_a_warm_up_takes_half_of_the_steps_at_most():
    recipe = Recipe(lr=0.05, warmup_steps=30)
    rates = [learning_rate(recipe, step, 25) for step in range(25)]
    assert rates[:13] == pytest.approx([0.05 * (step + 1) / 12 for step in range(12)] + [0.05])
    assert rates[12:] == sorted(rates[12:], reverse=True) and rates[-1] < 0.05 * 0.02
    assert [learning_rate(recipe, step, 60) for step in (0, 29, 30)] == pytest.approx([0.05 / 30, 0.05, 0.05])
    assert learning_rate(recipe, 0, 1) == 0.05


def test_constant_stays_at_the_peak():
    assert learning_rate(Recipe(schedule="constant", warmup_steps=0), 999, 1000) == 0.05


@given(st.sampled_from(["cosine", "steps", "constant"]), st.sampled_from(["linear", "constant"]), st.integers(0, 50),
       st.integers(1, 300), st.data())
def test_the_learning_rate_is_never_negative_nor_above_the_peak(schedule, shape, warmup, total, data):
    recipe = Recipe(schedule=schedule, warmup=shape, warmup_steps=warmup)
    step = data.draw(st.integers(0, total - 1))
    assert 0 <= learning_rate(recipe, step, total) <= recipe.lr


def test_the_paper_preset_makes_its_64k_steps():
    recipe = PRESETS["cifar10"].recipe
    assert steps_per_epoch(50_000, recipe.batch) * recipe.epochs == pytest.approx(64_000, rel=0.001)


def test_a_recipe_reads_back_what_it_wrote():
    recipe = Recipe(dataset="cifar10", epochs=7, lr=0.1, precision="fp32")
    assert read_recipe(recipe.model_dump()) == recipe


@pytest.mark.parametrize(
    ("field", "value"),
    [("epochs", 0), ("epochs", "many"), ("batch", 1), ("lr", 0), ("lr", float("nan")), ("lr", float("inf")), ("momentum", 1),
     ("weight_decay", -1), ("warmup_steps", -1), ("schedule", "linear"), ("augment", "mixup"), ("precision", "fp16"),
     ("probe_every", -1), ("device", "tpu"), ("dataset", "")],
)
def test_a_wrong_value_is_refused_in_a_sentence_that_says_what_is_right(field, value):
    with pytest.raises(RecipeError) as caught:
        Recipe().variant(**{field: value})
    assert str(caught.value) == f"{field} must be {RULES[field]}, not {value!r}."


def test_an_unknown_field_is_refused():
    with pytest.raises(RecipeError, match="A recipe has no 'epoch'; it has dataset, epochs"):
        read_recipe({"epoch": 4})


def test_every_field_has_its_rule():
    assert set(RULES) == set(Recipe.model_fields)


def test_recipes_presets_and_data_sets_do_without_torch():
    import subprocess
    import sys

    code = "import sys, explorer.training.presets, explorer.data.datasets, explorer.training.start; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
