"""Train: networks side by side, watched while they learn. Everything happens in worker processes; imports no torch."""

import streamlit as st

from explorer.runs.listing import runs_and_states
from explorer.ui.train.form import choose_training
from explorer.ui.watch.runs import forget_watching, watch

watched = [run_id for run_id in st.query_params.get("runs", "").split(",") if run_id]

with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Train")
    if watched:
        # A link to the page one is on would leave the address as it is.
        st.button("Train something else", icon=":material/add:", on_click=forget_watching)

if watched:
    watch(watched)
else:
    active = [run.id for run, status in runs_and_states() if status.active]
    if active:
        label = f"{len(active)} run{'s are' if len(active) > 1 else ' is'} going on now: watch"
        st.button(label, icon=":material/visibility:", on_click=st.query_params.update, args=({"runs": ",".join(active)},))
    started = choose_training()
    if started:
        st.query_params.from_dict({"runs": ",".join(started)})
        st.rerun()
