"""What people do to runs, what the runs answer, and why a run ended before its time."""

from collections.abc import Callable, Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.runs.control import request
from explorer.runs.launcher import LocalLauncher
from explorer.runs.run import Run
from explorer.runs.series import tail_log
from explorer.runs.status import Status
from explorer.training.start import resume_run
from explorer.ui.format import plain

REFUSED = "refused"


def ask(wish: str, *runs: Run) -> None:
    """Pass `pause`, `resume`, `stop` or `go on` (train on from the last checkpoint) to runs."""
    actions = {"stop": LocalLauncher().stop, "go on": resume_run}
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


def show_refusals(runs: Sequence[Run]) -> None:
    """Say what these runs refused in the last attempt."""
    refused = st.session_state.get(REFUSED, {})
    if said := " ".join(dict.fromkeys(refused[run.id] for run in runs if run.id in refused)):
        st.error(said, icon=":material/error:")


def forget_refusals() -> None:
    st.session_state[REFUSED] = {}


def why(run: Run, status: Status) -> str:
    """In a sentence, why a run cannot be read or ended before its time; Markdown."""
    return plain(f"This run cannot be read: {run.problem}" if run.problem else status.reason or "No reason was recorded.")


def show_log(run: Run, name: str) -> None:
    """The last lines of a run's log, folded up; nothing where there is no log."""
    if lines := tail_log(run):
        with st.expander(f"Last lines of {plain(name)}'s log"):
            st.code("\n".join(lines), language=None)
