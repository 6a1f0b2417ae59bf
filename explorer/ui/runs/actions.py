"""What people do to runs, what the runs answer, and why a run ended before its time."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.runs import queue
from explorer.runs.control import request
from explorer.runs.launcher import LocalLauncher, pause
from explorer.runs.run import Run
from explorer.runs.series import tail_log
from explorer.runs.status import Status
from explorer.runs.trash import delete, restore
from explorer.training.start import restart, resume_run
from explorer.ui.format import plain
from explorer.ui.say import say_error

REFUSED = "refused"
DELETED = "runs-deleted"
STARTED_AGAIN = "runs-started-again"


def ask(wish: str, *runs: Run) -> None:
    """Pass a wish to runs: `pause`, `resume`, `stop`, `go on` (train on from the last checkpoint), `first`, `up`, `down`,
    `last` (in the queue), `start again` (a new run of the same description) or `delete` (undone by `undo_delete`)."""
    if wish == "start again":
        return _start_again(runs)
    if wish == "delete":
        return _delete(runs)
    if wish in queue.MOVES:
        # The last first, so that those moved to the front keep their order; the other way round at the end.
        ordered = runs[::-1] if wish in ("first", "down") else runs
        return attempt(lambda run: queue.move(run, wish), ordered) and None
    actions = {"pause": pause, "stop": LocalLauncher().stop, "go on": resume_run}
    attempt(actions.get(wish, lambda run: request(run, wish)), runs)


def attempt(action: Callable[[Run], object], runs: Sequence[Run]) -> list[Run]:
    """Do it to each run; those it was done to. What the others refused is kept, for `show_refusals`, until the next attempt."""
    done, refused = [], {}
    for run in runs:
        try:
            action(run)
            done.append(run)
        except BadInput as error:
            refused[run.id] = str(error)
    st.session_state[REFUSED] = refused
    return done


def show_refusals(runs: Sequence[Run] | None = None) -> None:
    """Say what these runs, or any, refused in the last attempt."""
    refused = st.session_state.get(REFUSED, {})
    ids = refused if runs is None else [run.id for run in runs]
    if said := " ".join(dict.fromkeys(refused[run_id] for run_id in ids if run_id in refused)):
        say_error(said)


def forget_refusals() -> None:
    st.session_state[REFUSED] = {}


def show_what_was_done() -> None:
    """Say what was deleted last, with the button that brings it back, and what was started again, with a link to it."""
    if deleted := st.session_state.get(DELETED):
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            said = "A run was deleted." if len(deleted) == 1 else f"{len(deleted)} runs were deleted."
            st.markdown(f"{said} What is deleted is kept for a day.", width="stretch")
            st.button("Undo", type="primary", icon=":material/undo:", key="undo-delete", on_click=undo_delete)
            st.button("", type="tertiary", icon=":material/close:", key="forget-deleted", help="Dismiss", on_click=_forget, args=(DELETED,))
    if started := st.session_state.get(STARTED_AGAIN):
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            said = "A new run of the same description was started" if len(started) == 1 else f"{len(started)} new runs were started"
            st.markdown(f"{said}; the old {'one is' if len(started) == 1 else 'ones are'} kept.", width="stretch")
            st.page_link("../pages/train.py", label="Watch", icon=":material/show_chart:", query_params={"runs": ",".join(started)})
            st.button("", type="tertiary", icon=":material/close:", key="forget-started", help="Dismiss", on_click=_forget,
                      args=(STARTED_AGAIN,))  # fmt: skip


def undo_delete() -> None:
    """Bring back what was deleted last."""
    deleted = [Run(run_id, None, None) for run_id in st.session_state.pop(DELETED, ())]
    attempt(lambda run: restore(run.id), deleted)


def why(run: Run, status: Status) -> str:
    """In a sentence, why a run cannot be read or ended before its time; Markdown."""
    return plain(f"This run cannot be read: {run.problem}" if run.problem else status.reason or "No reason was recorded.")


def show_log(run: Run, name: str) -> None:
    """The last lines of a run's log, folded up; nothing where there is no log."""
    if lines := tail_log(run):
        with st.expander(f"Last lines of {plain(name)}'s log"):
            st.code("\n".join(lines), language=None)


def _delete(runs: Sequence[Run]) -> None:
    if deleted := attempt(delete, runs):
        st.session_state[DELETED] = [run.id for run in deleted]
        # The list may be scrolled down.
        st.toast("What was deleted can be brought back: Undo stands above the list.", icon=":material/delete:")


def _start_again(runs: Sequence[Run]) -> None:
    try:
        st.session_state[STARTED_AGAIN] = [run.id for run in restart(runs)]
        forget_refusals()
    except BadInput as error:
        st.session_state[REFUSED] = {runs[0].id: str(error)}


def _forget(what: str) -> None:
    st.session_state.pop(what, None)
