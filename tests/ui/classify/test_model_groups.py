"""Groups of models and pairs worth seeing: every pair exists, knows one set of data, and differs in what its title says."""

import pytest

from explorer.ui.classify.groups import GROUPS, PAIRS, data_of, pairs_for
from explorer.vision.models import list_models

MODELS = {model.id: model for model in list_models()}


@pytest.mark.parametrize(("data", "pair"), [(data, pair) for data, pairs in PAIRS.items() for pair in pairs])
def test_a_pair_is_two_models_of_the_same_data(data, pair):
    first, second = (MODELS[name] for name in pair.models)
    assert data_of(first) == data_of(second) == data
    if pair.title == "Plain against residual":
        assert first.spec.family in ("plain", "vgg") and second.spec.family == "residual"
    else:
        assert first.spec.family == second.spec.family and first.spec.depth < second.spec.depth


def test_pairs_are_offered_of_the_models_there_are():
    digits = MODELS["mnist-plain-20"]
    assert [pair.title for pair in pairs_for(digits, ["mnist-plain-56", "mnist-residual-56"])] == ["Plain against residual"]
    assert pairs_for(digits, []) == []


def test_every_model_belongs_to_one_set_of_data():
    data = [name for name in GROUPS if name not in ("now", "yours")]
    assert all(sum(GROUPS[name].holds(model) for name in data) == 1 for model in MODELS.values())
    assert {name for name, model in MODELS.items() if GROUPS["now"].holds(model)} == {name for name, m in MODELS.items() if m.at_hand}
