"""The controls that choose a network, and the address they write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from explorer.networks.options import BLOCKS
from explorer.networks.spec import TorchvisionSpec, parse_spec, standard_depths
from explorer.networks.changes import alternatives, changed


def page():
    import streamlit as st

    from explorer.ui.network_picker import network_picker

    st.text(str(network_picker("network", "cifar/basic-56", torchvision=True)))


def open_page(network=None):
    app = AppTest.from_function(page)
    if network:
        app.query_params["network"] = network
    return app.run()


def widget(app, field, kind):
    return app.get(kind) and next(one for one in app.get(kind) if one.key == f"network {field}")


def labels(app):
    return {one.label for kind in ("button_group", "selectbox", "number_input", "text_input", "toggle", "radio") for one in app.get(kind)}


def chosen(app):
    return app.text[0].value


def buttons(app):
    return [button.label for button in app.button]


def test_the_default_needs_no_parameter():
    app = open_page()
    assert chosen(app) == "cifar/basic-56"
    assert not app.query_params


@pytest.mark.parametrize(
    "network",
    ["imagenet/bottleneck-50?blocks=3-4-6-3", "cifar/highway-32?gate_bias=-2.5", "cifar/basic-1202?width=12&input=33",
     "imagenet/vgg-19?norm=batch", "imagenet/preact-bottleneck-200", "torchvision/densenet121", "cifar/basic-12?blocks=1-2-2"],
)
def test_any_network_can_be_opened_by_its_address(network):
    app = open_page(network)
    assert not app.exception
    assert chosen(app) == parse_spec(network).text


def test_controls_offer_what_the_block_has():
    basic = {"Stem", "Block", "Depth", "Any depth", "Shortcut", "Width", "Input"}
    assert labels(open_page()) >= basic
    assert not labels(open_page()) & {"Gate bias", "Stride in"}
    assert "Shortcut" not in labels(open_page("cifar/plain-20"))
    assert {"Shortcut", "Gate bias"} <= labels(open_page("cifar/highway-20"))
    assert "Stride in" in labels(open_page("imagenet/bottleneck-50"))
    assert "vgg" not in [value for value in widget(open_page(), "block", "selectbox").options]


def test_a_new_depth_goes_into_the_address():
    app = open_page()
    widget(app, "depth", "button_group").set_value(110).run()
    assert chosen(app) == "cifar/basic-110"
    assert app.query_params["network"] == "cifar/basic-110"
    widget(app, "any", "number_input").set_value(116).run()
    assert chosen(app) == "cifar/basic-116"


def test_a_depth_that_cannot_be_is_refused_with_the_reason_and_a_way_on():
    app = open_page()
    widget(app, "any", "number_input").set_value(57).run()
    assert chosen(app) == "cifar/basic-56"
    assert "6n + 2" in app.warning[0].value and "56 and 62" in app.warning[0].value
    assert app.warning[0].value.endswith("Still shown: cifar/basic-56.")
    assert widget(app, "any", "number_input").value == 57
    next(button for button in app.button if button.label == "Show cifar/basic-62").click().run()
    assert chosen(app) == "cifar/basic-62"
    assert not app.warning


def test_another_block_takes_the_nearest_depth_and_says_so():
    app = open_page("cifar/basic-56?init=xavier&shortcut=B")
    widget(app, "block", "selectbox").set_value("bottleneck").run()
    assert chosen(app) == "cifar/bottleneck-56?shortcut=B&init=xavier"
    widget(app, "stem", "button_group").set_value("imagenet").run()
    assert chosen(app) == "imagenet/bottleneck-50?init=xavier"
    assert "nearest, 50" in app.info[0].value


def test_a_bad_address_gets_a_sentence_a_way_on_and_controls_at_the_nearest():
    app = open_page("imagenet/bottleneck-51")
    assert "no depth 51" in app.error[0].value and app.error[0].value.endswith("Shown instead: imagenet/bottleneck-50.")
    assert chosen(app) == "imagenet/bottleneck-50"
    assert widget(app, "depth", "button_group").value == 50
    assert widget(app, "text", "text_input").value == "imagenet/bottleneck-51"
    assert [label for label in buttons(app) if label.startswith("Show")] == ["Show imagenet/bottleneck-50", "Show imagenet/bottleneck-101"]
    app.button[0].click().run()
    assert chosen(app) == "imagenet/bottleneck-50"
    assert not app.error
    assert open_page("bananas").button[0].label == "Show cifar/basic-56"


@pytest.mark.parametrize("bad, near", [("cifar/basic-25", "cifar/basic-26"), ("cifar/basic-20?colour=3", "cifar/basic-20"), ("x", "cifar/basic-56")])
def test_the_controls_lead_on_from_a_bad_address(bad, near):
    app = open_page(bad)
    assert chosen(app) == near
    widget(app, "block", "selectbox").set_value("plain").run()
    assert chosen(app) == near.replace("basic", "plain")
    assert not app.error


def test_typed_texts_are_checked():
    app = open_page()
    widget(app, "text", "text_input").set_value("imagenet/basic-34?width=12").run()
    assert chosen(app) == "imagenet/basic-34?width=12"
    widget(app, "text", "text_input").set_value("imagenet/basic-34?width=many").run()
    assert chosen(app) == "imagenet/basic-34?width=12"
    assert "width=many" in app.warning[0].value
    assert widget(app, "text", "text_input").value == "imagenet/basic-34?width=many"
    widget(app, "blocks", "text_input").set_value("3-3-3-3").run()
    assert chosen(app) == "imagenet/basic-26?blocks=3-3-3-3&width=12"


STEMS_AND_BLOCKS = [(stem, block) for stem in ("cifar", "imagenet") for block in BLOCKS if (stem, block) != ("cifar", "vgg")]


@given(st.sampled_from(STEMS_AND_BLOCKS), st.sampled_from(STEMS_AND_BLOCKS), st.sampled_from([0, -1]))
def test_every_block_can_be_reached_from_every_other(start, goal, which):
    spec = parse_spec(f"{start[0]}/{start[1]}-{standard_depths(*start)[which]}")
    moved = changed(changed(spec, "stem", goal[0]), "block", goal[1])
    assert (moved.stem, moved.block) == goal
    assert parse_spec(moved.text) == moved


def test_torchvision_and_back():
    spec = changed(parse_spec("cifar/plain-20"), "stem", "torchvision")
    assert spec == TorchvisionSpec("resnet50")
    assert changed(spec, "model", "vgg16") == TorchvisionSpec("vgg16")
    assert changed(spec, "stem", "imagenet").text == "imagenet/bottleneck-50"


@given(st.text(max_size=40))
def test_alternatives_can_always_be(text):
    for network in alternatives(text, "cifar/basic-56"):
        parse_spec(network)
