"""Controls of the Train form: each shows a parameter of the address and writes what is chosen back there."""

import streamlit as st

from explorer.ui.say import say_error
from explorer.ui.theme import ONE_HEIGHT
from explorer.ui.train.state import LARGEST_SEED, MOST_SEEDS, Form, problem, written
from explorer.ui.url import set_params

SEED_HELP = "Decides the initial weights and the order of the images; the same for all networks, which so see identical batches."
SEEDS_HELP = "How many times each network is trained, from other initial weights: the curves become a mean and a band."


def bound(name: str, value, nothing=None) -> dict:
    """Arguments of a widget that shows `value` and writes a new one into the address; `nothing` is shown for None."""
    key = f"train {name}"
    st.session_state[key] = nothing if value is None else value
    return {"key": key, "on_change": _take, "args": (name, key, nothing)}


def number(label: str, name: str, form: Form, *, step: float, help: str, nothing: float | None = None) -> None:
    """A number of the recipe, and what is wrong with it beneath. `nothing` is the number that stands for none."""
    format = "%g" if isinstance(step, float) else "%d"
    st.number_input(label, step=step, format=format, help=help, **bound(name, form.values[name], nothing))
    say_problem(name, form)


def say_problem(name: str, form: Form) -> None:
    """What is wrong with a field's value, where it stands."""
    if wrong := problem(name, form.values[name]):
        say_error(wrong)


def choose_seeds(seed: int, seeds: int) -> bool:
    """Draw the first seed and how many there are; whether the last of them is a seed too."""
    with st.container(key=f"train-seeds-{ONE_HEIGHT}"):
        left, right = st.columns(2)
    left.number_input("First seed", step=1, min_value=0, max_value=LARGEST_SEED, help=SEED_HELP, **bound("seed", seed))
    right.segmented_control("Seeds for each network", range(1, MOST_SEEDS + 1), required=True, help=SEEDS_HELP, **bound("seeds", seeds))
    fits = seed + seeds - 1 <= LARGEST_SEED
    if not fits:
        st.error(f"The last of these seeds would be above {LARGEST_SEED:,}: begin with a smaller one.", icon=":material/error:")
    return fits


def _take(name: str, key: str, nothing) -> None:
    value = st.session_state[key]
    set_params(**written({name: None if value == nothing else value}))
