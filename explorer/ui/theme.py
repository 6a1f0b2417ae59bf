"""What the page looks like to its reader."""

import streamlit as st

# How the key of a row ends that has both buttons and lists: Streamlit's buttons are lower, and the labels would not be level.
ONE_HEIGHT = "one-height"
# Streamlit leaves a hand's breadth above and beside every page; drawings, charts and tables want it, prose does not.
_STYLE = f"""<style>
.stMainBlockContainer {{ padding: 4.25rem 2.5rem 3rem; }}
.stMainBlockContainer h1 {{ padding-top: 0.5rem; }}
.stMain :is(.stMarkdown, [data-testid="stCaptionContainer"]) :is(p, li) {{ max-width: 60rem; }}
[class*="-{ONE_HEIGHT}"] .stButtonGroup [role=radio] {{ min-height: 2.5rem; }}
</style>"""


def is_dark() -> bool:
    """Whether the reader has the dark theme."""
    return st.context.theme.type == "dark"


def use_whole_window() -> None:
    """Let every page's content reach nearly to the edges of the window; its sentences stay short enough to read."""
    st.html(_STYLE)
