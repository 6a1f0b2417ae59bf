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
