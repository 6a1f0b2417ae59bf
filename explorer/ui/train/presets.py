"""The questions that a training can answer: choose one, read what it trains and what the paper found, start it."""

import html

import streamlit as st

from explorer.figures.colours import colour
from explorer.training.presets import PRESETS, Preset, planned
from explorer.ui.format import PAPER, recipe_words
from explorer.ui.train.control import choose_seeds
from explorer.ui.train.data import described
from explorer.ui.train.download import at_hand
from explorer.ui.train.plan import show_learning_rate
from explorer.ui.train.start import choose_at_a_time, start_button, where_words
from explorer.ui.train.state import Form
from explorer.ui.url import set_params


def choose_question(name: str, form: Form) -> list[str]:
    """Draw the questions and the chosen one; the ids of its runs once they have been started, else none."""
    menu, panel = st.columns([2, 5], gap="medium")
    with menu:
        _menu(name)
    with panel, st.container(border=True):
        return _offer(PRESETS[name], form)


def _menu(name: str) -> None:
    key = "train question"
    st.session_state[key] = name
    st.radio("Questions", list(PRESETS), format_func=lambda one: PRESETS[one].short, captions=[_size(one) for one in PRESETS.values()],
             key=key, on_change=lambda: set_params(preset=st.session_state[key]), label_visibility="collapsed")


def _size(preset: Preset) -> str:
    runs = f"{len(preset.arms)} trainings"
    return f"{runs} · {_minutes(preset.minutes)}" if preset.minutes else runs


def _minutes(minutes: float) -> str:
    return f"about {minutes:.0f} min" if minutes >= 1 else "under a minute"


def _offer(preset: Preset, form: Form) -> list[str]:
    st.markdown(f"#### {preset.title}")
    st.markdown(preset.text)
    st.markdown(f"**What the paper found** ({PAPER}): {preset.paper}")
    left, right = st.columns([1, 1], gap="medium")
    info = described(preset.recipe.dataset)
    with left:
        st.html(_arms(preset))
        st.caption(" · ".join(recipe_words(preset.recipe.model_dump())))
    with right:
        if info is not None:
            show_learning_rate(preset.recipe, info, {arm.title: preset.recipe_of(arm) for arm in preset.arms})
    if info is None or not at_hand(info):
        return []
    return _start(preset, form)


def _start(preset: Preset, form: Form) -> list[str]:
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    with left:
        seeds_fit = choose_seeds(form.seed, form.seeds)
    with right:
        at_a_time = choose_at_a_time(preset.recipe.device)
    runs = len(preset.arms) * form.seeds
    started = start_button(f"Train these {runs} networks", planned(preset, range(form.seed, form.seed + form.seeds)), preset.name,
                           ready=seeds_fit)
    st.caption(" ".join(filter(None, (_duration(preset, form.seeds), where_words(preset.recipe.device, at_a_time)))))
    return started


def _duration(preset: Preset, seeds: int) -> str:
    if not preset.minutes:
        return ""
    total = _minutes(preset.minutes * seeds)
    return f"Takes {total} on two CPU cores with fast bfloat16, longer without (measured here)."


def _arms(preset: Preset) -> str:
    """Each arm's title beside its family's colour, its network's text beneath."""
    rows = "".join(
        f'<div style="display:flex;gap:0.5rem"><span style="color:{colour(arm.network)}">●</span><span>{html.escape(arm.title)}'
        f'<br><code style="font-size:0.75rem;opacity:0.7">{html.escape(arm.network)}</code></span></div>'
        for arm in preset.arms
    )
    return f'<div style="display:flex;flex-direction:column;gap:0.35rem;font-size:0.9rem">{rows}</div>'
