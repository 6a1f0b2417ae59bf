"""The controls that choose a network, and the address they write."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.networks.options import BLOCK_TYPES, applicable
from explorer.networks.spec import parse_spec


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


def give(app, field, kind, value, key="network"):
    """Choose or type a value; AppTest's lists know nothing of typing until the value stands among their options."""
    one = next(one for one in app.get(kind) if one.key == f"{key} {field}")
    if kind == "selectbox" and isinstance(value, str):
        one.options.append(value)
    one.set_value(value).run()


def labels(app):
    return {one.label for kind in ("button_group", "selectbox", "number_input", "text_input", "toggle", "radio") for one in app.get(kind)}


def said(boxes):
    """What boxes of Markdown say, as it is read."""
    return [box.value.replace("\\", "") for box in boxes]


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
    assert "6n + 2" in said(app.warning)[0] and "56 and 62" in said(app.warning)[0]
    assert said(app.warning)[0].endswith("Still shown: cifar/basic-56.")
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
    assert "no depth 51" in said(app.error)[0] and said(app.error)[0].endswith("Shown instead: imagenet/bottleneck-50.")
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


@pytest.mark.parametrize(
    "bad", ["cifar/foo-20", "cifar/vgg-16", "imagenet/x?-34", "cifar/basic--20", "cifar/basic-20?blocks=0-0-0", "torchvision/resnet-18"])
def test_no_address_stops_the_page(bad):
    app = open_page(bad)
    assert not app.exception and len(app.error) == 1
    offered = [label for label in buttons(app) if label.startswith("Show")]
    assert offered == [f"Show {chosen(app)}"]


def test_what_the_address_says_is_shown_as_it_is_written():
    app = open_page("cifar/![a](https://example.org/a.png)**b**-20")
    assert r"\!\[a\]\(https\://example\.org/a\.png\)\*\*b\*\*" in app.error[0].value
    widget(app, "text", "text_input").set_value("cifar/*basic*-20").run()
    assert r"\*basic\*" in app.warning[0].value


def test_typed_texts_are_checked():
    app = open_page()
    widget(app, "text", "text_input").set_value("imagenet/basic-34?width=12").run()
    assert chosen(app) == "imagenet/basic-34?width=12"
    widget(app, "text", "text_input").set_value("imagenet/basic-34?width=many").run()
    assert chosen(app) == "imagenet/basic-34?width=12"
    assert "width=many" in said(app.warning)[0]
    assert widget(app, "text", "text_input").value == "imagenet/basic-34?width=many"
    widget(app, "blocks", "text_input").set_value("3-3-3-3").run()
    assert chosen(app) == "imagenet/basic-26?blocks=3-3-3-3&width=12"


def texts(app):
    return "\n".join(one.value for one in app.markdown)


@pytest.mark.parametrize("network", ["cifar/basic-20", "cifar/highway-20", "imagenet/preact-bottleneck-50", "imagenet/vgg-16"])
def test_every_option_can_be_set_and_is_explained_beside_its_control(network):
    app, spec = open_page(network), parse_spec(network)
    shown = texts(app)
    for option in applicable(spec.block):
        kind = {"blocks": "text_input", "zero_init": "toggle"}.get(option.key, "radio" if option.meanings else "selectbox")
        assert widget(app, option.key, kind).label == option.title
        assert option.about in shown
        if option.meanings:
            assert list(widget(app, option.key, kind).proto.captions) == list(option.meanings.values())
    assert BLOCK_TYPES[spec.block].about in shown


CHANGES = [("radio", "shortcut", "C", "shortcut=C"), ("radio", "norm", "none", "norm=none"), ("radio", "init", "torch", "init=torch"),
           ("selectbox", "width", 8, "width=8"), ("selectbox", "width", "12", "width=12"), ("selectbox", "input", 28, "input=28"),
           ("selectbox", "channels", 1, "channels=1"), ("selectbox", "classes", 100, "classes=100"), ("selectbox", "dropout", 0.3, "dropout=0.3"),
           ("text_input", "blocks", "1-2-3", "blocks=1-2-3"), ("toggle", "zero_init", True, "zero_init=true")]


@pytest.mark.parametrize("kind, field, value, said", CHANGES)
def test_an_option_goes_into_the_name_is_marked_and_taken_back(kind, field, value, said):
    app = open_page()
    assert "not the default" not in texts(app)
    give(app, field, kind, value)
    assert chosen(app).endswith(f"?{said}") and app.query_params["network"] == chosen(app)
    assert widget(app, "text", "text_input").value == chosen(app)
    assert texts(app).count("not the default,") == 1
    next(button for button in app.button if button.label == "Back to the defaults").click().run()
    assert chosen(app) == ("cifar/basic-14" if field == "blocks" else "cifar/basic-56")
    assert "not the default" not in texts(app) and "Every option is at its default." in texts(app)


@pytest.mark.parametrize(
    "kind, field, typed, reason",
    [("selectbox", "width", "many", "use a whole number from 1 to 256"), ("selectbox", "dropout", "2", "use a number from 0 to 0.95"),
     ("text_input", "blocks", "3,4,6", "such as 3-4-6-3"), ("text_input", "blocks", "1-2", "3 stages"),
     ("text_input", "text", "cifar/basic-57?width=8", "nearest: 56 and 62"), ("number_input", "any", 57, "nearest: 56 and 62")],
)
def test_what_cannot_be_says_why_and_stays_to_be_mended(kind, field, typed, reason):
    app = open_page("cifar/basic-56?init=xavier")
    give(app, field, kind, typed)
    (warning,) = said(app.warning)
    assert reason in warning and "Still shown: cifar/basic-56?init=xavier." in warning
    assert widget(app, field, kind).value == typed
    assert chosen(app) == "cifar/basic-56?init=xavier"
    # Another control's change leaves what was typed where it is, but for a network named as a whole.
    widget(app, "classes", "selectbox").set_value(100).run()
    assert chosen(app) == "cifar/basic-56?classes=100&init=xavier"
    assert widget(app, field, kind).value == typed and len(app.warning) == 1
    widget(app, "text", "text_input").set_value("cifar/plain-20").run()
    assert chosen(app) == "cifar/plain-20" and not app.warning


def test_a_block_that_refuses_the_input_keeps_the_network():
    app = open_page("imagenet/plain-18?input=28")
    widget(app, "block", "selectbox").set_value("vgg").run()
    assert "too small for VGG" in said(app.warning)[0]
    assert chosen(app) == "imagenet/plain-18?input=28"
    widget(app, "block", "selectbox").set_value("basic").run()
    assert chosen(app) == "imagenet/basic-18?input=28" and not app.warning


def several_pickers():
    import streamlit as st

    from explorer.ui.network_picker import network_picker

    networks = st.session_state.setdefault("networks", ["cifar/plain-20", "cifar/basic-56", "torchvision/resnet18", "no such network"])
    for number in range(4):
        def put(text, number=number):
            networks[number] = text

        st.text(str(network_picker(f"network {number}", torchvision=True, value=networks[number], on_change=put, stacked=number > 0)))


def test_several_pickers_on_a_page_keep_to_themselves_and_to_the_page_s_own_state():
    app = AppTest.from_function(several_pickers, default_timeout=60).run()
    assert not app.exception
    assert [one.value for one in app.text] == ["cifar/plain-20", "cifar/basic-56", "torchvision/resnet18", "cifar/basic-56"]
    give(app, "width", "selectbox", 8, "network 1")
    give(app, "width", "selectbox", "wide", "network 0")
    assert [one.value for one in app.text] == ["cifar/plain-20", "cifar/basic-56?width=8", "torchvision/resnet18", "cifar/basic-56"]
    assert len(app.warning) == 1 and "width=wide" in said(app.warning)[0]
    give(app, "text", "text_input", "torchvision/vgg16", "network 3")
    assert [one.value for one in app.text][2:] == ["torchvision/resnet18", "torchvision/vgg16"]
    assert not app.error and not app.query_params


def only_our_own():
    import streamlit as st

    from explorer.ui.network_picker import network_picker

    st.text(str(network_picker("network", "cifar/basic-20")))


def test_where_torchvision_is_not_offered_its_models_are_refused_in_the_name_too():
    app = AppTest.from_function(only_our_own).run()
    widget(app, "text", "text_input").set_value("torchvision/vgg16").run()
    assert "one of this project's own networks" in said(app.warning)[0]
    assert chosen(app) == "cifar/basic-20" and not app.query_params
