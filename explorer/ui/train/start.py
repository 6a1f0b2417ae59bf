"""The start: how many runs at a time on which device, and the button that starts them."""

from collections.abc import Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.machine.hardware import device_kind
from explorer.machine.state import machine_state
from explorer.runs.settings import choose_runs_at_a_time
from explorer.runs.slots import default_slots, slot_count
from explorer.training.start import Planned, start
from explorer.ui.say import say_error
from explorer.ui.url import keep_params

MOST_OFFERED = 8
AT_A_TIME_HELP = ("On a CPU they share its cores: one run a core is the fastest in sum, one at a time the soonest to its first result. "
                  "The others wait their turn. Kept for this machine; runs that are going are left alone.")


def choose_at_a_time(device: str) -> int:
    """How many runs compute at once on this device; the choice holds for the whole machine."""
    kind = device_kind(device)
    now, default = slot_count(kind), default_slots(kind)
    offered = sorted({*range(1, MOST_OFFERED + 1), now, default})
    key = "train at a time"
    st.session_state[key] = now

    def take() -> None:
        chosen = st.session_state[key]
        try:
            choose_runs_at_a_time(kind, None if chosen == default else chosen)
        except BadInput as error:
            st.session_state["train refused setting"] = str(error)

    st.selectbox("Runs at a time", offered, format_func=lambda many: f"{many} (the default)" if many == default else str(many),
                 key=key, on_change=take, help=AT_A_TIME_HELP)
    if refused := st.session_state.pop("train refused setting", ""):
        say_error(refused)
    return now


def where_words(device: str, at_a_time: int) -> str:
    """On what the runs will compute, and that they need no page."""
    kind, machine = device_kind(device), machine_state()
    name = machine.device if kind == machine.accelerator else {"cpu": f"CPU, {machine.cores} cores"}.get(kind, kind)
    return f"Trains on this machine ({name}), {at_a_time} at a time. You may close this page."


def start_button(label: str, planned: Sequence[Planned], preset: str = "", *, ready: bool = True) -> list[str]:
    """Draw the button; once it is pressed, the ids of the runs, or what is wrong and none."""
    if not st.button(label, type="primary", icon=":material/play_arrow:", width="stretch", on_click=keep_params):
        return []
    if not ready:
        st.error("Nothing was started: something here needs your attention first.", icon=":material/error:")
        return []
    try:
        return [run.id for run in start(planned, preset=preset)]
    except BadInput as error:
        say_error(error)
        return []
