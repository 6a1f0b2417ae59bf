"""The Train form's state in the address."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.recipe import Recipe
from explorer.training.recipes import RECIPES
from explorer.ui.train.state import DEFAULT_NETWORKS, own_address, problem, read_form

recipes = st.builds(
    Recipe,
    dataset=st.sampled_from(["mnist-5k", "shapes?difficulty=0.3", "/home/me/a b, c.zip"]),
    epochs=st.integers(1, 10_000),
    steps=st.none() | st.integers(1, 10**8),
    seconds=st.none() | st.floats(1, 1e7),
    lr=st.floats(1e-9, 100),
    weight_decay=st.floats(0, 1),
    decay_norm=st.booleans(),
    clip=st.none() | st.floats(1e-6, 1e6),
    warmup=st.sampled_from(["linear", "constant"]),
    device=st.sampled_from(["auto", "cpu", "cuda", "mps"]),
)


@given(recipes, st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_an_address_holds_a_choice_exactly(recipe, seed, seeds):
    networks = ("cifar/plain-20?width=8&dropout=0.3", "imagenet/basic-34?shortcut=C")
    address = own_address(networks, recipe, seed, seeds)
    form = read_form(address, [address["networks"]])
    assert (form.networks, Recipe(**form.values), form.seed, form.seeds, form.troubles) == (networks, recipe, seed, seeds, ())


@pytest.mark.parametrize("name", RECIPES)
def test_every_named_recipe_has_an_address(name):
    assert Recipe(**read_form(own_address(["cifar/plain-20"], RECIPES[name].recipe)).values) == RECIPES[name].recipe


def test_an_address_says_no_more_than_it_has_to():
    assert own_address(["cifar/plain-20"], Recipe()) == {"preset": "own", "networks": "cifar/plain-20"}


def test_no_networks_are_the_default_ones_only_where_nothing_is_said_of_them():
    assert read_form({}).networks == DEFAULT_NETWORKS
    assert read_form({}, [","]).networks == ()
    assert read_form({}, ["a,b", "b", " c "]).networks == ("a", "b", "c")


@given(st.dictionaries(st.sampled_from([*Recipe.model_fields, "seed", "seeds"]), st.text(max_size=20)))
def test_any_address_is_read(params):
    form = read_form(params)
    assert set(form.values) == set(Recipe.model_fields)
    if not any(problem(name, value) for name, value in form.values.items()):
        Recipe(**form.values)


def test_neither_streamlit_nor_torch_is_needed():
    script = "import sys, explorer.ui.train.state; print({'streamlit', 'torch', 'plotly'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "set()\n"
