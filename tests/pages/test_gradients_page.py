"""The gradient lab's view "At initialisation" measures real networks and says what the numbers say."""

import json

import pytest
from opened_page import components, open_page, words

from explorer.lab.fresh import fresh_flow
from explorer.networks.spec import parse_spec
from explorer.ui.gradients.flow.readings import profile_reading

PLAIN, BASIC = "cifar/plain-8?width=4", "cifar/basic-8?width=4"
SMALL = f"{PLAIN},{BASIC}"


def gradients(**query):
    return open_page("gradients", **query)


def figure_of(app) -> dict:
    (given,) = components(app, "chart")
    return json.loads(given["figure"])


def test_two_networks_with_and_without_bn_at_initialisation_and_after_some_steps():
    app = gradients(networks=SMALL, step="2")
    (shown,) = app.dataframe
    rows = shown.value.to_dict("records")
    assert [(row["network"], row["normalisation"], row["step"]) for row in rows] == [
        (network, norm, step) for norm in ("with BN", "without BN") for network in ("Plain-8", "Residual-8") for step in (0, 2)
    ]
    *_, expected = fresh_flow(parse_spec(PLAIN), steps=(0, 1, 2))
    assert rows[0]["first conv"] == pytest.approx(expected.steps[0].norms[0], rel=1e-4)
    assert rows[1]["last conv"] == pytest.approx(expected.steps[2].norms[expected.kinds.index("linear") - 1], rel=1e-3)
    assert rows[1]["loss"] == pytest.approx(expected.steps[2].loss, rel=1e-4)

    data = figure_of(app)["data"]
    assert [trace["name"] for trace in data[:2]] == ["Plain-8, step 0", "Plain-8, step 2"] and len(data) == 8
    assert data[0]["y"] == pytest.approx(expected.steps[0].norms, rel=1e-3)
    drawings = components(app, "network_view")
    panels = [(name, norm) for norm in ("with BN", "without BN") for name in ("Plain-8", "Residual-8")]
    assert [one["label"] for one in drawings] == [f"{name} {norm}, drawn" for name, norm in panels]
    assert "through the weights beside it, the median of 3 blocks" in words(app)


def test_the_drawings_share_one_scale_and_have_the_gradient_on_their_lines():
    app = gradients(networks=SMALL, step="1", quantity="std")
    overlays = [json.loads(one["overlays"])[0] for one in components(app, "network_view")]
    assert len({(*one["range"], one["scale"]) for one in overlays}) == 1
    assert all(one["steps"][:2] == [0, 1] and len(one["edges"]) == len(one["steps"]) for one in overlays)  # and what others have measured
    expected = next(fresh_flow(parse_spec(BASIC), steps=(0,)))
    lines = [value for value in overlays[1]["edges"][0] if value is not None]
    assert sorted(lines) == pytest.approx(sorted(expected.steps[0].edge_norms), rel=1e-4)


def test_what_is_known_is_drawn_while_later_steps_are_measured(monkeypatch):
    seen = []

    def drawn(flows, quantity, steps):
        seen.append((len(flows), max(steps)))
        return profile_reading(flows, quantity, steps)

    monkeypatch.setattr("explorer.ui.gradients.flow.measured.SLICE", 0)
    monkeypatch.setattr("explorer.ui.gradients.flow.view.profile_reading", drawn)
    app = gradients(networks=f"{SMALL},cifar/highway-8?width=4", step="2", norm="with", seed="77")
    assert list(dict.fromkeys(seen)) == [(2, 0), (3, 0), (3, 1), (3, 2)]  # two networks at a time
    drawn_before = len(seen)  # another quantity of the same networks is there at once
    app.button_group(key="control quantity").set_value("std").run()
    assert len(seen) == drawn_before + 1 and figure_of(app)["layout"]["yaxis"]["title"]["text"] == "standard deviation of a"


def test_the_address_holds_every_switch():
    switches = {"norm": "without", "init": "xavier", "width": "8", "depth": "20", "gate": "-4", "data": "noise", "step": "1", "seed": "5"}
    app = gradients(networks="cifar/plain-8,cifar/highway-8?width=4&gate_bias=-2&channels=1", quantity="dead", log="xy", **switches)
    named = {"plain": "", "highway": "&gate_bias=-4&channels=1"}
    specs = [parse_spec(f"cifar/{block}-20?width=8&norm=none&init=xavier{more}") for block, more in named.items()]
    given = components(app, "chart")[0]
    assert given["view"] == " ".join(["dead", *(spec.text for spec in specs)])
    figure = figure_of(app)
    assert (figure["layout"]["xaxis"]["type"], figure["layout"]["yaxis"]["type"]) == ("log", "log")
    *_, expected = fresh_flow(specs[1], data="noise", seed=5, steps=(0, 1))
    assert [trace["name"] for trace in figure["data"][2:]] == ["Highway-20, step 0", "Highway-20, step 1"]
    assert figure["data"][3]["y"] == pytest.approx(expected.steps[1].dead, abs=1e-3)


def test_what_a_network_says_itself_holds_where_nothing_else_is_asked_for():
    app = gradients(networks=f"{PLAIN},{BASIC}&norm=none", step="0", norm="named")
    assert [(row["network"], row["normalisation"]) for row in app.dataframe[0].value.to_dict("records")] == [
        ("Plain-8", "with BN"), ("Residual-8", "without BN")
    ]  # fmt: skip


def test_what_is_said_is_what_is_known():
    text = words(gradients(networks=PLAIN, step="1", norm="with"))
    assert "unlikely that vanishing gradients" in text
    assert "3.5e6 / 0.39" in text and "explodes" in text
    assert "How to read this" in text and "less than 3-fold" in text and "within 3% of" in text
    assert "no proof of vanishing" in text and "None" not in text
    assert text.count("*Measured here*") == 2 and "*Paper*" in text


@pytest.mark.parametrize(
    "networks, step, sentence",
    [
        ("cifar/plain-57", "0", "nearest: 56 and 62"),
        ("torchvision/resnet18", "0", "normalisation of its own"),
        ("cifar/plain-110", "20", "would take minutes here"),
        ("imagenet/vgg-19?width=256&input=1024", "0", "GB of memory for 8 pictures"),
    ],
)
def test_bad_input_gets_a_sentence_and_the_other_network_is_measured(networks, step, sentence):
    app = gradients(networks=f"{networks},{PLAIN}", step=step, norm="with")
    assert any(sentence in error.value.replace("\\", "") for error in app.error), [error.value for error in app.error]
    assert set(app.dataframe[0].value["network"]) == {"Plain-8"}


def test_a_hostile_address_is_told_what_it_gets():
    app = gradients(networks=PLAIN, step="3", norm="many", init="<b>", width="-1", depth="56x", data="cats", seed="-1", quantity="all",
                    log="z", layer="nothing", detail="none", gate="7")
    said = " ".join(warning.value for warning in app.warning)
    for label in ("Optimiser steps", "Batch normalisation", "Initialisation", "Width", "Depth", "Pictures", "Seed", "Of each layer"):
        assert label in said
    assert len(figure_of(app)["data"]) == 4


def test_a_depth_that_cannot_be_is_the_nearest_and_that_is_said():
    app = gradients(networks="cifar/bottleneck-20?width=4", step="0", norm="with", depth="32")
    assert "cannot have 32 layers: shown is the nearest, 29" in app.warning[0].value.replace("\\", "")
    assert app.dataframe[0].value["network"].tolist() == ["Residual-29 (bottleneck)"]


def test_the_table_has_a_word_for_what_is_no_number():
    app = gradients(networks="cifar/basic-110?width=4", norm="without", step="2")
    rows = app.dataframe[0].value.to_dict("records")
    assert [row["first conv"] for row in rows][1] == "NaN" and float(rows[0]["first conv"]) > 0


def test_a_measuring_that_ends_too_early_is_said(monkeypatch):
    monkeypatch.setattr("explorer.lab.fresh.fresh_flow", lambda *given, **more: iter(()))
    app = gradients(networks=PLAIN, norm="with", step="0", seed="901")
    assert any("ended before its last step" in error.value.replace("\\", "") for error in app.error)


def test_no_network_at_all():
    app = gradients(networks="-")
    assert not app.exception and any("two to four" in info.value for info in app.info)
    assert components(app, "chart") == [] and not app.dataframe
