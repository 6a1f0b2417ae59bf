"""What to train: a question that a training answers, or networks, data and a recipe of one's own."""

import streamlit as st

from explorer.data.datasets import DatasetInfo
from explorer.errors import BadInput
from explorer.networks.spec import NetworkSpec, parse_spec
from explorer.training.presets import PRESETS
from explorer.training.recipe import Recipe
from explorer.training.start import Planned
from explorer.ui.say import say_warning
from explorer.ui.train.control import choose_seeds
from explorer.ui.train.data import choose_data
from explorer.ui.train.download import at_hand
from explorer.ui.train.look import look_at
from explorer.ui.train.networks import choose_networks
from explorer.ui.train.plan import show_learning_rate, time_words
from explorer.ui.train.presets import choose_question
from explorer.ui.train.recipe import choose_recipe
from explorer.ui.train.start import choose_at_a_time, start_button, where_words
from explorer.ui.train.state import OWN, Form, read_form
from explorer.ui.url import param, set_params

QUESTION = "question"
WAYS = {QUESTION: "Ask a question", OWN: "My own choice"}
# What will happen, and the button, stay in sight beside a long choice.
_STYLE = """<style>
.stColumn:has(> div .st-key-train-plan) { position: sticky; top: 4rem; align-self: flex-start; }
</style>"""


def choose_training() -> list[str]:
    """Draw the choice; the ids of the runs once they have been started, else none."""
    first = next(iter(PRESETS))
    asked = param("preset", first)
    if asked not in (*PRESETS, OWN):
        say_warning(f"There is no preset {asked[:200]}; here are those there are.", ":material/search_off:")
        asked = first
    _choose_way(asked)
    form = read_form(st.query_params.to_dict(), st.query_params.get_all("networks") if "networks" in st.query_params else None)
    for trouble in form.troubles:
        say_warning(trouble, ":material/search_off:")
    return _choose_own(form) if asked == OWN else choose_question(asked, form)


def _choose_way(asked: str) -> None:
    key = "train way"
    st.session_state[key] = OWN if asked == OWN else QUESTION
    st.segmented_control("What to train", list(WAYS), format_func=WAYS.get, required=True, key=key, label_visibility="collapsed",
                         on_change=lambda: set_params(preset=OWN if st.session_state[key] == OWN else None))


def _choose_own(form: Form) -> list[str]:
    st.html(_STYLE)
    choices, plan = st.columns([3, 2], gap="medium")
    with choices:
        with st.container(border=True):
            st.markdown("#### Data")
            info = choose_data(form)
            data_ready = info is not None and at_hand(info)
            if data_ready:
                look_at(info, _first_network(form), str(form.values["augment"]), form.seed)
        with st.container(border=True):
            st.markdown("#### Networks")
            networks_fit = choose_networks(form.networks, info)
        with st.container(border=True):
            st.markdown("#### Recipe")
            recipe = Recipe(**form.values) if choose_recipe(form, info) else None
    with plan, st.container(border=True, key="train-plan"):
        st.markdown("#### What will happen")
        if info is not None and recipe is not None:
            show_learning_rate(recipe, info)
        return _start(form, info, recipe, ready=data_ready and networks_fit and recipe is not None)


def _start(form: Form, info: DatasetInfo | None, recipe: Recipe | None, *, ready: bool) -> list[str]:
    seeds_fit = choose_seeds(form.seed, form.seeds)
    device = str(form.values["device"])
    at_a_time = choose_at_a_time(device)
    runs = len(form.networks) * form.seeds
    seeds = range(form.seed, form.seed + form.seeds)
    planned = [Planned(network, recipe, seed) for seed in seeds for network in form.networks] if recipe else []
    started = start_button(f"Start {runs} training{'s' if runs > 1 else ''}", planned, ready=ready and seeds_fit)
    told = [time_words(recipe, info, form.networks, form.seeds, at_a_time)] if ready else []
    st.caption(" ".join([*told, where_words(device, at_a_time)]))
    return started


def _first_network(form: Form) -> NetworkSpec | None:
    for text in form.networks:
        try:
            spec = parse_spec(text)
        except BadInput:
            continue
        if isinstance(spec, NetworkSpec):
            return spec
    return None
