"""Runs have short names, longer only where two would read the same, and know with which others they compare."""

from explorer.runs.folder import create
from explorer.ui.watch.labels import subjects

RECIPE = {"dataset": "mnist-5k", "epochs": 4}


def labels(*networks_and_seeds):
    return [one.label for one in subjects([create(network, RECIPE, seed) for network, seed in networks_and_seeds])]


def test_titles_are_enough_where_they_differ():
    assert labels(("cifar/plain-56?width=8", 0), ("cifar/basic-56?width=8", 0)) == ["Plain-56", "Residual-56"]


def test_options_tell_networks_of_one_title_apart():
    assert labels(("cifar/plain-56?width=8&channels=1", 0), ("cifar/plain-56", 0), ("cifar/plain-20", 0)) == [
        "Plain-56 (width 8, channels 1)",
        "cifar/plain-56",
        "Plain-20",
    ]


def test_seeds_tell_runs_of_one_network_apart():
    assert labels(("cifar/plain-20?width=8", 0), ("cifar/plain-20?width=8", 1)) == [
        "Plain-20 seed 0",
        "Plain-20 seed 1",
    ]


def test_a_repeated_run_still_has_a_name_of_its_own():
    assert len(set(labels(*[("cifar/plain-20", 0)] * 3))) == 3


def test_what_can_be_compared():
    runs = [
        create("cifar/plain-20?width=8", RECIPE, 0),
        create("cifar/basic-56?width=8&shortcut=B", RECIPE, 0),
        create("cifar/plain-20", RECIPE, 0),
        create("cifar/plain-20?width=8", RECIPE, 1),
        create("cifar/plain-20?width=8", RECIPE | {"epochs": 5}, 0),
    ]
    first, *others = [one.setting for one in subjects(runs)]
    assert [one == first for one in others] == [True, False, True, False]  # the seed is told apart


def test_a_run_that_cannot_be_read_has_no_name():
    run = create("cifar/plain-20", RECIPE, 0)
    broken = create("cifar/plain-32", RECIPE, 0)
    (broken.folder / "run.json").write_text("{")
    from explorer.runs.folder import open_run

    odd = create("cifar/unheard-of-20", RECIPE, 0)
    assert [one.label for one in subjects([open_run(broken.id), run, odd])] == ["Plain-20"]


def test_the_arm_of_a_question_is_named_by_its_words_and_seeds_share_it():
    told = [("", 0), ("with dropout", 0), ("with dropout", 1)]
    runs = [create("cifar/plain-56", RECIPE, seed, preset="overfitting", label=label) for label, seed in told]
    found = subjects(runs)
    assert [one.label for one in found] == ["Plain-56", "Plain-56 with dropout seed 0", "Plain-56 with dropout seed 1"]
    assert [one.arm for one in found] == ["Plain-56", "Plain-56 with dropout", "Plain-56 with dropout"]


def test_recipes_tell_runs_of_one_network_apart():
    recipes = [RECIPE | {"lr": lr, "weight_decay": 0.1} for lr in (0.1, 0.5)]
    found = subjects([create("cifar/plain-56", recipe, 0) for recipe in recipes])
    assert [one.label for one in found] == ["cifar/plain-56, lr 0.1", "cifar/plain-56, lr 0.5"]
    assert len({one.arm for one in found}) == 2


def test_a_repeated_run_is_of_the_same_arm():
    assert {one.arm for one in subjects([create("cifar/plain-20", RECIPE, 0)] * 2)} == {"Plain-20"}
