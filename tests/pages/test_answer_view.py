"""The answer view: networks side by side, their crops, agreement in words, and time by phase."""

import json

import pytest
import torch
from finished_models import finished_model
from opened_page import components, open_page, words

from explorer.networks.build import build
from explorer.networks.metadata import read_metadata
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.runs.run import FINAL_WEIGHTS
from explorer.ui.format import plain

RESIDUAL, PLAIN, DIGITS = "cifar10-residual-20", "cifar10-plain-20", "mnist-residual-20"


def bars(app):
    return [json.loads(one["figure"])["data"] for one in components(app, "chart")]


def gallery(app):
    return [json.loads(one["content"]) for one in components(app, "tiles") if one["label"] in ("Crops", "What the network gets")]


def headlines(app):
    return [element.value for element in app.subheader]


def test_one_network_says_what_it_sees_and_how_long_it_took():
    app = open_page("classify", model=RESIDUAL, sample="airplane")
    assert headlines(app)[0].startswith("airplane · 9")
    ((bar,),) = bars(app)
    assert bar["y"][0] == "airplane" and len(bar["y"]) == 5 and bar["x"] == sorted(bar["x"], reverse=True)
    assert "agree" not in words(app)
    ((crop,),) = gallery(app)
    assert crop["title"] == "centre" and crop["caption"].startswith("airplane 9")
    (times,) = app.dataframe
    row = times.value.iloc[0]
    parts = row["decode (ms)"] + row["prepare (ms)"] + row["network (ms)"]
    assert row["network (ms)"] > 0 and row["together (ms)"] == pytest.approx(parts)
    assert row["pictures per second"] == pytest.approx(1000 / row["together (ms)"])


def test_networks_stand_side_by_side_and_it_is_said_whether_they_agree():
    app = open_page("classify", model=f"{RESIDUAL},{PLAIN}", sample="airplane", top="3")
    assert [one.split(" ")[0] for one in headlines(app)] == ["airplane", "airplane"]
    assert "agree on **airplane**: " in words(app)
    (traces,) = bars(app)
    assert [trace["name"] for trace in traces] == ["Residual-20", "Plain-20"] and traces[0]["y"] == traces[1]["y"]
    assert 3 <= len(traces[0]["y"]) <= 6
    assert [*app.dataframe[0].value["network"]] == ["Residual-20", "Plain-20"]
    assert len(gallery(app)) == 1  # both get the same pixels: they are shown once


def test_networks_that_know_other_classes_stand_apart():
    app = open_page("classify", model=f"{RESIDUAL},{DIGITS}", sample="airplane")
    assert "These networks do not know the same classes" in words(app) and "agree on" not in words(app)
    assert [[trace["name"] for trace in traces] for traces in bars(app)] == [["Residual-20 on CIFAR-10"], ["Residual-20 on MNIST-5k"]]
    assert len(gallery(app)) == 2


def test_ten_crops_are_shown_each_with_its_own_answer_and_averaged():
    app = open_page("classify", model=RESIDUAL, sample="cat", crops="ten")
    (crops,) = gallery(app)
    assert [crop["title"] for crop in crops][:5] == ["top left", "top right", "bottom left", "bottom right", "centre"]
    assert len(crops) == 10 and all("%" in crop["caption"] for crop in crops)
    assert "of its 10 crops by themselves say" in words(app) and "These ten are ours" in words(app)
    table, times = (frame.value for frame in app.dataframe)
    assert [*table["crop"]] == [crop["title"] for crop in crops] + ["mean of all"]
    assert [*table["Residual-20"]][:10] == [crop["caption"] for crop in crops]
    assert headlines(app)[0].replace(" · ", " ") == table["Residual-20"].iloc[-1] and times.iloc[0]["views"] == 10


def test_digits_keep_their_one_crop_and_say_why():
    app = open_page("classify", model=f"{DIGITS},mnist-plain-20", sample="digit-7", crops="ten")
    assert [one.split(" ")[0] for one in headlines(app)] == ["7", "7"]
    (warning,) = app.warning  # once, for both
    assert warning.value.startswith(plain("Residual-20 and Plain-20: A network of digits")) and plain("the usual crop") in warning.value
    assert len(gallery(app)[0]) == 1


def test_a_choice_goes_into_the_address():
    app = open_page("classify", model=RESIDUAL, sample="cat")
    app.segmented_control(key="control crops").set_value("scales")
    app.run()
    assert app.query_params["crops"] == "scales" and not app.exception
    assert [crop["title"] for crop in gallery(app)[0]] == [f"shorter side {side}" for side in (32, 37, 55, 69, 91)]
    assert "the public ResNet" in words(app) and "measured here" in words(app)


@pytest.mark.parametrize("query", [{"crops": "all"}, {"top": "4"}, {"top": "-1"}, {"top": "10000000000000000000000"}])
def test_an_address_with_unknown_values_says_so_and_shows_an_answer(query):
    app = open_page("classify", model=RESIDUAL, sample="cat", **query)
    assert app.warning and headlines(app)[0].startswith("cat · ")


def test_a_network_that_gives_no_numbers_takes_nothing_from_the_others():
    network = "cifar/plain-8?width=4&channels=1"
    run = finished_model(network)
    net, file = build(parse_spec(network)), run.folder / FINAL_WEIGHTS
    torch.nn.init.constant_(net.fc.weight, 3e38)
    save_weights(net, file, read_metadata(file))
    app = open_page("classify", model=f"{run.id},{DIGITS}", sample="digit-7")
    assert len(headlines(app)) == 1 and headlines(app)[0].startswith("7 · ")
    assert any("no finite numbers" in warning.value for warning in app.warning)
