"""The Train page while one chooses: questions, own choices, what an address restores, and what is refused."""

import json
import os
import time
from dataclasses import replace

import pytest
from opened_page import components, open_page, words
from PIL import Image

from explorer.data.catalogue import CATALOGUE
from explorer.runs.folder import list_runs, open_run
from explorer.runs.launcher import LocalLauncher
from explorer.runs.settings import runs_at_a_time
from explorer.runs.status import read_status
from explorer.training.presets import PRESETS
from explorer.training.recipe import Recipe
from explorer.training.recipes import RECIPES
from explorer.ui.train.state import own_address


@pytest.fixture
def train():
    """`train(query)` opens the page; whatever a test started is stopped."""
    yield lambda **query: open_page("train", **query)
    for run in list_runs():
        LocalLauncher().stop(run)
    deadline = time.monotonic() + 20
    while any(read_status(run).active and read_status(run).pid != os.getpid() for run in list_runs()):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def pictures(tmp_path):
    """A folder of three classes of six pictures, with one file that is none."""
    for name in ("cat", "dog", "owl"):
        (tmp_path / "pictures" / name).mkdir(parents=True)
        for index in range(6):
            Image.new("RGB", (40, 30), (40 * index, 0, 0)).save(tmp_path / "pictures" / name / f"{index}.png")
    (tmp_path / "pictures" / "cat" / "notes.txt").write_text("not a picture")
    return str(tmp_path / "pictures")


def button(app, label):
    return next(one for one in app.button if one.label == label)


def has_button(app, label):
    return any(one.label == label for one in app.button)


def control(app, name):
    """The control of one parameter, whatever kind it is."""
    kinds = ("number_input", "selectbox", "toggle", "segmented_control", "text_input", "multiselect", "pills", "slider", "radio")
    return next(one for kind in kinds for one in getattr(app, kind) if one.key == f"train {name}")


def learning_rates(app):
    """What the chart of the learning rate draws: x and y of each curve."""
    (figure,) = [one["figure"] for one in components(app, "chart") if one["key"] == "train-learning-rate"]
    figure = json.loads(figure)
    return [(trace["x"], trace["y"]) for trace in figure["data"]], figure["layout"]["xaxis"]["title"]["text"]


def errors(app):
    return "\n".join(error.value for error in app.error)


@pytest.mark.parametrize("name", PRESETS)
def test_a_question_says_what_it_trains_and_what_the_paper_found(train, name):
    app, preset = train(preset=name), PRESETS[name]
    text = words(app)
    assert preset.title in text and preset.text in text and preset.paper in text
    for arm in preset.arms:
        assert arm.title in text and arm.network.replace("&", "&amp;") in text
    assert control(app, "question").value == name


def test_the_degradation_problem_is_the_first_thing_offered(train):
    app = train()
    assert PRESETS["degradation"].title in words(app)
    assert "about 2 min on two CPU cores" in words(app)
    assert "at a time" in words(app)
    assert has_button(app, "Train these 4 networks")


def test_a_question_starts_its_arms_with_all_its_seeds_and_shows_them(train):
    app = train(preset="overfitting", seed="7", seeds="2")
    button(app, "Train these 8 networks").click().run()
    assert not app.exception, app.exception
    runs = [open_run(run_id) for run_id in app.query_params["runs"].split(",")]
    preset = PRESETS["overfitting"]
    assert [(run.config.network, run.config.label, run.config.seed) for run in runs] == [
        (arm.network, arm.label, seed) for seed in (7, 8) for arm in preset.arms
    ]
    assert {run.config.preset for run in runs} == {"overfitting"}
    assert runs[2].config.recipe["weight_decay"] == 1e-3
    assert set(app.query_params) == {"runs"}
    assert has_button(app, "Stop all")


def test_another_question_is_chosen_and_goes_to_the_address(train):
    app = train()
    control(app, "question").set_value("gates").run()
    assert app.query_params["preset"] in ("gates", ["gates"])
    assert PRESETS["gates"].title in words(app)


def test_curves_of_arms_that_warm_up_differently_are_drawn_beside_each_other(train):
    (with_warmup, without), title = learning_rates(train(preset="very-deep"))
    assert title == "optimiser step"
    assert with_warmup[1][0] == 0.01 and without[1][0] == 0.1
    assert len(learning_rates(train(preset="overfitting"))[0]) == 1


RECIPE = Recipe(
    dataset="shapes?difficulty=0.25", steps=700, batch=128, lr=0.2, momentum=0.8, weight_decay=3e-4, decay_norm=False, label_smoothing=0.1,
    clip=2.5, warmup_steps=12, warmup="constant", schedule="steps", augment="crop-flip", precision="fp32", probe_every=0, device="cpu",
)  # fmt: skip
NETWORKS = ["cifar/highway-20?width=8&classes=8&dropout=0.3", "cifar/plain-8?width=8&classes=8&dropout=0.3"]


def test_a_link_restores_every_control_and_starts_what_it_says(train):
    app = train(**own_address(NETWORKS, RECIPE, seed=3, seeds=2))
    assert control(app, "networks").value == NETWORKS
    for name in Recipe.model_fields:
        if name not in ("dataset", "epochs", "seconds"):
            assert control(app, name).value == getattr(RECIPE, name), name
    assert control(app, "difficulty").value == 0.25
    assert control(app, "length").value == "steps"
    assert control(app, "dropout").value == 0.3
    button(app, "Start 4 trainings").click().run()
    assert not app.exception, app.exception
    runs = [open_run(run_id) for run_id in app.query_params["runs"].split(",")]
    assert [(run.config.network, run.config.seed) for run in runs] == [(network, seed) for seed in (3, 4) for network in NETWORKS]
    assert {str(run.config.recipe) for run in runs} == {str(RECIPE.model_dump())}


def test_what_is_changed_goes_to_the_address_and_a_default_leaves_it(train):
    app = train(preset="own")
    control(app, "lr").set_value(0.2).run()
    assert app.query_params["lr"] in ("0.2", ["0.2"])
    control(app, "lr").set_value(0.05).run()
    assert "lr" not in app.query_params
    control(app, "clip").set_value(1.5).run()
    assert app.query_params["clip"] in ("1.5", ["1.5"])
    control(app, "clip").set_value(0.0).run()
    assert "clip" not in app.query_params
    control(app, "decay_norm").set_value(False).run()
    assert app.query_params["decay_norm"] in ("false", ["false"])


def test_networks_given_one_by_one_are_read_as_those_of_one_list(train):
    app = train(preset="own", networks=["cifar/plain-20?width=8", "cifar/basic-20?width=8"])
    assert control(app, "networks").value == ["cifar/plain-20?width=8", "cifar/basic-20?width=8"]


@pytest.mark.parametrize(
    "query, sentence",
    [
        ({"lr": "abc"}, "lr=abc: use a number. Shown instead: 0.05"),
        ({"lr": "nan"}, "use a number that is not so large"),
        ({"epochs": "1.5"}, "epochs=1.5: use a whole number. Shown instead: 4"),
        ({"epochs": "1" * 40}, "a number that is not so large"),
        ({"schedule": "wild"}, "use cosine, steps or constant. Shown instead: cosine"),
        ({"decay_norm": "perhaps"}, "use true or false"),
        ({"seed": "-1"}, "use a whole number from 0 to 4294967295. Shown instead: 0"),
        ({"seeds": "9"}, "use a whole number from 1 to 5. Shown instead: 1"),
        ({"networks": ",".join(f"cifar/plain-{8 + 6 * i}" for i in range(9))}, "the first 8 are shown"),
    ],
)
def test_what_an_address_says_in_vain_is_said_and_replaced(train, query, sentence):
    app = train(preset="own", **query)
    said = "\n".join(warning.value for warning in app.warning).replace("\\", "")
    assert sentence in said
    assert not app.error


@pytest.mark.parametrize(
    "query, sentence",
    [
        ({"networks": "cifar/plain-57"}, "nearest: 56 and 62"),
        ({"networks": "resnet"}, "is no network"),
        ({"networks": "cifar/plain-20?width=8,torchvision/resnet18"}, "torchvision/resnet18"),
        ({"networks": "cifar/plain-20?classes=7"}, "10 classes"),
        ({"networks": ","}, "at least one network"),
        ({"dataset": "/nowhere/at-all"}, "There is no data set '/nowhere/at-all'"),
        ({"dataset": "/proc/version"}, "/proc/version"),
        ({"dataset": "shapes?difficulty=7"}, "difficulty of shapes must be a number from 0"),
        ({"epochs": "0"}, "epochs must be a whole number from 1"),
        ({"steps": "-3"}, "steps must be a whole number from 1"),
        ({"seconds": "0"}, "seconds must be a number from 1"),
        ({"lr": "-1"}, "lr must be a number above 0"),
        ({"weight_decay": "2"}, "weight_decay must be a number from 0 to 1"),
        ({"clip": "-1"}, "clip must be a number above 0"),
        ({"batch": "5000"}, "4,000 training pictures"),
        ({"seed": "4294967295", "seeds": "2"}, "begin with a smaller one"),
    ],
)
def test_bad_input_gets_a_sentence_starts_nothing_and_is_not_lost(train, query, sentence):
    app = train(preset="own", **query)
    start = next(one for one in app.button if one.label.startswith("Start "))
    start.click().run()
    assert not app.exception, app.exception
    assert sentence in errors(app).replace("\\", ""), errors(app)
    assert "Nothing was started" in errors(app)
    assert not list_runs()
    for name, value in query.items():
        assert app.query_params[name] in (value, [value])


def test_the_learning_rate_is_drawn_as_the_recipe_says(train):
    ((steps, rates),), title = learning_rates(train(preset="own", schedule="steps", lr="0.1", warmup_steps="0", steps="1000"))
    assert title == "optimiser step"
    assert dict(zip(steps, rates))[499] == 0.1 and dict(zip(steps, rates))[500] == 0.01 and rates[-1] == 0.001
    app = train(preset="own", seconds="90")
    ((shares, rates),), title = learning_rates(app)
    assert title == "share of the run (%)" and shares[0] == 0 and 99 < shares[-1] < 100
    assert "1 min 30 s of training for each run" in words(app) and "About 1 min 30 s in all" in words(app)


def test_steps_and_epochs_are_counted(train):
    assert "248 steps of 64 pictures: 4 epochs of 62 steps." in words(train(preset="own"))
    assert "100 steps of 64 pictures: 1.6 epochs of 62 steps." in words(train(preset="own", steps="100"))


def test_a_named_recipe_sets_every_field_but_the_data_and_the_device(train):
    app = train(preset="own", dataset="shapes", device="cpu", label_smoothing="0.1")
    assert control(app, "recipe").value == "changed"
    control(app, "recipe").set_value("cifar-110").run()
    assert not app.exception, app.exception
    paper = RECIPES["cifar-110"].recipe
    for name in ("steps", "batch", "lr", "warmup", "warmup_steps", "schedule", "augment", "label_smoothing"):
        assert control(app, name).value == getattr(paper, name), name
    assert control(app, "device").value == "cpu"
    assert control(app, "kind of data").value == "shapes"
    assert control(app, "recipe").value == "cifar-110"


def test_one_of_epochs_steps_and_seconds_is_chosen(train):
    app = train(preset="own", epochs="7")
    control(app, "length").set_value("seconds").run()
    assert app.query_params["seconds"] in ("90", ["90"])
    control(app, "length").set_value("steps").run()
    assert "seconds" not in app.query_params and control(app, "steps").value == 1000
    control(app, "length").set_value("epochs").run()
    assert "steps" not in app.query_params and control(app, "epochs").value == 7


def test_dropout_is_set_in_every_network(train):
    app = train(preset="own", networks="cifar/plain-20?width=8,cifar/basic-20?width=8")
    control(app, "dropout").set_value(0.3).run()
    assert control(app, "networks").value == ["cifar/plain-20?width=8&dropout=0.3", "cifar/basic-20?width=8&dropout=0.3"]
    control(app, "dropout").set_value(0.0).run()
    assert control(app, "networks").value == ["cifar/plain-20?width=8", "cifar/basic-20?width=8"]


def test_networks_are_fitted_to_newly_chosen_data(train, pictures):
    app = train(preset="own", networks="cifar/plain-20?width=8")
    control(app, "kind of data").set_value("my-pictures").run()
    assert any("One folder for each class" in info.value for info in app.info)
    control(app, "path").set_value(pictures).run()
    assert not app.exception, app.exception
    assert control(app, "networks").value == ["cifar/plain-20?width=8&classes=3"]
    assert "3 classes" in words(app)
    assert "18 pictures in 3 classes are used; 1 file was skipped" in [one.label for one in app.expander][0]


def test_networks_that_do_not_fit_are_mended_by_one_button(train):
    app = train(preset="own", dataset="shapes", networks="cifar/plain-20?width=8")
    assert "8 classes" in errors(app)
    next(one for one in app.button if one.label.startswith("Fit them to")).click().run()
    assert not app.error
    assert control(app, "networks").value == ["cifar/plain-20?width=8&classes=8"]


def test_a_look_at_the_data_shows_pictures_with_their_classes_and_the_balance(train, pictures):
    app = train(preset="own", dataset=pictures, networks="cifar/plain-20?width=8&classes=3", look="1", batch="8")
    assert not app.exception, app.exception
    text = words(app)
    assert text.count("data:image/png") == 15 and text.count(">cat<") == 5
    (balance,) = [one["figure"] for one in components(app, "chart") if one["key"] == "train-balance"]
    bars = json.loads(balance)["data"]
    assert [bar["y"] for bar in bars] == [[5, 5, 5], [1, 1, 1]]


def test_data_that_is_not_at_hand_can_be_downloaded_and_a_failure_is_said(train, monkeypatch):
    # Nothing listens there: what being offline looks like to the download.
    entry = CATALOGUE["cifar10"]
    nowhere = tuple(replace(file, urls=("http://127.0.0.1:9/cifar-10-python.tar.gz",)) for file in entry.files)
    monkeypatch.setitem(CATALOGUE, "cifar10", replace(entry, files=nowhere))
    app = train(preset="own", dataset="cifar10")
    button(app, "Download CIFAR-10").click().run()
    assert not app.exception, app.exception
    assert len(app.error) == 1
    assert has_button(app, "Download CIFAR-10")


def test_how_many_run_at_a_time_is_kept_for_the_machine(train):
    app = train()
    control(app, "at a time").set_value(5).run()
    assert runs_at_a_time("cpu") == 5
    assert "5 at a time" in words(app)


def test_an_unknown_preset_is_said(train):
    app = train(preset="nonsense")
    assert any("nonsense" in warning.value for warning in app.warning)
    assert has_button(app, "Train these 4 networks")
