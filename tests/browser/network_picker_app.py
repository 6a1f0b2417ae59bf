"""A small app for test_network_picker_browser.py: one network picker, and the network that it gives."""

import streamlit as st

from explorer.ui.network_picker import network_picker
from explorer.ui.theme import use_whole_window

st.set_page_config(layout="wide")
use_whole_window()
st.text(f"Chosen: {network_picker('network', 'cifar/basic-56', torchvision=True)}")
