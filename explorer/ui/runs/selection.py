"""The runs a reader has selected, kept in the address, and what can be done with them."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.runs.run import Run
from explorer.runs.status import State, Status
from explorer.ui.classify.groups import MOST_CHOSEN
from explorer.ui.format import plain
from explorer.ui.runs.actions import DELETED, ask, forget_refusals, show_refusals, show_what_was_done
from explorer.ui.runs.exports import show_exports
from explorer.ui.runs.menu import RESUMABLE, can_classify, clone_address, clone_problem
from explorer.ui.say import say_error

SELECTED = "selected"
SAID = "runs-said"
CHOSEN = "runs-chosen"


@dataclass(frozen=True)
class Listed:
    """A run as the list shows it: its state now and its network's short name and family, where they can be read."""

    run: Run
    status: Status
    title: str
    family: str | None


WISHES = (
    ("Pause", "pause", "pause", lambda one: one.status.active and one.status.state is not State.PAUSED),
    ("Resume", "play_arrow", "resume", lambda one: one.status.state is State.PAUSED),
    ("Stop", "stop", "stop", lambda one: one.status.active),
    ("Move to the front", "vertical_align_top", "first", lambda one: one.status.state is State.QUEUED),
    ("Go on", "resume", "go on", lambda one: one.status.state in RESUMABLE and one.run.config),
    ("Start again", "restart_alt", "start again", lambda one: not one.status.active and one.run.config),
)


def select_box(some: Sequence[Listed], label: str) -> None:
    """A box that selects these runs."""
    ids = [listed.run.id for listed in some]
    key = "select-" + "-".join(ids)
    ticked = set(ids) <= set(_selected())
    changed = st.session_state.get(key) != ticked
    if changed:  # set without need, it would take back a click that is on its way
        st.session_state[key] = ticked
    # A box that the browser draws late begins with the value of the last tick: without it, it would take the selection back.
    st.checkbox(label, ticked and not changed, key=key, label_visibility="collapsed", on_change=_choose, args=(ids, key))


def toolbar(every: Sequence[Listed]) -> None:
    """What can be done with the selected runs, or how to select some; and what came of the last thing done."""
    by_id = {listed.run.id: listed for listed in every}
    chosen = [by_id[run_id] for run_id in _selected() if run_id in by_id]
    with st.container(horizontal=True, vertical_alignment="center", border=False, gap="small", key="runs-toolbar"):
        if chosen:
            _actions(chosen)
        else:
            st.caption("Select runs to open them together, or to pause, stop, start again, download or delete them.")
    if said := st.session_state.get(SAID):
        say_error(said)
    show_refusals()
    show_what_was_done()


def open_together(label: str, runs: Sequence[Run]) -> None:
    """A link to these runs, side by side on the Train page."""
    ids = ",".join(run.id for run in runs)
    st.page_link("../pages/train.py", label=label, icon=":material/show_chart:", query_params={"runs": ids})


def _actions(chosen: Sequence[Listed]) -> None:
    runs = [listed.run for listed in chosen]
    st.markdown(f"**{len(chosen)}** selected")
    open_together("Open together" if len(chosen) > 1 else "Open", runs)
    for label, icon, wish, fits in WISHES:
        if fitting := [listed.run for listed in chosen if fits(listed)]:
            st.button(label, icon=f":material/{icon}:", key=f"{wish.replace(' ', '-')}-selected", on_click=_do, args=(wish, fitting))
    _classify([listed.run for listed in chosen if can_classify(listed.run, listed.status)])
    if clone := clone_address(runs):
        st.page_link("../pages/train.py", label="Clone with changes", icon=":material/content_copy:", query_params=clone,
                     help="The Train form, filled in as for these runs")  # fmt: skip
    else:
        st.button("Clone with changes", icon=":material/content_copy:", key="clone-selected", disabled=True,
                  help=plain(clone_problem(runs)))  # fmt: skip
    show_exports(runs, "download-selected")
    st.button("Delete", icon=":material/delete:", key="delete-selected", on_click=_delete, args=(chosen,))
    st.button("Clear", type="tertiary", key="clear-selected", on_click=_clear)


def _classify(finished: Sequence[Run]) -> None:
    """A link to a picture and what each of these runs' networks sees in it."""
    if finished:
        ids = ",".join(run.id for run in finished[:MOST_CHOSEN])
        label = "Classify" if len(finished) == 1 else "Classify with them"
        if len(finished) > MOST_CHOSEN:  # no page shows more side by side
            label = f"Classify with the first {MOST_CHOSEN} of {len(finished)}"
        st.page_link("../pages/classify.py", label=label, icon=":material/image_search:", query_params={"model": ids},
                     help=f"Show pictures to the finished networks, at most {MOST_CHOSEN} at a time")  # fmt: skip


def _do(wish: str, runs: Sequence[Run]) -> None:
    st.session_state[SAID] = None
    ask(wish, *runs)


def _delete(chosen: Sequence[Listed]) -> None:
    active = [listed for listed in chosen if listed.status.active]
    _forget()
    if active:
        names = ", ".join(f"{listed.title} is {listed.status.state}" for listed in active)
        st.session_state[SAID] = f"Nothing was deleted: {names}. Stop what is active first, or take it out of the selection."
        return
    ask("delete", *(listed.run for listed in chosen))
    gone = st.session_state.get(DELETED, ())
    _select([run_id for run_id in _selected() if run_id not in gone])


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
