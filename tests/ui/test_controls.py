"""Controls that live in the address."""

import pytest
from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from explorer.ui import controls

    found = {
        "norm": controls.segmented("Normalisation", {"batch": "with BN", "none": "without BN"}, "norm", "batch"),
        "data": controls.dropdown("Pictures", {"digits": "Digits", "noise": "Noise"}, "data", "digits"),
        "steps": controls.stops("Steps", (0, 1, 10), "steps", 1),
        "seed": controls.whole_number("Seed", "seed", 0, 0, 100),
        "log": controls.switch("Logarithmic", "log", True),
        "networks": controls.several("Networks", ["a/b-1", "a/b-2"], "networks", ["a/b-1"], most=3),
        "runs": controls.some_of("Runs", {"r1": "First", "r2": "Second", "r3": "Third"}, "runs", ["r1"], most=2),
    }
    st.text(repr(found))


DEFAULTS = {"norm": "batch", "data": "digits", "steps": 1, "seed": 0, "log": True, "networks": ["a/b-1"], "runs": ["r1"]}


def opened(**query):
    app = AppTest.from_function(page)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def values(app):
    return eval(app.text[0].value)  # the page's own repr of plain values


def test_without_an_address_the_defaults_are_shown_and_nothing_is_written():
    app = opened()
    assert values(app) == DEFAULTS and not app.warning and dict(app.query_params) == {}


def test_the_address_is_shown():
    app = opened(norm="none", data="noise", steps="10", seed="7", log="off", networks="a/b-2,x/y-3?width=8", runs="r3,r2")
    assert values(app) == {
        "norm": "none", "data": "noise", "steps": 10, "seed": 7, "log": False, "networks": ["a/b-2", "x/y-3?width=8"], "runs": ["r3", "r2"],
    }  # fmt: skip
    assert not app.warning


def test_texts_may_also_come_as_a_parameter_given_several_times():
    assert values(opened(networks=["a/b-2", "a/b-1", "a/b-2"]))["networks"] == ["a/b-2", "a/b-1"]


@pytest.mark.parametrize(
    "name, asked, words",
    [
        ("norm", "group", "Normalisation: there is no group; shown instead: with BN."),
        ("data", "cats", "Pictures: there is no cats; shown instead: Digits."),
        ("steps", "3", "Steps: there is no 3; shown instead: 1."),
        ("seed", "101", "Seed: 101 is no whole number from 0 to 100; shown instead: 0."),
        ("seed", "-1", "Seed: -1 is no whole number"),
        ("seed", "9" * 30, "is no whole number"),
        ("seed", "٣", "is no whole number"),
        ("log", "maybe", "Logarithmic: there is no maybe; shown instead: on."),
        ("runs", "r9,r1", "Runs: there is no r9 (any more?); the others are shown."),
        ("runs", "r9", "Runs: there is no r9 (any more?); shown instead: First."),
    ],
)
def test_what_cannot_be_is_said_and_the_default_is_shown(name, asked, words):
    app = opened(**{name: asked})
    assert values(app) == DEFAULTS
    assert words in app.warning[0].value.replace("\\", "")


def test_what_is_too_many_is_left_out_and_said():
    app = opened(networks="a/b-1,a/b-2,a/b-3,a/b-4", runs="r3,r2,r1")
    assert values(app)["networks"] == ["a/b-1", "a/b-2", "a/b-3"] and values(app)["runs"] == ["r3", "r2"]
    said = [one.value.replace("\\", "") for one in app.warning]
    assert said == ["Networks: at most 3 at a time; left out: a/b-4.", "Runs: at most 2 at a time; left out: r1."]


def test_changes_are_written_and_defaults_are_left_out():
    app = opened(seed="5")
    app.segmented_control[0].set_value("none").run()
    app.selectbox[0].set_value("noise").run()
    app.select_slider[0].set_value("10").run()
    app.toggle[0].set_value(False).run()
    app.number_input[0].set_value(0).run()
    app.multiselect[0].set_value(["a/b-2", "a/b-1"]).run()
    app.multiselect[1].set_value(["r2", "r1"]).run()
    written = {"norm": "none", "data": "noise", "steps": "10", "log": "off", "networks": "a/b-2,a/b-1", "runs": "r2,r1"}
    assert dict(app.query_params) == written
    shown = {"norm": "none", "data": "noise", "steps": 10, "seed": 0, "log": False, "networks": ["a/b-2", "a/b-1"], "runs": ["r2", "r1"]}
    assert values(app) == shown


def test_an_empty_list_is_not_the_default():
    app = opened()
    app.multiselect[0].set_value([]).run()
    assert values(app)["networks"] == [] and app.query_params["networks"] == "-"


def test_what_stands_on_a_button_is_no_markdown():
    def names():
        from explorer.ui.controls import segmented

        segmented("Network", {"1": "__mine__: Residual-8", "2": "Plain-8"}, "network", "1")

    assert AppTest.from_function(names).run().segmented_control[0].options == [r"\_\_mine\_\_\: Residual\-8", r"Plain\-8"]
