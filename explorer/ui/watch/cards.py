"""A line for each run: what it is, how far it has come, its errors, and the buttons that pause and stop it."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from explorer.figures.colours import colour
from explorer.runs import queue
from explorer.runs.control import read_request
from explorer.runs.run import Run
from explorer.runs.status import State, Status
from explorer.ui.format import duration, ordinal, percent, plain
from explorer.ui.runs.actions import ask, show_log, show_what_was_done, why
from explorer.ui.runs.menu import RESUMABLE, show_menu
from explorer.ui.watch.labels import Subject

WORDS = {
    State.QUEUED: "waiting for a free slot",
    State.STARTING: "starting",
    State.RUNNING: "running",
    State.PAUSED: "paused",
    State.FINISHED: "finished",
    State.STOPPED: "stopped",
    State.FAILED: "failed",
    State.LOST: "lost",
}
WISHES = {"stop": "stopping", "pause": "pausing", "resume": "resuming"}


def show_cards(subjects: Sequence[Subject], statuses: Sequence[Status]) -> None:
    """Draw a line for each subject, `statuses` in the same order; under one that failed or was lost, why."""
    show_what_was_done()
    places = queue.places() if any(status.state is State.QUEUED for status in statuses) else {}
    for subject, status in zip(subjects, statuses):
        # Few elements a card: each costs the server a quarter of a millisecond a tick, for every session that watches.
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.html(_card(subject, status, places.get(subject.run.id)), width="stretch")
            _buttons(subject.run, subject.label, status)
        if status.state in (State.FAILED, State.LOST):
            _explain(subject, status)


def show_common_buttons(runs: Sequence[Run], statuses: Sequence[Status]) -> None:
    """Pause, resume and stop every active run at once."""
    active = [(run, status.state) for run, status in zip(runs, statuses) if status.active]
    paused = [run for run, state in active if state is State.PAUSED]
    going = [run for run, state in active if state is not State.PAUSED]
    if going:
        st.button("Pause all", icon=":material/pause:", key="pause-all", on_click=ask, args=("pause", *going))
    if paused:
        st.button("Resume all", icon=":material/play_arrow:", key="resume-all", on_click=ask, args=("resume", *paused))
    if active:
        every = [run for run, _ in active]
        st.button("Stop all", icon=":material/stop:", key="stop-all", on_click=ask, args=("stop", *every))


def show_hold_and_stop(run: Run, status: Status, label: str) -> None:
    """The buttons that pause or resume an active run, and that stop it."""
    if status.state is State.PAUSED:
        icon, wish = ":material/play_arrow:", "resume"
    else:
        icon, wish = ":material/pause:", "pause"
    hold, stop = f"{wish.capitalize()} {label}", f"Stop {label}"
    # One key for both wishes: a button that changes under the pointer would lose the click. The page's style hides the words
    # of these keys from the eye, not from a screen reader, to which every run's icons would be the same.
    st.button(plain(hold), icon=icon, type="tertiary", key=f"hold-{run.id}", help=hold, on_click=ask, args=(wish, run))
    st.button(plain(stop), icon=":material/stop:", type="tertiary", key=f"stop-{run.id}", help=stop, on_click=ask, args=("stop", run))


def asked_for(run: Run, status: Status) -> str | None:
    """Between a click and the worker's answer, what the run has been asked: stopping, pausing, resuming."""
    wish = read_request(run) if status.active else None
    if wish == "stop" or wish == "pause" and status.state is not State.PAUSED or wish == "resume" and status.state is State.PAUSED:
        return WISHES[wish]
    return None


def _buttons(run: Run, label: str, status: Status) -> None:
    if status.state in RESUMABLE:
        st.button("Go on", icon=":material/resume:", key=f"go-on-{run.id}", help=f"Train {label} on from its last checkpoint",
                  on_click=ask, args=("go on", run))
    if status.active:
        show_hold_and_stop(run, status, label)
    show_menu(run, status, label)


def _state(run: Run, status: Status, place: int | None) -> str:
    """The state in words; between a click and the worker's answer, what it has been asked."""
    return asked_for(run, status) or (f"{ordinal(place)} in the queue" if place else WORDS[status.state])


def _card(subject: Subject, status: Status, place: int | None) -> str:
    """Name and state, progress, errors, side by side where there is room."""
    parts = ((5, _name(subject, _state(subject.run, status, place))), (9, _bar(subject.label, status)), (5, _errors(status)))
    cells = "".join(f'<div style="flex:{share} 1 {share + 5}rem;min-width:0">{part}</div>' for share, part in parts)
    return f'<div style="display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.25rem;font-size:.875rem;line-height:1.35">{cells}</div>'


def _name(subject: Subject, state: str) -> str:
    square = f'<span style="color:{colour(subject.family)}" aria-hidden="true">■</span>'
    network = f'<div style="font-size:.75rem;opacity:.7;overflow-wrap:anywhere">{escape(subject.run.config.network)}</div>'
    return f'<div style="font-size:1rem">{square} <strong>{escape(subject.label)}</strong> {escape(state)}{network}</div>'


def _bar(label: str, status: Status) -> str:
    done = max(0.0, min(1.0, status.progress or 0.0))
    bar = f'<div style="height:100%;width:{done:.1%};border-radius:3px;background:#3B82C4"></div>'
    return (f'<div class="run-progress">{escape(_progress(status))}</div><div role="progressbar" aria-label="{escape(label)}" '
            f'aria-valuemin="0" aria-valuemax="100" aria-valuenow="{100 * done:.0f}" '
            f'style="height:6px;margin-top:4px;border-radius:3px;background:rgba(128,128,128,.3)">{bar}</div>')  # fmt: skip


def _progress(status: Status) -> str:
    parts = []
    if status.step is not None and status.total_steps:
        parts.append(f"step {status.step:,} of {status.total_steps:,}")
    if status.state is State.RUNNING and status.images_per_second:
        parts.append(f"{status.images_per_second:,.0f} images/s")
    if status.state is State.RUNNING and status.seconds_left is not None:
        parts.append(f"{duration(status.seconds_left)} left")
    if not status.active and status.elapsed:
        parts.append(f"took {duration(status.elapsed)}")
    if status.state is State.PAUSED:
        parts.append("its slot is free for others")
    if status.active and status.reason:
        parts.append(status.reason)
    return " · ".join(parts) or ("getting ready" if status.state is State.STARTING else "not started yet")


def _errors(status: Status) -> str:
    shown = {name: status.latest.get(key) for name, key in (("training", "train_error"), ("validation", "val_error"))}
    parts = [f"{name} error <strong>{percent(value)}</strong>" for name, value in shown.items() if value is not None]
    return "<br>".join(parts) or "no error measured yet"


def _explain(subject: Subject, status: Status) -> None:
    """Why a run ended before its time, and the last it said."""
    st.error(f"{plain(subject.label)} {WORDS[status.state]}: {why(subject.run, status)}", icon=":material/error:")
    show_log(subject.run, subject.label)
