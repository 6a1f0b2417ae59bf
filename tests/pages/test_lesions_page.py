"""The lesions of the gradient lab: switches in the address, errors and answers as computed by hand, studies, hostile addresses."""

import json

import pytest
from finished_models import finished_model
from opened_page import components, open_page, words

from explorer.lab.lesions import Examination
from explorer.lab.trained import trained_models, validation
from explorer.signals.lesions import Lesion
from explorer.ui.format import percent, plain
from explorer.ui.gradients.lesions import controls
from explorer.ui.gradients.lesions.controls import default_counterpart, default_model
from explorer.vision.models import open_model


@pytest.fixture
def pair():
    texts = {"model": "cifar/basic-14?width=4&channels=1", "against": "cifar/plain-14?width=4&channels=1"}
    return {role: finished_model(text, seed=1).id for role, text in texts.items()}


def opened(**query):
    return open_page("gradients", **{"view": "lesions", "pictures": "100"} | query)


def figures(app):
    return [json.loads(one["figure"]) for one in components(app, "chart")]


def read(app):
    """As it is seen."""
    return words(app).replace("\\-", "-")


def titles(app):
    return [figure["layout"]["title"]["text"] for figure in figures(app)]


def test_the_address_switches_blocks_off_in_both_networks(pair):
    lesion = Lesion(("layer1.1", "layer3.0"), (("layer2.0", "layer2.1"),))
    app = opened(**pair, off="layer1.1,layer3.0", study="paths")
    assert not app.error and not app.warning
    for metric, model in zip(app.metric, pair.values(), strict=True):
        loaded = open_model(model)
        shown = validation(loaded, "mnist-5k", 100)
        assert metric.value == percent(Examination(loaded.net, shown.images, shown.labels).judge(Lesion(lesion.removed)).error)
    assert [pills.value for pills in app.pills[:3]] == [["layer1.1"], [], ["layer3.0"]]
    assert titles(app) == ["Residual-14", "Plain-14", "Paths through Residual-14, by length"]
    assert [trace["name"] for trace in figures(app)[0]["data"]] == ["as trained", "with the lesion"]
    assert "Both networks without layer1.1, layer3.0." in words(app) and "$2^{6}$ = 64 paths" in words(app)


def test_a_click_on_a_block_goes_into_the_address_and_healing_takes_it_out(pair):
    app = opened(**pair)
    assert "Residual-14, whole" in read(app) and [trace["name"] for trace in figures(app)[0]["data"]] == ["as trained"]
    app.pills[1].set_value(["layer2.1"])
    app.run()
    assert app.query_params["off"] == "layer2.1"
    assert "Both networks without layer2.1." in words(app) and app.metric[0].delta
    next(button for button in app.button if button.label == "Heal everything").click()
    app.run()
    assert "off" not in app.query_params and "Residual-14, whole" in read(app)


def test_each_study_has_its_chart_and_its_words(pair):
    app = opened(**pair, swap="layer1.0~layer1.1")
    assert titles(app)[-1] == "Without each block in turn" and "layer1.0 and layer1.1 exchanged" in words(app)
    lines = {trace["name"]: trace for trace in figures(app)[-1]["data"]}
    loaded = open_model(pair["model"])
    shown = validation(loaded, "mnist-5k", 100)
    examination = Examination(loaded.net, shown.images, shown.labels)
    assert lines["Residual-14"]["y"] == [pytest.approx(100 * examination.judge(Lesion((name,))).error) for name in examination.blocks]
    more = ("more", "More and more blocks removed", "mean of 3 draws")
    for study, title, said in (more, ("order", "The same blocks in another order", "in its own order")):
        app = opened(**pair, study=study)
        assert titles(app)[-1] == title and said in words(app) and not app.error


def test_it_opens_on_the_deepest_pair_there_is(monkeypatch):
    every = trained_models()
    assert default_model() == "mnist-residual-56"
    assert default_counterpart(open_model(default_model()).model) == "mnist-plain-56"
    monkeypatch.setattr(controls, "trained_models", lambda: [one for one in every if one.id != "mnist-plain-56"])
    assert controls.default_model() == "mnist-residual-20"


def test_a_plain_network_alone_is_one_path(pair):
    app = opened(model=pair["against"], against=pair["against"], study="paths")
    assert len(app.metric) == 1 and "one single path" in words(app) and titles(app) == ["Plain-14"]


def test_the_scale_of_the_paths_norms_is_in_the_address(pair):
    app = opened(**pair, study="paths")
    assert figures(app)[-1]["layout"]["yaxis2"]["type"] == "log"
    app.toggle[0].set_value(False).run()
    assert app.query_params["log"] == "off" and figures(app)[-1]["layout"]["yaxis2"].get("type") != "log"


def test_what_an_address_cannot_have_is_said_and_the_page_stays(pair):
    app = opened(**pair | {"model": "*gone*"}, off="layer9.1,layer1.1", swap="layer1.0~layer2.0", pictures="7", study="all", sample="../x")
    said = words(app)
    assert "there is no" in said and plain("*gone*") in said and plain("layer9.1") in said and plain("layer1.0~layer2.0") in said
    assert plain("There is no sample ../x") in said and len(app.warning) == 6 and not app.error and len(app.metric) == 2


def test_an_upload_that_cannot_be_read_leaves_a_sample_and_its_answers(pair):
    app = opened(**pair, off="layer1.1", sample="digit-7")
    app.file_uploader[0].upload("broken.png", b"no picture", "image/png")
    app.run()
    assert len(app.error) == 1 and "in its place" in app.error[0].value and len(figures(app)) == 3


def test_without_its_pictures_a_network_offers_them_and_takes_others(tmp_path):
    app = opened(model="cifar10-residual-20", against="cifar10-residual-20", off="layer1.1")
    assert [button.label for button in app.button] == ["Download CIFAR-10"] and not app.metric
    app.text_input[0].set_value(str(tmp_path / "nothing here"))
    app.run()
    assert "There is no data set" in app.error[0].value and app.text_input[0].value
