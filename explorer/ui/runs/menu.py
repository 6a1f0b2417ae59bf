"""The menu beside a run: what can be done with it that is not done every day."""

from collections.abc import Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.runs.run import FINAL_WEIGHTS, Run
from explorer.runs.status import State, Status
from explorer.training.recipe import read_recipe
from explorer.ui.runs.actions import ask
from explorer.ui.train.state import MOST_NETWORKS, MOST_SEEDS, own_address

CLONE = ":material/content_copy: Clone with changes"
CLASSIFY = ":material/image_search: Classify a picture with it"
WISHES = {
    ":material/vertical_align_top: First in the queue": "first",
    ":material/arrow_upward: Up in the queue": "up",
    ":material/arrow_downward: Down in the queue": "down",
    ":material/vertical_align_bottom: Last in the queue": "last",
    ":material/resume: Go on from its last checkpoint": "go on",
    ":material/restart_alt: Start again": "start again",
    ":material/delete: Delete": "delete",
}
RESUMABLE = (State.STOPPED, State.FAILED, State.LOST)


def show_menu(run: Run, status: Status, label: str) -> None:
    """A button that opens the menu of what fits the run's state."""
    key = f"menu-{run.id}"
    options = _options(run, status)
    if not options:
        return
    chosen = st.menu_button("More", options, type="tertiary", key=key, help=f"More that can be done with {label}",
                            on_click=_obey, args=(run, key))  # fmt: skip
    if chosen == CLONE:
        st.switch_page("../pages/train.py", query_params=clone_address([run]))
    if chosen == CLASSIFY:
        st.switch_page("../pages/classify.py", query_params={"model": run.id})


def can_classify(run: Run, status: Status) -> bool:
    """Whether the Classify page offers the run's network: it has finished, and its weights are there."""
    return status.state is State.FINISHED and (run.folder / FINAL_WEIGHTS).is_file()


def clone_address(runs: Sequence[Run]) -> dict[str, str] | None:
    """The Train form filled in as for these runs, as parameters of its address; None where it would not train the same."""
    if clone_problem(runs):
        return None
    described = [run.config for run in runs if run.config]
    seeds = {config.seed for config in described}
    return own_address(_networks(runs), read_recipe(described[0].recipe), min(seeds), len(seeds))


def clone_problem(runs: Sequence[Run]) -> str:
    """Why the Train form, which trains each of its networks with one recipe and seeds counted up, does not fit; "" if it does."""
    described = [run.config for run in runs if run.config]
    try:
        recipes = {read_recipe(config.recipe) for config in described}
    except BadInput as error:
        return str(error)
    networks, seeds = _networks(runs), sorted({config.seed for config in described})
    if len(recipes) != 1:
        return "These runs do not share one recipe." if recipes else "None of these runs can be read."
    if len(networks) > MOST_NETWORKS:
        return f"These are {len(networks)} networks; the form takes {MOST_NETWORKS}."
    if seeds[-1] - seeds[0] != len(seeds) - 1 or len(seeds) > MOST_SEEDS:
        return f"The form takes up to {MOST_SEEDS} seeds, counted up from the first; these are {', '.join(map(str, seeds))}."
    if {(config.network, config.seed) for config in described} != {(network, seed) for network in networks for seed in seeds}:
        return "These runs are not each of the networks with each of the seeds, which is what the form would train."
    return ""


def _networks(runs: Sequence[Run]) -> list[str]:
    return list(dict.fromkeys(run.config.network for run in runs if run.config))


def _options(run: Run, status: Status) -> list[str]:
    if run.config is None:
        return [] if status.active else [label for label, wish in WISHES.items() if wish == "delete"]
    fitting = {"first", "up", "down", "last"} if status.state is State.QUEUED else set()
    if status.state in RESUMABLE:
        fitting.add("go on")
    if not status.active:
        fitting |= {"start again", "delete"}
    found = [label for label, wish in WISHES.items() if wish in fitting]
    place = next((i for i, label in enumerate(found) if WISHES[label] == "delete"), len(found))
    pages = [label for label, leads in ((CLASSIFY, can_classify(run, status)), (CLONE, clone_address([run]))) if leads]
    return [*found[:place], *pages, *found[place:]]


def _obey(run: Run, key: str) -> None:
    if wish := WISHES.get(st.session_state.get(key)):
        ask(wish, run)
