"""Classify: a picture, one or several models, and what they make of it. Paints its controls before torch is imported."""

import streamlit as st

from explorer.errors import BadInput
from explorer.ui.classify import models, pictures, views
from explorer.ui.classify.shown import Shown
from explorer.ui.classify.views import SHARED, VIEWS
from explorer.ui.controls import say_unknown
from explorer.ui.format import plain
from explorer.ui.say import say_error
from explorer.ui.url import param, set_params
from explorer.ui.views import choose_view, place_of


def take_view() -> None:
    """Leave a view for another, which finds again what it was left with: for these models, since layers and classes are theirs."""
    kept = st.session_state.setdefault("settings of views", {})
    own = {name: param(name) for name in st.query_params if name not in (*SHARED, "view")}
    kept[param("view", "answer"), param("model")] = own
    chosen = st.session_state["classify view"]
    found = kept.get((chosen, param("model")), {})
    set_params(**dict.fromkeys(own) | found | {"view": None if chosen == "answer" else chosen})


st.title("Classify")
view = choose_view({name: one.title for name, one in VIEWS.items()}, "classify view", "answer", take_view)
controls, result = st.columns([1, 2], gap="large")
try:
    with controls:
        wanted = models.choose_models()
        chosen = pictures.choose(wanted) if VIEWS[view].is_of_one else None
    with result:
        st.markdown(f"##### {VIEWS[view].question}")
        if chosen and chosen.until:
            st.caption(f"Asked of the sample {plain(chosen.name)}, {chosen.until}.")
        say_unknown((*SHARED, "view", *VIEWS[view].settings))
        with place_of(view, VIEWS):
            if loaded := models.ready(wanted):
                views.show(view, Shown(chosen, loaded))
except BadInput as error:
    with result:
        say_error(error)
