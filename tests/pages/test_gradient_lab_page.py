"""The gradient lab's page: its views, and what they have in common in the address."""

import pytest
from opened_page import open_page, words

from explorer.ui.gradients.views import VIEWS

SMALL = "cifar/plain-8?width=4,cifar/basic-8?width=4"


def test_another_view_takes_along_what_all_have_in_common_and_leaves_the_rest():
    app = open_page("gradients", networks=SMALL, seed="3", step="0", norm="with")
    assert VIEWS["flow"].question in words(app)
    app.segmented_control(key="lab view").set_value("propagation").run()
    assert not app.exception
    assert dict(app.query_params) == {"view": "propagation", "networks": SMALL, "seed": "3"}
    assert VIEWS["propagation"].question in words(app)


def test_what_was_chosen_to_look_at_outlives_a_look_at_another_view():
    chosen = {"model": "mnist-plain-20", "models": "mnist-plain-20", "runs": "some-run", "judge": "mnist-5k"}
    app = open_page("gradients", view="training", quantity="dead", **chosen)
    app.segmented_control(key="lab view").set_value("surface").run()
    assert not app.exception and dict(app.query_params) == {"view": "surface"} | chosen
    assert app.multiselect[0].value == ["mnist-plain-20"]


def test_a_view_that_is_not_there_is_said_and_the_first_is_shown():
    app = open_page("gradients", view="astrology", networks=SMALL, step="0", norm="with")
    assert any("no astrology" in warning.value for warning in app.warning)
    assert VIEWS["flow"].question in words(app)


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_and_asks_its_question(view):
    app = open_page("gradients", view=view, networks=SMALL, step="0", norm="with")
    assert VIEWS[view].question in words(app)


def test_a_view_that_is_left_gives_back_what_it_held():
    app = open_page("gradients", networks=SMALL, step="0", norm="with")
    assert "flow work" in app.session_state
    app.segmented_control(key="lab view").set_value("surface").run()
    assert not app.exception and "flow work" not in app.session_state
