"""The queue: who waits for a slot, in order, with the buttons that change it; and how many runs compute at a time."""

from collections.abc import Mapping, Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.machine.hardware import cores, device_kind
from explorer.runs.settings import choose_runs_at_a_time
from explorer.runs.slots import slot_count, threads_each
from explorer.runs.status import State
from explorer.ui.format import plain
from explorer.ui.runs.actions import ask
from explorer.ui.runs.selection import Listed

SHOWN = 8
BUTTONS = (("first", "vertical_align_top"), ("up", "arrow_upward"), ("down", "arrow_downward"), ("last", "vertical_align_bottom"))
DEVICE_WORDS = {"cpu": "CPU", "cuda": "GPU", "mps": "GPU"}


def show_queue(every: Sequence[Listed], places: Mapping[str, int]) -> None:
    """The first of the runs that wait, in order; nothing while fewer than two do."""
    waiting = sorted((one for one in every if one.status.state is State.QUEUED and one.run.id in places), key=lambda one: places[one.run.id])
    if len(waiting) < 2:
        return
    with st.container(border=True, gap=None):
        st.markdown(f"**The queue**: {len(waiting)} runs wait for a slot, in this order")
        for listed in waiting[:SHOWN]:
            _line(listed, places[listed.run.id], last=max(places.values()))
        if len(waiting) > SHOWN:
            st.caption(f"and {len(waiting) - SHOWN} more; select any of them to move it to the front")


def choose_slots() -> None:
    """How many runs compute at a time, kept for all sessions; each of them has its share of the cores."""
    kinds = list(dict.fromkeys((device_kind(), "cpu")))
    with st.popover("Runs at a time", icon=":material/tune:"):
        for kind in kinds:
            key = f"slots-{kind}"
            st.session_state[key] = slot_count(kind)
            st.number_input(f"Runs at a time on the {DEVICE_WORDS[kind]}", 1, 64, key=key, on_change=_choose, args=(kind, key), width=220)
        share = threads_each("cpu")
        st.caption(
            f"This machine has {cores()} core{'s' if cores() > 1 else ''}: a run that starts now on the CPU computes with {share} "
            f"thread{'s' if share > 1 else ''}, and keeps to that when it is resumed. Fewer runs at a time have more threads each; "
            "one a core is faster in sum. Runs that compute already go on."
        )
        st.button("Default", key="slots-default", on_click=_default, args=(kinds,))


def _line(listed: Listed, place: int, last: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{place}. {plain(listed.title)} :small[:gray[{plain(listed.run.config.network if listed.run.config else '')}]]",
                    width="stretch")  # fmt: skip
        for where, icon in BUTTONS:
            there = place == 1 if where in ("first", "up") else place == last
            st.button("", type="tertiary", icon=f":material/{icon}:", key=f"{where}-{listed.run.id}", disabled=there,
                      help=f"Move {listed.title} {where}", on_click=ask, args=(where, listed.run))  # fmt: skip


def _choose(kind: str, key: str) -> None:
    _keep([kind], st.session_state[key])


def _default(kinds: Sequence[str]) -> None:
    _keep(kinds, None)


def _keep(kinds: Sequence[str], many: int | None) -> None:
    """Write it down for these kinds of devices, None for the default; a folder that takes no file is said."""
    try:
        for kind in kinds:
            choose_runs_at_a_time(kind, many)
    except BadInput as error:
        st.toast(plain(error, 600), icon=":material/error:")
