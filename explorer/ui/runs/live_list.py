"""Every run, newest first, in blocks of those that were started together; live."""

import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape
from itertools import groupby

import streamlit as st

from explorer.figures.colours import FAMILY_COLOURS
from explorer.networks.spec import SpecError, parse_spec
from explorer.runs import queue
from explorer.runs.listing import runs_and_states
from explorer.runs.run import Run, RunConfig
from explorer.runs.series import tail_log
from explorer.runs.status import State, Status
from explorer.ui.format import MISSING, duration, ordinal, percent, plain, recipe_words
from explorer.ui.runs.actions import show_log, show_what_was_done, why
from explorer.ui.runs.menu import show_menu
from explorer.ui.runs.queue import show_queue
from explorer.ui.runs.selection import Listed, open_together, select_box, toolbar
from explorer.ui.runs.trash import show_trash
from explorer.ui.watch.cards import asked_for, show_hold_and_stop

SHOW = {
    "All": lambda state: True,
    "Active": lambda state: state.active,
    "Finished": lambda state: state is State.FINISHED,
    "Stopped": lambda state: state is State.STOPPED,
    "Failed or lost": lambda state: state in (State.FAILED, State.LOST),
}
ROWS = 20
DOTS = {State.FINISHED: "#2E9E5B", State.FAILED: "#D64545", State.LOST: "#D64545", State.STOPPED: "#8A8A8A", State.PAUSED: "#C98A1B",
        State.QUEUED: "#C98A1B", State.STARTING: "#3B82C4", State.RUNNING: "#3B82C4"}  # fmt: skip
HEAD = ("Network", "State", "Training error, last", "Validation error, last", "Validation error, best", "Time trained")
PAGE = "runs-page"
WIDTHS = (0.35, 1.9, 10.8, 1.9)  # box, name, cells, buttons
STYLE = """<style>
.runs-row {display: grid; grid-template-columns: 3fr 2.2fr 1.2fr 1.2fr 1.2fr 1.6fr; gap: 0 1rem; align-items: center; font-size: .875rem;
  line-height: 1.35}
.runs-row > div {min-width: 0}
.runs-row > div:first-child {overflow-wrap: anywhere}
.runs-row small {opacity: .7}
.runs-row.runs-head {font-size: .8rem; opacity: .7; padding: 0 14px 0 10px}
.runs-number {text-align: right; font-variant-numeric: tabular-nums}
@media (max-width: 640px) {
  .runs-row.runs-head {display: none}
  .runs-row {grid-template-columns: 1fr 1fr; gap: .4rem 1rem}
  .runs-row > div::before {content: attr(data-name) ": "; opacity: .7}
  .runs-number {text-align: left}
}
.runs-bar {height: 3px; border-radius: 2px; background: rgba(128, 128, 128, .3); margin-top: 2px}
.runs-bar > i {display: block; height: 100%; border-radius: 2px; background: #3B82C4}
</style>"""


def live_list(show: str, find: str, had_runs: bool) -> None:
    """Draw the runs whose state is in `show` and whose name has all the words of `find`.

    The page around it is drawn again when the first run comes or the last one goes: it had runs to choose from, or not.
    """
    every = [_listed(run, status) for run, status in runs_and_states()]
    if bool(every) != had_runs:
        st.rerun()
    if not every:
        show_what_was_done()
        _say_what_to_do()
        return show_trash()
    st.html(STYLE)
    # In containers of their own: what comes and goes above the rows does not move them under the pointer.
    with st.container():
        toolbar(every)
    places = queue.places()
    with st.container():
        show_queue(every, places)
    found = [listed for listed in every if SHOW[show](listed.status.state) and _matches(listed, find)]
    if found:
        with st.container():
            page = _page(found)
        _head()
        for _, block in groupby(page, key=lambda listed: _group(listed.run)):
            _block(list(block)[::-1], places)  # in the order they were asked for
    else:
        st.info(f"None of the {len(every)} runs is shown: choose All, or look for other words.", icon=":material/filter_alt:")
    show_trash()


def _page(found: Sequence[Listed]) -> Sequence[Listed]:
    """The part of many runs that is shown, and the way to the others."""
    pages = -(-len(found) // ROWS)
    if pages == 1:
        return found
    if st.session_state.get(PAGE, 1) > pages:  # set without need, it would take back a click that is on its way
        st.session_state[PAGE] = pages
    begin = (st.session_state.get(PAGE, 1) - 1) * ROWS
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f"Runs {begin + 1:,} to {min(begin + ROWS, len(found)):,} of {len(found):,}", width="stretch")
        st.pagination(pages, key=PAGE)
    return found[begin : begin + ROWS]


def _say_what_to_do() -> None:
    st.info("No runs yet. A run is one network in training; whatever you train is kept here until you delete it.", icon=":material/inbox:")
    st.page_link("../pages/train.py", label="Watch the degradation problem happen", icon=":material/show_chart:",
                 query_params={"preset": "degradation"})
    st.page_link("../pages/train.py", label="Choose networks to train", icon=":material/tune:")


def _head() -> None:
    _, _, cells, _ = st.columns(WIDTHS, vertical_alignment="bottom")
    cells.html(_cells(HEAD, "runs-row runs-head"))


def _block(block: Sequence[Listed], places: Mapping[str, int]) -> None:
    """Runs that were started together."""
    seeds = {listed.run.config.seed for listed in block if listed.run.config}
    with st.container(border=True, gap="small"):
        box, text, link = st.columns((WIDTHS[0], sum(WIDTHS[1:]) - 2, 2), vertical_alignment="center")
        text.caption(_recipe([listed.run for listed in block]))
        if len(block) > 1:
            with box:
                select_box(block, f"Select all {len(block)}")
            with link.container(horizontal=True, horizontal_alignment="right"):
                open_together(f"Open all {len(block)}", [listed.run for listed in block])
        for listed in block:
            _row(listed, places.get(listed.run.id), len(seeds) > 1)


def _row(listed: Listed, place: int | None, by_seed: bool) -> None:
    run, status = listed.run, listed.status
    name_shown = f"{listed.title} seed {run.config.seed}" if by_seed and run.config else listed.title
    box, name, cells, buttons = st.columns(WIDTHS, vertical_alignment="center")
    with box:
        select_box([listed], f"Select {name_shown}")
    name.page_link("../pages/train.py", label=f"**{plain(name_shown)}**", query_params={"runs": run.id})
    cells.html(_cells((_network(listed), _state(listed, place), *_errors(status), _time(status)), "runs-row"))
    with buttons.container(horizontal=True, horizontal_alignment="right", gap="xsmall"):
        if status.active:
            show_hold_and_stop(run, status, name_shown)
        show_menu(run, status, name_shown)
    if run.problem or (status.state in (State.FAILED, State.LOST)):
        _explain(listed)


def _explain(listed: Listed) -> None:
    """Why it ended before its time, and its last words."""
    lines = tail_log(listed.run)
    _, text = st.columns((WIDTHS[0], sum(WIDTHS[1:])))
    with text:
        last = f"Its log ends: {plain(lines[-1])}" if lines else "It left no log."
        st.markdown(f":small[:red[{why(listed.run, listed.status)}] {last}]")
        if len(lines) > 1:
            show_log(listed.run, listed.title)


def _network(listed: Listed) -> str:
    square = f'<span style="color:{FAMILY_COLOURS[listed.family]}" aria-hidden="true">■</span> ' if listed.family else ""
    return square + escape(listed.run.config.network if listed.run.config else MISSING)


def _state(listed: Listed, place: int | None) -> str:
    status = listed.status
    said = asked_for(listed.run, status) or (f"{ordinal(place)} in the queue" if place else str(status.state))
    word = f'<span style="color:{DOTS[status.state]}" aria-hidden="true">●</span> {said}'
    if not status.active or status.progress is None:
        return word
    done = max(0.0, min(1.0, status.progress))
    return f'{word} {done:.0%}<div class="runs-bar"><i style="width:{done:.1%}"></i></div>'


def _errors(status: Status) -> tuple[str, ...]:
    errors = (status.latest.get("train_error"), status.latest.get("val_error"), status.best.get("val_error"))
    return tuple(percent(error) for error in errors)


def _time(status: Status) -> str:
    left = f"<br><small>{duration(status.seconds_left)} left</small>" if status.active and status.seconds_left is not None else ""
    return (duration(status.elapsed) if status.elapsed else MISSING) + left


def _cells(texts: Sequence[str], kind: str) -> str:
    """A line of the table: network and state, then numbers, set to the right."""
    kinds = ("runs-word", "runs-word", *["runs-number"] * (len(HEAD) - 2))
    cells = (f'<div class="{cell}" data-name="{name}">{text}</div>' for cell, name, text in zip(kinds, HEAD, texts))
    return f'<div class="{kind}">{"".join(cells)}</div>'


def _recipe(runs: Sequence[Run]) -> str:
    """When they were started, on what data and how, in one line."""
    configs = [run.config for run in runs if run.config]
    if not configs:
        return f"`{runs[0].id}`"
    started = time.strftime("%d %b %Y, %H:%M", time.localtime(configs[0].created))
    seeds = sorted({config.seed for config in configs})
    told = f"seed{'s' if len(seeds) > 1 else ''} {', '.join(map(str, seeds))}"
    return " · ".join([started, *recipe_words(*(config.recipe | {"dataset": _data(config)} for config in configs)), told])


def _data(config: RunConfig) -> str:
    return str(config.data.get("title") or config.recipe.get("dataset") or "unknown")


def _group(run: Run) -> str:
    return (run.config.group if run.config else "") or run.id


def _matches(listed: Listed, find: str) -> bool:
    config = listed.run.config
    text = f"{listed.title} {config.network if config else ''} {_data(config) if config else ''}".lower()
    # Every id holds a 20 and a 56: only longer words, such as a date, are looked for in it.
    return all(word in text or (len(word) > 3 and word in listed.run.id) for word in find.lower().split())


def _listed(run: Run, status: Status) -> Listed:
    if run.config is None:
        return Listed(run, status, "Damaged run", None)
    return Listed(run, status, *_title_and_family(run.config.network, run.config.label))


@lru_cache(maxsize=4096)
def _title_and_family(network: str, label: str) -> tuple[str, str | None]:
    try:
        spec = parse_spec(network)
    except SpecError:
        return network, None
    return " ".join(filter(None, (spec.title, label))), spec.family
