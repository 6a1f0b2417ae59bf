"""Highway gates on the page: what is drawn is what the net computes, and pushed gates are what the slider says."""

import json

import pytest
import torch
from opened_page import components, open_page, words

from explorer.lab.gates import answers, error_of
from explorer.lab.trained import validation
from explorer.networks.build import build
from explorer.networks.known_data import DIGITS
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.runs.folder import create
from explorer.runs.run import FINAL_WEIGHTS
from explorer.runs.writer import RunWriter
from explorer.signals.gates import gate_reading, pushed
from explorer.ui.gradients.gates import pushed as gates_pushed
from explorer.vision.models import open_model

NETWORK = "cifar/highway-8?width=4&channels=1"


@pytest.fixture
def run():
    """A finished run of a highway net with its first weights."""
    made = create(NETWORK, {"dataset": "mnist-5k"}, 0)
    metadata = {"network": NETWORK, "dataset": "mnist-5k", "classes": json.dumps(DIGITS), "mean": "[0.13]", "std": "[0.31]"}
    save_weights(build(parse_spec(NETWORK), 3), made.folder / FINAL_WEIGHTS, metadata)
    RunWriter(made.folder).status(state="finished", latest={})
    return made


@pytest.fixture(autouse=True)
def a_short_curve_at_once(monkeypatch):
    monkeypatch.setattr(gates_pushed, "ROUND_SECONDS", 600)
    monkeypatch.setattr(gates_pushed, "CURVE", (0, -100, 100))


def gates(**query):
    return open_page("gradients", view="gates", **query)


def figures(app):
    return {one["filename"]: json.loads(one["figure"]) for one in components(app, "chart")}


def test_what_is_drawn_is_what_the_net_computes(run):
    app = gates(highway=run.id, pictures="50", push="-100")
    loaded = open_model(run.id)
    judged = validation(loaded, "mnist-5k", 50)
    reading = gate_reading(loaded.net, judged.images)
    shown = figures(app)
    mean = next(trace for trace in shown["highway-gates-by-layer"]["data"] if trace["name"] == "mean of 50 pictures")
    assert mean["y"] == pytest.approx(reading.means.mean(0).tolist(), abs=1e-3)
    error, guessing = shown["highway-gates-error"]["data"]
    assert error["x"] == sorted(gates_pushed.CURVE) and guessing["y"] == [90.0, 90.0]
    for push in (-100, 0, 100):
        expected = error_of(answers(pushed(loaded.net, push / 100), judged.images), judged.labels)
        assert error["y"][error["x"].index(push)] == pytest.approx(100 * expected, abs=1e-2)
    text = words(app)
    assert "Over 50 pictures the gates let through" in text and "With all these gates shut" in text
    assert "At −100% the chosen picture is taken for" in text


def test_only_a_stage_is_pushed_and_statistics_can_be_renewed(run):
    loaded = open_model(run.id)
    judged = validation(loaded, "mnist-5k", 50)
    app = gates(highway=run.id, pictures="50", which="layer2", push="30")
    expected = error_of(answers(pushed(loaded.net, 0.3, ["layer2.0", "layer2.1"]), judged.images), judged.labels)
    error = figures(app)["highway-gates-error"]["data"][0]
    assert error["y"][error["x"].index(30)] == pytest.approx(100 * expected, abs=1e-2)
    before = {name: value.clone() for name, value in loaded.net.state_dict().items()}
    app = gates(highway=run.id, pictures="50", renew="on")
    assert "those of these pictures" in words(app)
    assert all(torch.equal(open_model(run.id).net.state_dict()[name], value) for name, value in before.items())


def test_a_fresh_net_needs_no_training():
    app = gates(of="fresh", depth="8", gate_bias="-3")
    shown = figures(app)
    assert set(shown) == {"highway-gates-by-layer", "highway-gates-by-picture"}
    bias = next(trace for trace in shown["highway-gates-by-layer"]["data"] if trace["name"].startswith("σ(bias)"))
    assert bias["y"] == pytest.approx([0.04743] * 6, abs=1e-4)
    assert "answers by chance wherever its gates stand" in words(app)
    assert figures(gates(of="fresh", depth="8", data="noise"))["highway-gates-by-picture"]["layout"]["xaxis"]["ticktext"][0] == "noise"


def test_a_class_is_no_markdown_and_what_a_stage_s_gates_make_is_not_called_a_plain_net(run):
    names = (":red[b] **0**", *DIGITS[1:])
    metadata = {"network": NETWORK, "dataset": "mnist-5k", "classes": json.dumps(names), "mean": "[0.13]", "std": "[0.31]"}
    save_weights(build(parse_spec(NETWORK), 3), run.folder / FINAL_WEIGHTS, metadata)
    app = gates(highway=run.id, pictures="50", which="layer2")
    labels = next(one for one in app.pills if one.label == "Picture").options
    assert labels[0].endswith(r" \:red\[b\] \*\*0\*\*, no. 0") or r"\:red\[b\]" in labels[0]
    assert len(set(label.partition(") ")[2] for label in labels)) == len(labels)  # told apart without their thumbnails
    assert "the others are as they were learnt" in words(app) and "this is a plain net" not in words(app)
    assert "this is a plain net" in words(gates(highway=run.id, pictures="50"))


def test_hostile_addresses_are_said_and_the_rest_is_shown(run):
    app = gates(highway="mnist-plain-20", pictures="7", picture="<b>", push="11", which="layer9", colour="red")
    said = "\n".join(one.value for one in app.warning).replace("\\", "")
    for unknown in ("mnist-plain-20", "7", "<b>", "11", "layer9", "red"):
        assert f"there is no {unknown}" in said
    assert len(figures(app)) == 4
