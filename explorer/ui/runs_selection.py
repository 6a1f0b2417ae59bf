"""The runs a reader has selected, kept in the address, and what can be done with them."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.runs.export import export_bytes
from explorer.runs.run import Run
from explorer.runs.status import Status
from explorer.runs.trash import delete
from explorer.ui.run_actions import ask, attempt, forget_refusals, show_refusals

SELECTED = "selected"
DOOMED = "runs-to-delete"
SAID = "runs-said"
CHOSEN = "runs-chosen"


@dataclass(frozen=True)
class Listed:
    """A run as the list shows it: its state now and its network's short name and family, where they can be read."""

    run: Run
    status: Status
    title: str
    family: str | None


def select_box(some: Sequence[Listed], label: str) -> None:
    """A box that selects these runs."""
    ids = [listed.run.id for listed in some]
    key = "select-" + "-".join(ids)
    ticked = set(ids) <= set(_selected())
    if st.session_state.get(key) != ticked:  # set without need, it would take back a click that is on its way
        st.session_state[key] = ticked
    st.checkbox(label, key=key, label_visibility="collapsed", on_change=_choose, args=(ids, key))


def toolbar(every: Sequence[Listed]) -> None:
    """What can be done with the selected runs, or how to select some; and what came of the last thing done."""
    by_id = {listed.run.id: listed for listed in every}
    chosen = [by_id[run_id] for run_id in _selected() if run_id in by_id]
    with st.container(horizontal=True, vertical_alignment="center", height=48, border=False):
        if chosen:
            _actions(chosen)
        else:
            st.caption("Select runs to open them together, stop, download or delete them.")
    if said := st.session_state.get(SAID):
        st.error(said, icon=":material/error:")
    show_refusals([listed.run for listed in every])
    doomed = [by_id[run_id] for run_id in st.session_state.get(DOOMED, ()) if run_id in by_id]
    if doomed:
        _confirm(doomed)


def open_together(label: str, runs: Sequence[Run]) -> None:
    """A link to these runs, side by side on the Train page."""
    ids = ",".join(run.id for run in runs)
    st.page_link("../pages/train.py", label=label, icon=":material/show_chart:", query_params={"runs": ids})


def _actions(chosen: Sequence[Listed]) -> None:
    runs = [listed.run for listed in chosen]
    active = [listed.run for listed in chosen if listed.status.active]
    st.markdown(f"**{len(chosen)}** selected")
    open_together("Open together" if len(chosen) > 1 else "Open", runs)
    if active:
        st.button("Stop", icon=":material/stop:", key="stop-selected", on_click=ask, args=("stop", *active))
    name = runs[0].id if len(runs) == 1 else "runs"
    st.download_button(
        "Download", data=lambda: export_bytes(*runs), file_name=f"{name}.zip", mime="application/zip", icon=":material/download:",
        on_click="ignore", key="download-selected", help="Figures as CSV and JSON, the log and the final weights, as a zip",
    )  # fmt: skip
    st.button("Delete…", icon=":material/delete:", key="delete-selected", on_click=_ask_to_delete, args=(chosen,))
    st.button("Clear", type="tertiary", key="clear-selected", on_click=_clear)


def _confirm(doomed: Sequence[Listed]) -> None:
    names = ", ".join(listed.title for listed in doomed[:4]) + (f" and {len(doomed) - 4} more" if len(doomed) > 4 else "")
    what = "this run" if len(doomed) == 1 else f"these {len(doomed)} runs"
    with st.container(horizontal=True, vertical_alignment="center", border=True):
        st.markdown(f"Delete {what} with all figures and weights, for good? {names}", width="stretch")
        st.button("Delete", type="primary", key="delete-for-good", on_click=_delete, args=([listed.run for listed in doomed],))
        st.button("Keep", key="keep", on_click=_keep)


def _ask_to_delete(chosen: Sequence[Listed]) -> None:
    active = [listed for listed in chosen if listed.status.active]
    st.session_state[SAID] = None
    forget_refusals()
    if active:
        names = ", ".join(f"{listed.title} is {listed.status.state}" for listed in active)
        st.session_state[SAID] = f"Nothing was deleted: {names}. Stop what is active first, or take it out of the selection."
    else:
        st.session_state[DOOMED] = tuple(listed.run.id for listed in chosen)


def _delete(runs: Sequence[Run]) -> None:
    _keep()
    st.session_state[SAID] = None
    deleted = {run.id for run in attempt(delete, runs)}
    _select([run_id for run_id in _selected() if run_id not in deleted])


def _keep() -> None:
    st.session_state[DOOMED] = ()


def _selected() -> list[str]:
    """The ids in the order they were selected; they may be anything, for a visit begins with those in the address.

    From then on the session's word counts: a tick under way while a box is clicked still brings the address from before.
    """
    if CHOSEN not in st.session_state:
        st.session_state[CHOSEN] = list(dict.fromkeys(filter(None, st.query_params.get(SELECTED, "").split(","))))
    return st.session_state[CHOSEN]


def _choose(run_ids: Sequence[str], key: str) -> None:
    others = [other for other in _selected() if other not in run_ids]
    _forget()
    _select([*others, *run_ids] if st.session_state[key] else others)


def _clear() -> None:
    _forget()
    _select(())


def _forget() -> None:
    """Another selection makes what was said about the last one, and what was asked, beside the point."""
    st.session_state[SAID] = None
    forget_refusals()
    _keep()


def _select(run_ids: Sequence[str]) -> None:
    st.session_state[CHOSEN] = list(run_ids)
    _write_address(run_ids)


def _write_address(run_ids: Sequence[str]) -> None:
    wanted = ",".join(run_ids)
    if wanted == st.query_params.get(SELECTED, ""):
        return
    if wanted:
        st.query_params[SELECTED] = wanted
    else:
        st.query_params.pop(SELECTED, None)
