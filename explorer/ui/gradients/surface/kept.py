"""The loss surfaces that are kept: how far those have come that are being measured, and what can be done with each."""

from collections.abc import Sequence

import streamlit as st

from explorer.lab.landscapes import LAUNCHER, asked_of, resume
from explorer.machine.folders import landscapes_folder
from explorer.runs.listing import runs_and_states
from explorer.runs.run import Run
from explorer.runs.status import WORKING, State, Status
from explorer.runs.trash import delete, restore
from explorer.ui.format import MISSING, duration, percent, plain
from explorer.ui.runs.actions import attempt, show_refusals, why
from explorer.ui.url import set_params
from explorer.ui.watch.cards import WORDS

LISTED = 30
DELETED = "surfaces-deleted"


def show_progress(unfinished: Sequence[tuple[Run, Status]]) -> None:
    """A line for each surface that is not finished: how far it has come, and the buttons to stop it or go on."""
    show_refusals([run for run, _ in unfinished])
    for run, status in unfinished:
        with st.container(horizontal=True, vertical_alignment="center", key=f"progress-{run.id}"):
            left = f", about {duration(status.seconds_left)} left" if status.seconds_left and status.state is State.RUNNING else ""
            points = f": {status.step or 0:,} of {status.total_steps:,} points" if status.total_steps else ""
            st.progress(status.progress or 0.0, text=f"**{plain(name_of(run))}** {WORDS[status.state]}{points}{left}", width="stretch")
            if status.active:
                st.button("Stop", icon=":material/stop:", key=f"stop-{run.id}", on_click=attempt, args=(LAUNCHER.stop, [run]))
            else:
                st.button("Go on", icon=":material/play_arrow:", key=f"resume-{run.id}", on_click=attempt, args=(resume, [run]))
        if status.state in (State.FAILED, State.LOST):
            st.caption(why(run, status))
    if any(status.state is State.QUEUED for _, status in unfinished) and (working := _working()):
        st.caption(f"At work now: {', '.join(plain(name) for name in working)}. The next begins when one of them has ended.")


def _working() -> list[str]:
    """The names of what has a slot: trainings and surfaces."""
    return [name_of(run) for run, status in runs_and_states() + runs_and_states(landscapes_folder()) if status.state in WORKING]


def show_kept(every: Sequence[tuple[Run, Status]], shown: Sequence[str]) -> None:
    """What is kept, the newest first, to be shown beside each other or deleted."""
    with st.expander(f"Kept surfaces: {len(every)}", expanded=False, icon=":material/inventory_2:", key="kept-surfaces"):
        for run, status in every[:LISTED]:
            with st.container(horizontal=True, vertical_alignment="center"):
                on_screen = run.id in shown
                bold = "**" if on_screen else ""
                st.markdown(f"{bold}{plain(name_of(run))}{bold} :small[:gray[{_details(run, status)}]]", width="stretch")
                st.button("Hide" if on_screen else "Show", type="tertiary", key=f"show-{run.id}", on_click=_toggle,
                          args=(run.id, list(shown)))
                st.button("Delete", type="tertiary", icon=":material/delete:", key=f"delete-{run.id}", disabled=status.active,
                          on_click=_delete, args=(run, list(shown)))
        if len(every) > LISTED:
            st.caption(f"and {len(every) - LISTED} older ones, in {plain(landscapes_folder(), 300)}")


def name_of(run: Run) -> str:
    return run.config.label or run.config.network if run.config else run.id


def _details(run: Run, status: Status) -> str:
    try:
        asked = asked_of(run)
        size = " × ".join([str(asked.points)] * asked.dims)
        told = f"{size} points, reach {asked.span:g}, {asked.pictures:,} pictures, seed {run.config.seed}"
    except (AttributeError, TypeError):
        told = plain(run.problem or "of another version")
    done = "" if status.state is State.FINISHED else f", {WORDS[status.state]} at {percent(status.progress, 0)}"
    took = f", {duration(status.elapsed)}" if status.elapsed and not status.active else ""
    return (told + done + took) or MISSING


def _toggle(surface_id: str, shown: list[str]) -> None:
    after = [one for one in shown if one != surface_id] if surface_id in shown else [*shown, surface_id][-4:]
    set_params(shown=",".join(after))


def _delete(run: Run, shown: list[str]) -> None:
    if attempt(delete, [run]):
        st.session_state[DELETED] = run.id
        set_params(shown=",".join(one for one in shown if one != run.id))


def offer_undo() -> None:
    """The surface deleted last can be brought back, for a day."""
    if deleted := st.session_state.get(DELETED):
        with st.container(horizontal=True, vertical_alignment="center", border=True):
            st.markdown("A loss surface was deleted; it is kept for a day.", width="stretch")
            st.button("Undo", icon=":material/undo:", key="undo-surface", on_click=_undo, args=(deleted,))


def _undo(surface_id: str) -> None:
    attempt(lambda run: restore(run.id, landscapes_folder()), [Run(surface_id, landscapes_folder() / surface_id, None)])
    st.session_state.pop(DELETED, None)
