"""The gradient lab: why a shortcut helps, at initialisation, in training and in a trained network."""

import streamlit as st

from explorer.ui.gradients import views
from explorer.ui.gradients.views import SHARED, VIEWS
from explorer.ui.url import set_params
from explorer.ui.views import choose_view, place_of


def take_view() -> None:
    for held in [key for key in st.session_state if str(key).partition(" ")[0] in VIEWS]:
        del st.session_state[held]  # what a view holds for a session is named after it
    left = {name: None for name in st.query_params if name not in SHARED}
    set_params(**left | {"view": st.session_state["lab view"]})


st.title("Gradient lab")
chosen = choose_view({name: view.title for name, view in VIEWS.items()}, "lab view", "flow", take_view)
st.markdown(f"##### {VIEWS[chosen].question}")
with place_of(chosen, VIEWS):
    views.show(chosen)
