"""Models on the Classify page: their cards, downloads in every state, and weights that a user brings in."""

import re
import time

import pytest
from opened_page import open_page, words
from streamlit.testing.v1 import AppTest

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.networks.weights import save_weights
from explorer.ui.format import plain
from explorer.vision import fetching
from explorer.vision.fetching import Fetch
from explorer.vision.model import MIRROR_VARIABLE
from explorer.vision.models import find_model, list_models, own_models
from explorer.vision.own import bring_in

HERE, THERE, NETWORK = "cifar10-residual-20", "akamaster/resnet20", "cifar/basic-8?width=4"


def html(app):
    """What stands in the page's own HTML, tags left out."""
    return [re.sub("<[^>]+>", " ", element.proto.body) for element in app.get("html")]


def card_of(app, title):
    return next(text for text in html(app) if text.startswith(f" {title}") and "Parameters" in text)


def labels(app):
    return [button.label for button in app.button]


def test_a_card_says_what_a_model_is_and_where_its_errors_come_from():
    app = open_page("classify", model=f"{HERE},{THERE}")
    here = card_of(app, "Residual-20 on CIFAR-10, shipped")
    assert "cifar/basic-20" in here and "269,722" in here and "10: airplane, automobile" in here
    assert re.search(r"11\.0%\s+on 517 of CIFAR-10&#x27;s test images \(\s*measured here", here)
    assert re.search(r"8\.75%\s+on CIFAR-10.*\(\s*paper", here)
    there = card_of(app, "Residual-20 on CIFAR-10, akamaster")
    assert re.search(r"8\.27%.*replication", there) and "github.com/akamaster" in there and "to download" in there


@pytest.mark.parametrize("model", ["torchvision/vit_h_14", "torchvision/resnet50?weights=IMAGENET1K_V2", "mnist-highway-20"])
def test_every_kind_of_model_has_a_card(model):
    app = open_page("classify", model=f"{model},{HERE}")
    title = next(one.title for one in list_models() if one.id == model)
    assert not app.error and not app.warning and "Trained on" in card_of(app, title)


def test_another_name_of_a_model_leads_to_it():
    name = "torchvision/resnet50"
    app = open_page("classify", model=f"{HERE},{name}?weights=IMAGENET1K_V1,{name}")
    assert labels(app).count("Download") == 1
    assert not app.warning and "resnet50-0676ba61" in card_of(app, "ResNet-50 on ImageNet, torchvision")


def test_where_no_model_of_the_address_is_there_the_first_is_shown_and_chosen():
    app = open_page("classify", model="nonsense")
    (box,) = [one for one in app.multiselect if one.label == "Models"]
    assert box.value == ["cifar10-residual-20"]
    assert [one.value.replace("\\", "") for one in app.warning] == [
        "Models: there is no nonsense (any more?); shown instead: Residual-20 on CIFAR-10, shipped."]  # fmt: skip


def test_a_models_own_text_is_neither_markdown_nor_html(tmp_path):
    said = "<b>x</b> *a* $b$"
    model = bring(tmp_path, {"error": f"{said} on <i>"})
    app = open_page("classify", model=model.id)
    assert not app.error
    bodies = " ".join(element.proto.body for element in app.get("html"))
    assert "&lt;b&gt;x&lt;/b&gt; *a* $b$" in bodies and "<b>" not in bodies
    assert plain(said) in words(app) and said not in words(app)


@pytest.mark.parametrize(
    ("fetch", "offered", "said"),
    [
        (Fetch(fetching.ABSENT, 0, 1_000_000), ["Download"], ""),
        (Fetch(fetching.RUNNING, 250_000, 1_000_000), ["Cancel"], ""),
        (Fetch(fetching.PAUSED, 500_000, 1_000_000), ["Go on", "Discard"], "500.0 kB of 1.00 MB have come"),
        (Fetch(fetching.FAILED, 0, 1_000_000, "No <b>network</b>."), ["Try again"], r"No \<b\>network\</b\>\."),
        (Fetch(fetching.FAILED, 500_000, 1_000_000, "It broke off."), ["Go on", "Discard"], r"It broke off\."),
    ],
)
def test_a_download_in_every_state_while_the_other_model_answers(monkeypatch, fetch, offered, said):
    monkeypatch.setattr(fetching, "state", lambda model: fetch)
    app = open_page("classify", model=f"{THERE},{HERE}", sample="frog")
    every = ["Download", "Cancel", "Go on", "Discard", "Try again"]
    assert [label for label in labels(app) if label in every] == offered
    assert said in words(app) and [element.value for element in app.subheader]


def test_what_is_clicked_is_done(monkeypatch):
    done = []
    monkeypatch.setattr(fetching, "state", lambda model: Fetch(fetching.PAUSED, 1, 2))
    for name in ("start", "discard"):
        monkeypatch.setattr(fetching, name, lambda model, name=name: done.append((name, model.id)))
    app = open_page("classify", model=f"{THERE},{HERE}")
    for label in ("Go on", "Discard"):
        next(button for button in app.button if button.label == label).click().run()
    assert done == [("start", THERE), ("discard", THERE)]


def test_offline_the_reason_is_said_and_what_works_without(monkeypatch):
    monkeypatch.setenv(MIRROR_VARIABLE, "http://127.0.0.1:1")  # nothing listens there
    app = open_page("classify", model=f"{THERE},{HERE}", sample="frog")
    next(button for button in app.button if button.label == "Download").click().run()
    model = find_model(THERE)
    while fetching.state(model).state == fetching.RUNNING:
        time.sleep(0.05)
    app.run()
    assert plain("127.0.0.1:1") in app.error[0].value and "Usable now" in app.error[0].value
    assert "Try again" in labels(app) and [element.value for element in app.subheader]


def test_where_nothing_chosen_is_here_it_is_said():
    app = open_page("classify", model=THERE)
    assert not app.error and not app.subheader
    assert "Nothing that was chosen is on this machine yet" in app.info[0].value and "Download" in labels(app)


def bring(folder, metadata=None, name="net"):
    """A small network's first weights, as a model of one's own."""
    file = folder / f"{name}.safetensors"
    save_weights(build(parse_spec(NETWORK), 0), file, metadata or {})
    with file.open("rb") as data:
        return bring_in(data, file.name, NETWORK)


def dialog(*shown):
    """What "Bring your own weights" opens, as a page of its own, beside these models."""

    def script(*shown):
        from explorer.ui.classify.own import panel

        panel(shown)

    app = AppTest.from_function(script, default_timeout=60, args=shown).run()
    assert not app.exception, app.exception
    return app


def add(app, content, name, network=NETWORK, classes=""):
    app.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    if network:
        next(box for box in app.text_input if box.label == "Network").set_value(network).run()
    app.text_area[0].set_value(classes)
    next(button for button in app.button if button.label == "Add it").click().run()
    assert not app.exception, app.exception
    return app


def weights(folder, metadata=None):
    save_weights(build(parse_spec(NETWORK), 0), folder / "w.safetensors", metadata or {})
    return (folder / "w.safetensors").read_bytes()


def test_weights_are_brought_in_with_what_is_said_of_them(tmp_path):
    names = [f"thing {number}" for number in range(10)]
    app = add(dialog(), weights(tmp_path), "mine.safetensors", classes="\n".join(names))
    (model,) = own_models()
    assert not app.error and app.query_params["model"] == model.id == "own/mine"
    shown = open_page("classify", model=model.id)
    assert not shown.error and "thing 0, thing 1" in card_of(shown, "mine") and "Plain against residual" not in labels(shown)
    assert "Yours" in shown.pills(key="models offered").options[-1]


def test_weights_with_the_usual_classes_are_shown_beside_what_was_chosen(tmp_path):
    app = dialog("cifar10-residual-20", "own/gone", "cifar10-plain-20", "mnist-plain-20", "mnist-residual-20")
    add(app, weights(tmp_path), "mine.safetensors")
    assert app.query_params["model"] == "own/mine,cifar10-residual-20,cifar10-plain-20,mnist-plain-20"
    assert "Plain against residual" in labels(open_page("classify", model="own/mine"))


def test_a_file_that_says_nothing_is_known_by_its_tensors(tmp_path):
    app = add(dialog(), weights(tmp_path), "mine.safetensors", network="")
    assert plain(NETWORK) in words(app) and not app.error and own_models()[0].spec.text == NETWORK


def test_a_file_that_says_its_network_is_believed(tmp_path):
    app = add(dialog(), weights(tmp_path, {"network": NETWORK}), "mine.safetensors", network="")
    assert not app.error and own_models()[0].spec.text == NETWORK


def test_lists_in_a_file_that_no_reader_can_take_are_passed_over(tmp_path):
    deep = "[" * 100_000
    app = add(dialog(), weights(tmp_path, {"network": NETWORK, "classes": deep, "mean": deep, "std": deep}), "deep.safetensors", network="")
    assert not app.error and not open_page("classify", model="own/deep").error


def test_a_vgg_is_known_by_its_tensors(tmp_path):
    text = "imagenet/vgg-16?width=4&classes=10&norm=batch"
    save_weights(build(parse_spec(text), 0), tmp_path / "vgg.safetensors", {})
    app = add(dialog(), (tmp_path / "vgg.safetensors").read_bytes(), "vgg.safetensors", network="")
    assert not app.error and own_models()[0].spec == parse_spec(text)


@pytest.mark.parametrize(
    ("content", "name", "network", "classes", "sentence"),
    [
        (b"no weights", "bad.pt", NETWORK, "", "bad.pt was not opened, as it asks for program code"),
        (b"", "none.safetensors", NETWORK, "", "none.safetensors"),
        (None, "fine.safetensors", "cifar/basic-20", "", "holds the weights of another network"),
        (None, "fine.safetensors", NETWORK, "cat, dog", "10 classes"),
        (None, "fine.safetensors", NETWORK, "[1", "JSON list"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_by_name_and_nothing_is_kept(tmp_path, content, name, network, classes, sentence):
    app = add(dialog(), weights(tmp_path) if content is None else content, name, network, classes)
    assert plain(sentence) in app.error[0].value and not own_models()


def test_what_was_brought_can_be_deleted(tmp_path):
    first, second = bring(tmp_path, name="first"), bring(tmp_path, name="second")
    app = dialog()
    next(button for button in app.button if button.key == f"delete {first.id}").click().run()
    assert [model.id for model in own_models()] == [second.id]
    gone = open_page("classify", model=f"{first.id},{HERE}")
    assert plain(first.id) in gone.warning[0].value and not gone.error
