"""Runs: everything that was trained here or is in training, to open, compare, steer, export and delete."""

import streamlit as st

from explorer.runs.listing import runs_and_states
from explorer.ui.runs.imports import show_import
from explorer.ui.runs.live_list import SHOW, live_list
from explorer.ui.runs.queue import choose_slots

TICK_SECONDS = 1.5

with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Runs", width="stretch")
    choose_slots()
show, find, has_runs = "All", "", bool(runs_and_states())
if has_runs:
    with st.container(horizontal=True, vertical_alignment="top"):
        show = st.segmented_control("Show", list(SHOW), default="All", required=True, key="show", bind="query-params")
        find = st.text_input("Find", placeholder="network, data or id", key="find", bind="query-params", width=280, live=True)
st.fragment(live_list, run_every=TICK_SECONDS)(show, find or "", has_runs)
show_import()
