"""The settings of watching that have a rule of their own."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui.watch.settings import nice_end


@pytest.mark.parametrize("step, end", [(1, 100), (100, 100), (101, 200), (700, 1000), (1001, 2000), (64_000, 100_000)])
def test_a_scrubber_without_a_planned_end_has_a_round_one(step, end):
    assert nice_end(step) == end


def page():
    import streamlit as st

    from explorer.ui.watch.settings import choose_settings

    st.text(choose_settings(1, st.session_state.get("end", 100)).step)


def test_the_scrubber_follows_the_latest_step_when_it_grows_and_stays_where_it_was_put():
    app = AppTest.from_function(page).run()
    app.session_state["end"] = 200
    assert app.run().text[0].value == "None" and app.slider(key="at").value == 200
    app.slider(key="at").set_value(50).run()
    app.session_state["end"] = 500
    assert app.run().text[0].value == "50"
    app.session_state["end"] = 20
    assert app.run().text[0].value == "None"


def logs():
    import streamlit as st

    from explorer.ui.watch.settings import keep_log_axes, log_axes

    st.button("x of loss", on_click=keep_log_axes, args=("loss", "x"))
    st.button("none of loss", on_click=keep_log_axes, args=("loss", ""))
    st.text(log_axes())


def test_log_axes_of_several_charts_are_one_parameter_and_none_is_no_parameter():
    app = AppTest.from_function(logs)
    app.query_params["log"] = "error:yx"
    app.run()
    assert app.text[0].value == "{'error': 'xy'}"
    app.button[0].click().run()
    assert app.query_params["log"] in (["error:xy,loss:x"], "error:xy,loss:x")
    del app.query_params["log"]
    app.button[0].click().run()
    app.button[1].click().run()
    assert "log" not in app.query_params
