"""Streamlit only: controls, URL state, theme, components."""
