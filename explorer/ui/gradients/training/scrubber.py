"""A scrubber over the steps of a training, kept in the address as `step`; it follows the latest step at its end, and it can play."""

from collections.abc import Sequence

import streamlit as st

from explorer.anatomy.overlay import thinned
from explorer.ui.say import say_warning
from explorer.ui.url import param, set_params

KEY, PLAYING, AT = "training step", "training playing", "training at"
FILM = "training film"
FRAMES = 40
FRAME_SECONDS = 0.8


def tick(otherwise: float | None) -> float | None:
    """How often, in seconds, the fragment that has the scrubber is to run: for a film's frames, or as it would `otherwise`."""
    return FRAME_SECONDS if st.session_state.get(PLAYING) else otherwise


def choose(steps: Sequence[int]) -> int | None:
    """The step to show of those that are measured, in order; None for the latest. Draws a button that plays, and the slider."""
    end = steps[-1]
    playing = st.session_state.get(PLAYING, False)
    place = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    # The page decides how often its fragment runs, so it has to run as a whole where playing begins or ends.
    if place.button("Pause" if playing else "Play", icon=":material/pause:" if playing else ":material/play_arrow:", key="training play",
                     on_click=_pause if playing else _play, help="From here to the last step, or from the first"):  # fmt: skip
        st.rerun()
    step = _next_frame(steps) if playing else _asked(steps[0], end)
    if end > steps[0]:
        # A film has a slider of its own, which only shows: the browser sends where the slider stood a while ago with whatever else is
        # pressed, and that would be taken for the reader's choice.
        key = FILM if playing else KEY
        st.session_state[key] = step
        place.slider("Step (at its end: the latest)", steps[0], end, key=key, disabled=playing,
                     on_change=None if playing else _take, args=(end,))  # fmt: skip
    if playing and step >= end:
        st.session_state[PLAYING] = False
        set_params(step=None)
        st.rerun()
    return None if step >= end else step


def _asked(first: int, end: int) -> int:
    asked = param("step")
    if asked and not (asked.isdecimal() and asked.isascii() and len(asked) < 18 and first <= int(asked) <= end):
        say_warning(f"Step: {asked[:100]} is none from {first:,} to {end:,}; shown instead is the latest.")
        return end
    return int(asked) if asked else end


def _next_frame(steps: Sequence[int]) -> int:
    """The first of the film's frames that is beyond the one shown last; the end where there is none."""
    frames = [steps[index] for index in thinned(len(steps), FRAMES)]
    at = next((step for step in frames if step > st.session_state.get(AT, -1)), frames[-1])
    st.session_state[AT] = at
    return at


def _play() -> None:
    """From the step of the address, or from the first."""
    st.session_state[PLAYING], st.session_state[AT] = True, st.session_state.get(KEY, -1) if param("step") else -1


def _pause() -> None:
    st.session_state[PLAYING] = False
    set_params(step=str(st.session_state[AT]))


def _take(end: int) -> None:
    """What the reader has moved the slider to."""
    set_params(step=None if st.session_state[KEY] >= end else str(st.session_state[KEY]))
