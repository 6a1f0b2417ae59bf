"""Models with their weights, loaded once and shared by all sessions and pages: who changes one works on a copy."""

import streamlit as st

from explorer.vision.kept import KeptModels


def opened(model_id: str):
    """The network of a model, ready to classify. Raises ModelError."""
    return _kept().get(model_id)


@st.cache_resource(show_spinner=False)
def _kept() -> KeptModels:
    return KeptModels()
