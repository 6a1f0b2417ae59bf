"""The deleted runs: kept for a day, to be restored, or removed for good to free their space."""

import time

import streamlit as st

from explorer.runs.run import Run
from explorer.runs.trash import KEPT_SECONDS, Trashed, empty_trash, restore, trashed
from explorer.ui.format import duration, plain
from explorer.ui.runs.actions import DELETED, attempt

SHOWN = 20


def show_trash() -> None:
    """What was deleted, folded up; nothing where nothing was."""
    deleted = trashed()
    if not deleted:
        return
    with st.expander(f"Deleted: {len(deleted)} run{'s' if len(deleted) > 1 else ''}, kept for a day", icon=":material/delete:"):
        with st.container(horizontal=True):
            st.button("Restore all", icon=":material/undo:", key="restore-all", on_click=_restore, args=(deleted,))
            st.button("Empty the trash, for good", icon=":material/delete_forever:", key="empty-trash", on_click=_empty)
        for one in deleted[:SHOWN]:
            with st.container(horizontal=True, vertical_alignment="center"):
                left = max(0.0, one.deleted + KEPT_SECONDS - time.time())
                st.markdown(f"{plain(one.id)} :small[:gray[kept for {duration(left // 60 * 60)} more]]", width="stretch")
                st.button("Restore", type="tertiary", key=f"restore-{one.id}", on_click=_restore, args=([one],))
        if len(deleted) > SHOWN:
            st.caption(f"and {len(deleted) - SHOWN} more: `explorer runs trash` lists them")


def _restore(deleted: list[Trashed]) -> None:
    attempt(lambda run: restore(run.id), [Run(one.id, one.folder, None) for one in deleted])
    st.session_state.pop(DELETED, None)


def _empty() -> None:
    empty_trash()
    st.session_state.pop(DELETED, None)
