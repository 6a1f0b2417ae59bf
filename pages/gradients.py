"""The gradient lab: why a shortcut helps, at initialisation, in training and in a trained network."""

import streamlit as st

from explorer.ui.controls import known_choice
from explorer.ui.gradients import views
from explorer.ui.gradients.views import SHARED, VIEWS
from explorer.ui.url import set_params


def choose_view() -> str:
    """The view that the address names; another one takes along what all views have in common."""
    st.session_state["lab view"] = known_choice("View", {name: view.title for name, view in VIEWS.items()}, "view", "flow")
    st.segmented_control("View", list(VIEWS), format_func=lambda name: VIEWS[name].title, key="lab view", required=True, wrap=True,
                         label_visibility="collapsed", on_change=take_view)
    return st.session_state["lab view"]


def take_view() -> None:
    for held in [key for key in st.session_state if str(key).partition(" ")[0] in VIEWS]:
        del st.session_state[held]  # what a view holds for a session is named after it
    left = {name: None for name in st.query_params if name not in SHARED}
    set_params(**left | {"view": st.session_state["lab view"]})


st.title("Gradient lab")
chosen = choose_view()
st.markdown(f"##### {VIEWS[chosen].question}")
# While a view measures, what is left of another would be seen below it: each has a place of its own, and empties those of the others.
places = {name: st.container() if name == chosen else st.empty() for name in VIEWS}
with places[chosen]:
    views.show(chosen)
