"""What the page looks like to its reader."""

import streamlit as st


def is_dark() -> bool:
    return st.context.theme.type == "dark"
