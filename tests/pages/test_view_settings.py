"""What a view of Classify was set to: gone from the address of another view, there again on coming back."""

import pytest
from opened_page import open_page, words

from explorer.ui.classify.views import SHARED, VIEWS
from explorer.ui.format import plain

MODEL = "mnist-residual-20"


def look(app, view):
    app.segmented_control(key="classify view").set_value(view)
    app.run()
    assert not app.exception
    return {name: app.query_params[name] for name in app.query_params}


def test_a_view_is_found_as_it_was_left():
    app = open_page("classify", model=MODEL, sample="digit-7", view="heat", method="occlusion", on="input")
    shared = {"model": MODEL, "sample": "digit-7"}
    assert look(app, "answer") == shared
    assert look(app, "depth") == shared | {"view": "depth"}
    assert look(app, "heat") == shared | {"view": "heat", "method": "occlusion", "on": "input"}


def test_with_other_models_a_view_begins_anew():
    app = open_page("classify", model=MODEL, view="depth", show="lead")
    look(app, "answer")
    app.query_params["model"] = "mnist-plain-20"
    app.run()
    assert look(app, "depth") == {"model": "mnist-plain-20", "view": "depth"}


@pytest.mark.parametrize("view", VIEWS)
def test_a_parameter_that_no_view_reads_is_named(view):
    """And none of those that a control of the view keeps."""
    app = open_page("classify", **{"model": MODEL, "view": view, "*x*": "1"})
    assert plain("nothing here is called so: *x*.") in words(app)
    controls = (app.segmented_control, app.selectbox, app.select_slider, app.multiselect, app.number_input, app.toggle)
    kept = {one.key.removeprefix("control ") for kind in controls for one in kind if str(one.key).startswith("control ")}
    assert kept > {"model"} and kept <= {*SHARED, *VIEWS[view].settings}
