"""The gradient lab's signal propagation: real networks, measured as the address says."""

import json

import pytest
from opened_page import components, open_page, words

SMALL = "cifar/plain-8?width=4,cifar/basic-8?width=4"


def lab(**query):
    return open_page("gradients", view="propagation", **{"pictures": "16"} | query)


def figures(app):
    return {one["key"]: json.loads(one["figure"]) for one in components(app, "chart")}


def test_fresh_networks_have_three_figures_each_with_its_reading():
    app = lab(networks=SMALL)
    drawn = figures(app)
    assert list(drawn) == ["signals-propagation", "signals-branch", "signals-responses"]
    assert [trace["name"] for trace in drawn["signals-propagation"]["data"]] == ["Plain-8", "Plain-8", "Residual-8", "Residual-8"]
    assert drawn["signals-branch"]["data"][0]["y"] == pytest.approx([1.0] * 3, abs=1e-3)
    assert drawn["signals-responses"]["data"][0]["y"] == pytest.approx([1.0] * 7, abs=1e-3)
    text = words(app)
    assert text.count("**The idea.**") == text.count("**In the paper.**") == text.count("**Where they differ.**") == len(app.latex) == 3
    assert "**Residual\\-8**: the branch's variance is 1.00 in every one" in text
    assert "at initialisation, 16 pictures of Gaussian noise, seed 0" in drawn["signals-propagation"]["layout"]["title"]["subtitle"]["text"]


def test_the_address_holds_norm_data_seed_and_scale():
    app = lab(networks="cifar/basic-8?width=4", norm="none", data="digits", seed="7", log="propagation:y,responses:")
    drawn = figures(app)
    layout = drawn["signals-propagation"]["layout"]
    assert layout["title"]["subtitle"]["text"].startswith("at initialisation, 16 pictures of handwritten digits, seed 7")
    assert layout["yaxis"]["type"] == "log" and drawn["signals-responses"]["layout"]["yaxis"]["type"] == "linear"
    assert "BN takes" not in layout["title"]["subtitle"]["text"]
    assert drawn["signals-propagation"]["data"][0]["name"] == "Residual-8 without BN"
    assert drawn["signals-branch"]["data"][0]["y"] != pytest.approx([1.0] * 3, abs=1e-2)
    assert not app.warning and not app.error


def test_networks_that_add_nothing_have_no_branches():
    app = lab(networks="cifar/plain-8?width=4")
    assert list(figures(app)) == ["signals-propagation", "signals-responses"]
    assert any("add nothing" in info.value for info in app.info)


@pytest.mark.parametrize("asked, sentence", [
    ("cifar/plain-57", "nearest: 56 and 62"),
    ("torchvision/resnet18", "normalisation of its own"),
    ("cifar/basic-110?width=256", "would take long here"),
])  # fmt: skip
def test_bad_input_gets_a_sentence_and_the_other_network_is_drawn(asked, sentence):
    app = lab(networks=f"{asked},cifar/basic-8?width=4")
    assert any(sentence in error.value.replace("\\", "") for error in app.error)
    assert {trace["legendgroup"] for trace in figures(app)["signals-propagation"]["data"]} == {"Residual-8"}


def test_a_hostile_address_shows_the_defaults_and_says_so():
    app = lab(networks="-", source="nowhere", norm="weird", seed="-4", pictures="17")
    said = " ".join(warning.value for warning in app.warning).replace("\\", "")
    assert "there is no nowhere" in said and "there is no weird" in said and "there is no 17" in said and "-4 is no whole number" in said
    assert any("at least one network" in info.value for info in app.info)
    refused = lab(networks="cifar/plain-57")
    assert len(refused.error) == 1 and not refused.info


def test_trained_networks_stand_beside_their_initialisation():
    app = lab(source="trained", models="mnist-residual-20", data="digits")  # what fresh networks are fed stays in the address
    drawn = figures(app)
    names = [trace["name"] for trace in drawn["signals-responses"]["data"]]
    assert names == [f"Residual-20, {state}{sorted_}" for state in ("at initialisation", "trained") for sorted_ in ("", ", sorted")]
    assert drawn["signals-responses"]["data"][0]["y"] == pytest.approx([1.0] * 19, abs=1e-3)
    assert max(drawn["signals-responses"]["data"][2]["y"]) < 0.95
    assert app.toggle[0].value is True
    without = lab(source="trained", models="mnist-residual-20,gone", start="off")
    names = [trace["name"] for trace in figures(without)["signals-responses"]["data"]]
    assert names == ["Residual-20, trained", "Residual-20, trained, sorted"]
    assert any("there is no gone" in warning.value for warning in without.warning)


def test_a_model_whose_pictures_are_not_here_offers_the_download_and_the_others_are_drawn():
    app = lab(source="trained", models="cifar10-residual-20,mnist-residual-20", start="off")
    assert [button.label for button in app.button] == ["Download CIFAR-10"]
    assert len(figures(app)["signals-responses"]["data"]) == 2
