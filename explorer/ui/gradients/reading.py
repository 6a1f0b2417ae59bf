"""What stands beside a figure of the gradient lab: the idea, its formula, what the paper measured, what is seen here, why they differ."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

# Figure and text side by side: their shares of the page; in narrower windows, in pixels, the text stands below.
SHARES = (13, 7)
SIDE_BY_SIDE = 1500


@dataclass(frozen=True)
class Reading:
    """Markdown, but for `formula`, which is LaTeX. `here` are sentences made from the very numbers that are drawn."""

    idea: str
    formula: str
    paper: str
    here: Sequence[str]
    differs: str


def beside(key: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The places of a figure and of its reading."""
    own = f".st-key-{key}-beside > * > .stHorizontalBlock > .stColumn"  # not the columns that a figure has inside
    st.html(f"<style>@media (max-width: {SIDE_BY_SIDE - 1}px) {{ {own} {{ min-width: 100%; }} }}</style>")
    figure, text = st.container(key=f"{key}-beside").columns(SHARES, gap="medium")
    return figure, text


def show_reading(reading: Reading) -> None:
    """The text, where it is called."""
    st.markdown(f"**The idea.** {reading.idea}")
    st.latex(reading.formula)
    st.markdown(f"**In the paper.** {reading.paper}")
    if reading.here:
        st.markdown("**Here, now.**\n\n" + "\n".join(f"- {sentence}" for sentence in reading.here))
    st.markdown(f"**Where they differ.** {reading.differs}")
