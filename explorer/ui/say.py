"""What goes wrong, said on the page: the text may quote an address, a file or another person, so nothing of it is Markdown."""

import streamlit as st

from explorer.ui.format import plain

MOST = 600


def say_error(text, icon: str = ":material/error:") -> None:
    """Something was not done."""
    st.error(plain(text, MOST), icon=icon)


def say_warning(text, icon: str = ":material/warning:") -> None:
    """Something is not as it was asked for."""
    st.warning(plain(text, MOST), icon=icon)
