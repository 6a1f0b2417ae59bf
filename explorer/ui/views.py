"""A page of several views: the control that chooses one, kept in the address under `view`, and a place for each."""

from collections.abc import Callable, Iterable, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui.controls import known_choice


def choose_view(titles: Mapping[str, str], key: str, default: str, on_change: Callable[[], None]) -> str:
    """The view that the address names; `on_change` hears that another one, in the session under `key`, was chosen."""
    st.session_state[key] = known_choice("View", titles, "view", default)
    st.segmented_control("View", list(titles), format_func=titles.get, key=key, required=True, wrap=True,
                         label_visibility="collapsed", on_change=on_change)  # fmt: skip
    return st.session_state[key]


def place_of(chosen: str, views: Iterable[str]) -> DeltaGenerator:
    """Where the chosen view is drawn. While it computes, what is left of another would be seen below it: each has a place of its own,
    and empties those of the others."""
    return {name: st.container() if name == chosen else st.empty() for name in views}[chosen]
