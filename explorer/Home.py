"""The entry: `streamlit run explorer/Home.py`. Page configuration, spacing and navigation, nothing else."""

import streamlit as st

from explorer.machine.folders import ASSETS
from explorer.ui.theme import use_whole_window

# A picture of our own: Streamlit's named icons would be fetched from the network for the tab.
st.set_page_config(page_title="Residual Explorer", page_icon=ASSETS / "logo.svg", layout="wide")
use_whole_window()

PAGES = [
    st.Page("../pages/home.py", title="Home", icon=":material/home:", default=True),
    st.Page("../pages/architecture.py", title="Architecture", icon=":material/account_tree:", url_path="architecture"),
    st.Page("../pages/compare.py", title="Compare", icon=":material/compare:", url_path="compare"),
    st.Page("../pages/train.py", title="Train", icon=":material/show_chart:", url_path="train"),
    st.Page("../pages/runs.py", title="Runs", icon=":material/list_alt:", url_path="runs"),
    st.Page("../pages/gradients.py", title="Gradient lab", icon=":material/stacked_line_chart:", url_path="gradients"),
    st.Page("../pages/classify.py", title="Classify", icon=":material/image_search:", url_path="classify"),
]

st.navigation(PAGES, position="top").run()
