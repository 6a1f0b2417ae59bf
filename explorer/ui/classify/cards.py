"""A model in a line, and its card: what it was trained on, what it takes, and how often it errs, each with its source."""

from html import escape

import streamlit as st

from explorer.figures.colours import colour
from explorer.vision.models import Model


def show_line(model: Model) -> None:
    """The model's name in the colour of its family, whether it can be used now, and a button that opens its card."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.html(_line(model), width="stretch")


def _line(model: Model) -> str:
    square = f'<span style="color:{colour(model.spec.family)}" aria-hidden="true">■</span>'
    return f'<div style="font-size:.875rem;line-height:1.35;overflow-wrap:anywhere">{square} {escape(model.title)}</div>'
