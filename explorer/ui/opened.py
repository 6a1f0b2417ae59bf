"""Models with their weights, loaded once and shared by all sessions and pages: who changes one works on a copy."""

import streamlit as st

from explorer.vision.models import open_model


@st.cache_resource(max_entries=8, show_spinner="Loading the network")
def opened(model_id: str):
    """The network of a model, ready to classify. Raises ModelError."""
    return open_model(model_id)
