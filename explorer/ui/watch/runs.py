"""Runs while they train, and what they have shown once they have ended."""

import math
import secrets
from collections import Counter
from collections.abc import Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.runs.folder import open_run
from explorer.runs.run import Run
from explorer.runs.status import State, Status, read_status
from explorer.ui.format import plain, recipe_words
from explorer.ui.runs.actions import show_refusals
from explorer.ui.runs.exports import show_exports
from explorer.ui.say import say_warning
from explorer.ui.watch.answers import show_answer
from explorer.ui.watch.cards import show_cards, show_common_buttons
from explorer.ui.watch.charts import Watch, in_order, show_charts
from explorer.ui.watch.findings import Outcome, findings
from explorer.ui.watch.labels import Subject, subjects
from explorer.ui.watch.sessions import watched, watching
from explorer.ui.watch.settings import BOUND, WatchSettings, choose_settings, nice_end

# Seconds between two ticks where at most so many sessions watch. The charts of a class of twenty move every two seconds,
# and what they cost the training is then what a few sessions cost that watch alone.
TICKS = ((2, 0.7), (5, 1.0), (10, 1.4), (math.inf, 1.8))
SHARED = 0.85  # of a tick: what another session has read or drawn since is new enough
MOST_RUNS = 60
MOST_ARMS = 12
MOST_CARDS = 8
FEW = 4  # more cards than that are folded up once all have ended, so that the charts come into sight


def watch(ids: Sequence[str]) -> None:
    """Show the runs with these ids, live while any of them is active; an id that means nothing is said and passed over."""
    runs = _open(list(dict.fromkeys(ids)))
    if not runs:
        return
    named, left_out = _drawable(subjects(runs))
    if left_out:
        st.warning(f"More curves could not be told apart, so these {len(left_out)} of {len(runs)} runs are left out: "
                   f"{', '.join(plain(one.label) for one in left_out)}.")  # fmt: skip
        runs = [run for run in runs if run.id not in {one.run.id for one in left_out}]
    _say_what_they_are(runs)
    answered = _say_the_answer(runs)
    active = sum(read_status(run).active for run in runs)
    end = _last_step(runs)
    settings = choose_settings(max(Counter(one.arm for one in named).values(), default=0), end) if named else None
    tick = tick_seconds(watching(_session()))
    st.fragment(_live, run_every=tick if active else None)(runs, named, settings, active, end, tick, answered)


def forget_watching() -> None:
    """Take the runs, and how they are shown, out of the address; Streamlit does so itself with the controls that go."""
    for name in [name for name in st.query_params if name not in BOUND]:
        del st.query_params[name]


def tick_seconds(sessions: int) -> float:
    """How often a session's charts move when so many are watching."""
    return next(seconds for most, seconds in TICKS if sessions <= most)


def _open(ids: Sequence[str]) -> list[Run]:
    runs = []
    for run_id in ids:
        try:
            runs.append(open_run(run_id))
        except BadInput as error:
            say_warning(error, ":material/search_off:")
    return runs


def _drawable(named: Sequence[Subject]) -> tuple[list[Subject], list[Subject]]:
    """Those that are shown, runs of at most so many arms, and those that are left out."""
    arms = list(dict.fromkeys(one.arm for one in named))[:MOST_ARMS]
    shown = [one for one in named if one.arm in arms][:MOST_RUNS]
    return shown, [one for one in named if one not in shown]


def _live(
    runs: Sequence[Run],
    named: Sequence[Subject],
    settings: WatchSettings | None,
    were_active: int,
    end: int,
    tick: float,
    answered: bool,
) -> None:
    statuses = [read_status(run) for run in runs]
    active = sum(status.active for status in statuses)
    if active != were_active or _outgrown(statuses, end) or active and tick != tick_seconds(watching(_session())):
        st.rerun()  # the whole page: whether it ticks, and how often, and what runs that ended have shown, is decided there
    by_id = {run.id: status for run, status in zip(runs, statuses)}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_summary(statuses), width="stretch")
        show_common_buttons(runs, statuses)
    show_refusals(runs)
    for run in runs:
        if run.problem:
            say_warning(f"The run {run.id} cannot be shown: {run.problem}", ":material/broken_image:")
    _show_some_cards(named, by_id)
    if not active and not answered:
        _say_what_was_seen(named, by_id)
    if named:
        ordered = in_order(named)
        seen = watched(tuple(one.run.id for one in ordered), [one.run for one in ordered])
        show_charts(Watch(ordered, seen, settings, SHARED * tick if active else 0.0))


def _show_some_cards(named: Sequence[Subject], statuses: dict[str, Status]) -> None:
    """Of many runs those that ask for a look: the ones at work, then those that ended badly, then the others."""
    urgency = {State.RUNNING: 0, State.STARTING: 0, State.PAUSED: 1, State.FAILED: 2, State.LOST: 2, State.STOPPED: 3, State.QUEUED: 4}
    first = sorted(named, key=lambda one: urgency.get(statuses[one.run.id].state, 5))[:MOST_CARDS]
    shown = [one for one in named if one in first]
    ended = len(named) > FEW and not any(statuses[one.run.id].active for one in named)
    with st.expander(f"The {len(named)} runs one by one") if ended else st.container():
        show_cards(shown, [statuses[one.run.id] for one in shown])
        if len(shown) < len(named):
            st.caption(f"and {len(named) - len(shown)} more: the Runs page has them all")


def _last_step(runs: Sequence[Run]) -> int:
    """Where the scrubber ends: the last step that any of the runs will make, as far as is known. 0 before the first."""
    statuses = [read_status(run) for run in runs]
    made = max((status.step or 0 for status in statuses), default=0)
    planned = [status.total_steps for status in statuses if status.total_steps]
    return max(made, *planned) if planned else nice_end(made) if made else 0


def _outgrown(statuses: Sequence[Status], end: int) -> bool:
    """Whether a run has come beyond the scrubber's end, or has begun where there was none."""
    return any((status.step or 0) > end for status in statuses)


def _session() -> str:
    return st.session_state.setdefault("watching", secrets.token_hex(8))


def _say_the_answer(runs: Sequence[Run]) -> bool:
    """What the runs of a question have to say to it so far; False where they share none."""
    presets = {run.config.preset for run in runs if run.config}
    return len(presets) == 1 and show_answer(presets.pop(), runs)


def _say_what_they_are(runs: Sequence[Run]) -> None:
    """The recipe and the seeds, as far as the runs have them in common, and what one can take away of them."""
    recipes = [run.config.recipe for run in runs if run.config]
    if not recipes:
        return
    seeds = sorted({run.config.seed for run in runs if run.config})
    told = f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(" · ".join([*recipe_words(*recipes), told]), width="stretch")
        show_exports(runs)


def _summary(statuses: Sequence[Status]) -> str:
    counts: dict[str, int] = {}
    for status in statuses:
        counts[status.state] = counts.get(status.state, 0) + 1
    return ", ".join(f"**{count}** {state}" for state, count in counts.items())


def _say_what_was_seen(named: Sequence[Subject], statuses: dict[str, Status]) -> None:
    sentences = findings([_outcome(one, statuses[one.run.id]) for one in named])
    if sentences:
        st.info("\n".join(f"- {sentence}" for sentence in sentences), icon=":material/lightbulb:")


def _outcome(subject: Subject, status: Status) -> Outcome:
    return Outcome(
        subject.label,
        subject.arm,
        subject.family,
        subject.depth,
        subject.setting,
        subject.run.config.seed,
        str(status.state),
        status.latest.get("train_error"),
        status.latest.get("val_error"),
        status.step,
    )
