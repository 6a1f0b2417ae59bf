"""What the page looks like to its reader."""

import streamlit as st

# Streamlit leaves a hand's breadth above and beside every page; a page of drawings and tables wants it.
_TIGHT = "<style>.stMainBlockContainer { padding: 4.25rem 2.5rem 3rem; }</style>"


def is_dark() -> bool:
    """Whether the reader has the dark theme."""
    return st.context.theme.type == "dark"


def use_whole_window() -> None:
    """Let the page's content reach nearly to the edges of the window."""
    st.html(_TIGHT)
