"""Classify: what all its views share: the models that the address names, the list to choose from, quick pairs, one that fails."""

import pytest
from finished_models import finished_model
from opened_page import open_page, words

from explorer.runs.run import FINAL_WEIGHTS
from explorer.ui.classify.views import VIEWS
from explorer.ui.format import plain

MODEL = "mnist-residual-20"


def opened(**query):
    return open_page("classify", **{"model": MODEL} | query)


def models(app):
    """The control that chooses them."""
    return app.multiselect(key="control model")


def click(app, label):
    (button,) = [one for one in app.button if one.label == label]
    button.click().run()
    assert not app.exception, app.exception
    return app


def offered(app, group):
    """What the list offers once it is filtered."""
    app.pills(key="models offered").set_value(group).run()
    return models(app).options


def test_without_an_address_there_is_a_model_and_an_answer():
    app = open_page("classify")
    assert not app.error and not app.warning
    assert models(app).value == ["cifar10-residual-20"] and "model" not in app.query_params


def test_models_are_chosen_by_the_address_and_into_it():
    app = opened(model=f"{MODEL},mnist-plain-56")
    assert models(app).value == [MODEL, "mnist-plain-56"]
    models(app).set_value(["mnist-plain-56", "mnist-plain-20"]).run()
    assert app.query_params["model"] == "mnist-plain-56,mnist-plain-20" and not app.exception
    assert plain("Plain-20 on MNIST-5k, shipped") in words(app) and plain("Residual-20 on MNIST-5k, shipped") not in words(app)


def test_a_model_that_is_not_there_is_said_and_the_others_are_shown():
    app = opened(model=f"20200101-000000-gone,{MODEL},/etc/passwd")
    said = " ".join(warning.value for warning in app.warning)
    assert plain("20200101-000000-gone") in said and plain("/etc/passwd") in said
    assert models(app).value == [MODEL] and not app.error


@pytest.mark.parametrize("asked", ["", "-", ",,,", "<b>x</b>", "../../etc/passwd", "x" * 5000])
def test_any_address_shows_some_model(asked):
    app = opened(model=asked)
    assert not app.error and "on CIFAR" in words(app)


def test_at_most_four_models_look_at_a_picture():
    five = ["mnist-residual-20", "mnist-residual-56", "mnist-plain-20", "mnist-plain-56", "mnist-highway-20"]
    app = opened(model=",".join(five))
    assert models(app).value == five[:4] and plain("mnist-highway-20") in app.warning[0].value


def test_the_list_is_filtered_by_data_and_by_what_can_be_used_now():
    run = finished_model()
    app = opened()
    every = len(models(app).options)
    labels = [option.split()[0] for option in app.pills(key="models offered").options]
    assert labels == ["Usable", "Digits", "CIFAR-10", "ImageNet", "Yours"]
    assert all("to download" not in title for title in offered(app, "now"))
    # What is chosen stays in the list, whatever the filter.
    assert set(offered(app, "cifar10")) > {"Residual-20 on MNIST-5k, shipped", "Plain-20 on CIFAR-10, shipped"}
    assert any(run.id in title for title in offered(app, "yours")) and len(models(app).options) == 2
    assert len(offered(app, None)) == every
    assert models(app).value == [MODEL]


def test_quick_pairs_know_the_same_data_as_the_model():
    app = click(opened(), "Plain against residual")
    assert models(app).value == ["mnist-plain-56", "mnist-residual-56"] and app.query_params["model"] == "mnist-plain-56,mnist-residual-56"
    app = click(opened(model="cifar10-residual-20"), "Plain against residual")
    assert models(app).value == ["cifar10-plain-20", "cifar10-residual-20"]


def test_one_broken_model_is_said_and_the_others_answer():
    run = finished_model()
    file = run.folder / FINAL_WEIGHTS
    content = bytearray(file.read_bytes())
    content[-4:] = b"\xff\xff\xff\x7f"  # no number
    file.write_bytes(content)
    app = opened(model=f"{run.id},{MODEL}")
    assert any("finite" in error.value for error in app.error)
    assert plain("Residual-20 on MNIST-5k, shipped") in words(app)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_keeps_models_and_picture(view):
    app = opened(view=view, sample="digit-7")
    assert models(app).value == [MODEL] and not app.error
    assert VIEWS[view].question in words(app)


def test_an_unknown_view_is_said():
    app = opened(view="<script>")
    assert plain("<script>") in app.warning[0].value and VIEWS["answer"].question in words(app)
