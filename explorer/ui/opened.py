"""Models with their weights, loaded once and shared by all sessions and pages: who changes one works on a copy."""

import streamlit as st

from explorer.machine.device import use_one_thread
from explorer.vision.kept import KeptModels


def opened(model_id: str):
    """The network of a model, ready to compute with in this thread, on one core. Raises ModelError."""
    found = _kept().get(model_id)
    use_one_thread()  # a page's thread is another at every run
    return found


@st.cache_resource(show_spinner=False)
def _kept() -> KeptModels:
    return KeptModels()
