"""The memory panel: what the address asks for, what it says of this machine, and what it writes back."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.anatomy.memory import memory_of
from explorer.anatomy.of import anatomy_of
from explorer.networks.spec import parse_spec
from explorer.ui.architecture.memory import ABOUT_PARTS, verdict


def page():
    from explorer.anatomy.of import anatomy_of
    from explorer.networks.spec import parse_spec
    from explorer.ui.architecture.memory import memory_panel

    memory_panel(anatomy_of(parse_spec("cifar/basic-20")))


@pytest.fixture(scope="module")
def anatomy():
    return anatomy_of(parse_spec("cifar/basic-20"))


def open_page(**query):
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def widget(app, name):
    return next(one for kind in (app.number_input, app.selectbox) for one in kind if one.label.lower() == name)


def sizes(app):
    """The table: each part's size and sentence by its name."""
    (text,) = [one.value for one in app.markdown if one.value.startswith("| Part")]
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()[2:]]
    return {part: (size, about) for part, size, _, about in lines}


def test_the_paper_s_batch_and_optimiser_need_no_parameters(anatomy):
    app = open_page()
    assert (widget(app, "batch").value, widget(app, "precision").value, widget(app, "optimiser").value) == (128, "fp32", "momentum")
    parts = sizes(app)
    assert parts["Weights"][0] == "1.08 MB"  # 269,722 parameters of 4 bytes
    assert parts["Optimiser state"][0] == "1.08 MB"
    assert parts["**Peak**"][0] == f"**{memory_of(anatomy, 128).peak / 1e6:.1f} MB**"
    assert not app.query_params and not app.warning


def test_the_address_and_the_controls_are_one():
    app = open_page(batch="32", precision="bf16", optimiser="adam")
    assert sizes(app)["Optimiser state"][0] == "2.16 MB"
    widget(app, "optimiser").set_value("none").run()
    assert app.query_params["optimiser"] == "none"
    assert "Optimiser state" not in sizes(app) and "Activations kept for backward" not in sizes(app)
    widget(app, "batch").set_value(64).run()
    widget(app, "precision").set_value("fp32").run()
    assert app.query_params["batch"] == "64"
    assert "precision" not in app.query_params


def test_each_part_has_its_sentence(anatomy):
    assert set(ABOUT_PARTS) == set(memory_of(anatomy).parts())
    parts = sizes(open_page(optimiser="sgd"))
    assert all(about == ABOUT_PARTS[part] for part, (_, about) in parts.items() if part in ABOUT_PARTS)


@pytest.mark.parametrize(
    "query, words",
    [({"batch": "horses"}, "whole number of images from 1 to 1,000,000"), ({"batch": "0"}, "not 0"), ({"batch": "-3"}, "images"),
     ({"batch": "9" * 40}, "images"), ({"batch": "１２"}, "images"), ({"precision": "fp8"}, "use fp32 or bf16"),
     ({"optimiser": "*bold*"}, "There is no optimiser \\*bold\\*")],
)
def test_an_address_that_cannot_be_gets_a_sentence_and_the_default(query, words):
    app = open_page(**query)
    (warning,) = app.warning
    assert words in warning.value and "Here it is" in warning.value
    assert sizes(app) == sizes(open_page())


def test_the_verdict_says_whether_it_fits_and_what_would(anatomy):
    peaks = {batch: memory_of(anatomy, batch).peak for batch in (1, 64, 128)}

    def said(batch, room):
        return verdict(anatomy, batch, "fp32", "momentum", "a GPU", room)

    fits = said(64, peaks[128])
    assert "A batch of 64 images fits" in fits and "of a GPU" in fits and "largest batch that fits is 128." in fits
    assert "A batch of 128 images does not fit" in said(128, peaks[64]) and "largest batch that fits is 64." in said(128, peaks[64])
    assert "Not even one image fits" in said(128, peaks[1] - 1)
    assert "A batch of one image fits" in said(1, peaks[1])
