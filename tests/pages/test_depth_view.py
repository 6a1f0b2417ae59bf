"""Block by block on the Classify page: the curves are the read-outs, lesions are in the address, hostile addresses are survived."""

import json
from dataclasses import replace

import pytest
import torch
from finished_models import finished_model
from opened_page import components, open_page, words

from explorer.lab.readouts import probes_of
from explorer.networks.torchvision_models import torchvision
from explorer.signals.lesions import Lesion, lesioned
from explorer.ui.classify.depth import measured
from explorer.ui.format import plain
from explorer.vision.classify import normalised
from explorer.vision.models import open_model
from explorer.vision.picture import open_picture
from explorer.vision.prepare import prepare
from explorer.vision.samples import samples


@pytest.fixture
def pair():
    return [finished_model("cifar/basic-14?width=4&channels=1", seed=1).id, finished_model("cifar/plain-14?width=4&channels=1", seed=1).id]


def opened(models, **query):
    return open_page("classify", **{"view": "depth", "model": ",".join(models), "sample": "digit-7"} | query)


def figures(app):
    return {figure["layout"]["title"]["text"]: figure for one in components(app, "chart") if (figure := json.loads(one["figure"]))}


def read(app):
    return words(app).replace("\\-", "-").replace("\\.", ".")


def seven(loaded):
    picture = open_picture(next(sample.file for sample in samples(digits=True) if sample.id == "digit-7"))
    return normalised(loaded, prepare(picture, loaded.preparation).pixels[None])


def test_the_curves_are_the_networks_without_their_later_blocks(pair):
    app = opened(pair)
    assert not app.error and not app.warning
    drawn = figures(app)
    assert list(drawn)[0] == "The class after every block"
    for line, model in zip(drawn["The class after every block"]["data"], pair, strict=True):
        loaded = open_model(model)
        with torch.inference_mode():
            answer = loaded.net(seven(loaded)).argmax().item()
            stem = lesioned(loaded.net, Lesion(("layer1.0", "layer1.1", "layer2.0", "layer2.1", "layer3.0", "layer3.1")))(seven(loaded))
            whole = loaded.net(seven(loaded))
        for at, logits in ((0, stem), (-1, whole)):
            assert line["y"][at] == pytest.approx(100 * logits.softmax(dim=1)[0, answer].item(), rel=1e-2)
    assert "Of a plain network this tells little" in read(app)
    assert "Residual-14 says " in read(app).replace("*", "") and "would be knowing nothing" in read(app)


def test_values_classes_and_read_outs_are_in_the_address(pair):
    app = opened(pair[:1], show="added", follow="7")
    bars = figures(app)["What each block changes"]["data"][0]
    whole = figures(opened(pair[:1], follow="7"))["The class after every block"]["data"][0]["y"][-1]
    assert bars["type"] == "bar" and sum(bars["y"]) == pytest.approx(whole, abs=0.05)
    assert figures(app)["What each block changes"]["layout"]["title"]["subtitle"]["text"].startswith("of 7; ")
    entropy = figures(opened(pair[:1], show="entropy"))["Uncertainty after every block"]
    assert entropy["layout"]["yaxis"]["title"]["text"] == "entropy (bits)"


def test_linear_read_outs_are_fitted_on_the_models_own_data_and_judged(pair):
    app = opened(pair[:1], read="linear", fitted="500")
    expected = probes_of(open_model(pair[0]), "mnist-5k", 500)
    errors = figures(app)["Error of the read-outs"]["data"][0]
    assert errors["y"] == [pytest.approx(100 * error) for error in expected.errors]
    assert "fitted on 500 training pictures of MNIST-5k" in read(app) and "Of a plain network" not in read(app)


def test_a_block_switched_off_changes_the_answer_and_is_said(pair):
    app = opened(pair, off="layer2.1")
    bars = figures(app)["Residual-14"]  # of the two figures with that title, the later one: classes as trained and now
    assert [trace["name"] for trace in bars["data"]] == ["as trained", "with the lesion"]
    loaded = open_model(pair[0])
    with torch.inference_mode():
        after = lesioned(loaded.net, Lesion(("layer2.1",)))(seven(loaded)).softmax(dim=1)[0]
    assert bars["data"][1]["x"] == pytest.approx([100 * one for one in after.tolist()], rel=1e-3)
    assert "without layer2.1" in read(app)
    lines = figures(app)["The class after every block"]["data"]
    names = ["Residual-14", "Residual-14, with the lesion", "Plain-14", "Plain-14, with the lesion"]
    assert [line["name"] for line in lines] == names and lines[1]["line"]["dash"] == "dot"
    assert lines[1]["y"][-1] == pytest.approx(100 * after[loaded.net(seven(loaded)).argmax()].item(), rel=1e-2)
    app.pills[-1].set_value(["layer3.1"])
    app.run()
    assert app.query_params["off"] == "layer2.1,layer3.1"


def test_what_an_address_cannot_have_is_said_and_the_page_stays(pair):
    app = opened(pair, read="mind", show="*all*", follow="__import__", off="layer9.9", swap="a~b", fitted="7")
    said = words(app)
    assert all(plain(text) in said for text in ("mind", "*all*", "__import__", "layer9.9", "a~b"))
    assert not app.error and "The class after every block" in figures(app)


def test_a_network_whose_data_are_not_here_offers_them_and_the_others_go_on(pair):
    app = opened([pair[0], "cifar10-residual-20"], read="linear")
    assert "Download CIFAR-10" in [button.label for button in app.button]
    assert [line["name"] for line in figures(app)["Error of the read-outs"]["data"]] == ["Residual-14"]


def test_networks_of_others_are_named_and_the_others_go_on(pair):
    """torchvision's transformers and dense nets have no blocks of this project."""
    own = open_model(pair[0])
    foreign = replace(own, model=replace(own.model, id="torchvision/resnet18"), net=torchvision().models.resnet18(weights=None).eval())
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(measured, "say_warning", lambda text, icon: told.append(text))
        found = measured.operables([foreign, own])
    assert [one.model.id for one, _ in found] == [pair[0]]
    assert len(told) == 1 and told[0].startswith(f"{own.model.title} (torchvision/resnet18) cannot be read block by block")
