"""The page's state in its address."""

from streamlit.testing.v1 import AppTest


def page():
    import streamlit as st

    from explorer.ui import url

    st.text(url.param("network", "cifar/basic-20"))
    st.text(url.choice("unit", ("MACs", "FLOPs"), "MACs"))
    if st.button("compare"):
        url.set_params(network="cifar/plain-56?width=8", unit=None, gone="")


def texts(app):
    return [text.value for text in app.text]


def test_nothing_in_the_address_means_the_defaults():
    assert texts(AppTest.from_function(page).run()) == ["cifar/basic-20", "MACs"]


def test_a_value_that_is_not_offered_is_the_default():
    app = AppTest.from_function(page)
    app.query_params["unit"] = "horses"
    assert texts(app.run())[1] == "MACs"
    app.query_params["unit"] = "FLOPs"
    assert texts(app.run())[1] == "FLOPs"


def test_several_changes_are_written_and_read_again():
    app = AppTest.from_function(page)
    app.query_params["unit"] = "FLOPs"
    app.query_params["selected"] = "conv1"
    app.run().button[0].click().run()
    assert dict(app.query_params) == {"network": "cifar/plain-56?width=8", "selected": "conv1"}
    assert texts(app.run()) == ["cifar/plain-56?width=8", "MACs"]


def form():
    import streamlit as st

    from explorer.ui import url

    for name in ("lr", "batch"):
        st.session_state[name] = url.param(name, "0")
        st.text_input(name, key=name, on_change=lambda name=name: url.set_params(**{name: st.session_state[name]}))
    st.button("start", on_click=url.keep_params)
    st.text(f"lr {url.param('lr', '0')}, batch {url.param('batch', '0')}")


def changed_once():
    """The form with one field changed, whose browser still has the address from before."""
    app = AppTest.from_function(form).run()
    app.text_input("lr").input("0.2").run()
    del app.query_params["lr"]
    return app


def test_a_click_with_the_address_from_before_a_change_keeps_the_change():
    app = changed_once()
    assert texts(app.button[0].click().run()) == ["lr 0.2, batch 0"]
    app.query_params.clear()
    app.text_input("batch").input("8").run()
    app.query_params.clear()
    assert texts(app.button[0].click().run()) == ["lr 0.2, batch 8"]


def test_back_to_before_a_change_stays_there():
    app = changed_once()
    assert texts(app.run()) == ["lr 0, batch 0"]
    assert texts(app.button[0].click().run()) == ["lr 0, batch 0"]
    assert texts(app.text_input("batch").input("8").run()) == ["lr 0, batch 8"]
