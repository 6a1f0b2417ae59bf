"""Runs while they train, and what they have shown once they have ended."""

from collections.abc import Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.runs.folder import open_run
from explorer.runs.run import Run
from explorer.runs.status import Status, read_status
from explorer.ui.findings import Outcome, findings
from explorer.ui.format import recipe_words
from explorer.ui.run_actions import show_refusals
from explorer.ui.run_cards import show_cards, show_common_buttons
from explorer.ui.run_charts import show_charts
from explorer.ui.run_labels import Subject, subjects

TICK_SECONDS = 0.7
MOST_RUNS = 12


def watch(ids: Sequence[str]) -> None:
    """Show the runs with these ids, live while any of them is active; an id that means nothing is said and passed over."""
    ids = list(dict.fromkeys(ids))
    if len(ids) > MOST_RUNS:
        st.warning(f"Only the first {MOST_RUNS} of these {len(ids)} runs are shown: more curves could not be told apart.")
    runs = _open(ids[:MOST_RUNS])
    if not runs:
        return
    _say_what_they_are(runs)
    active = any(read_status(run).active for run in runs)
    st.fragment(_live, run_every=TICK_SECONDS if active else None)(runs, active)


def _open(ids: Sequence[str]) -> list[Run]:
    runs = []
    for run_id in ids:
        try:
            runs.append(open_run(run_id))
        except BadInput as error:
            st.warning(str(error), icon=":material/search_off:")
    return runs


def _live(runs: Sequence[Run], was_active: bool) -> None:
    statuses = [read_status(run) for run in runs]
    if was_active != any(status.active for status in statuses):
        st.rerun()  # the whole page: whether it ticks is decided there
    by_id = {run.id: status for run, status in zip(runs, statuses)}
    named = subjects(runs)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(_summary(statuses), width="stretch")
        show_common_buttons(runs, statuses)
    show_refusals(runs)
    for run in runs:
        if run.problem:
            st.warning(f"The run {run.id} cannot be shown: {run.problem}", icon=":material/broken_image:")
    show_cards(named, [by_id[one.run.id] for one in named])
    if not was_active:
        _say_what_was_seen(named, by_id)
    if named:
        show_charts(named, "train")


def _say_what_they_are(runs: Sequence[Run]) -> None:
    """The recipe and the seeds, as far as the runs have them in common."""
    recipes = [run.config.recipe for run in runs if run.config]
    if not recipes:
        return
    seeds = sorted({run.config.seed for run in runs if run.config})
    told = f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"
    st.caption(" · ".join([*recipe_words(*recipes), told]))


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
        subject.family,
        subject.depth,
        subject.setting,
        str(status.state),
        status.latest.get("train_error"),
        status.latest.get("val_error"),
        status.step,
    )
