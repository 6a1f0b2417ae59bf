"""Drawing the picture: a digit on a canvas, looked at while it is drawn."""

from collections.abc import Sequence

import streamlit as st

from explorer.ui.components.canvas import canvas
from explorer.ui.format import joined, plain
from explorer.ui.labels import labels_of
from explorer.ui.url import set_params
from explorer.vision.model import Model
from explorer.vision.models import list_models

DRAWN = "drawn digit"
MOST_OFFERED = 3


def draw_digit(models: Sequence[Model]) -> bytes | None:
    """The drawing as a PNG, None while the canvas is empty. It outlives changes of view and model, in this session.

    `models` are to look at it: where none knows digits, some that do are offered.
    """
    _offer_digit_models(models)  # above the canvas: who draws for a network of photographs does so in vain
    canvas(st.session_state.get(DRAWN), "digit canvas", on_draw=_keep, label="Canvas to draw a digit on",
           hint="Draw a digit from 0 to 9 here")  # fmt: skip
    return st.session_state.get(DRAWN)


def _keep(drawing: bytes | None) -> None:
    st.session_state[DRAWN] = drawing


def _offer_digit_models(chosen: Sequence[Model]) -> None:
    """Which of the chosen models know digits; where none does, some that do, a click away."""
    if any(model.knows_digits for model in chosen):
        strangers = [plain(label) for model, label in zip(chosen, labels_of(chosen), strict=True) if not model.knows_digits]
        if strangers:
            st.caption(f"{joined(strangers)} never saw a digit: whatever you draw is taken for one of the classes known there.")
        return
    usable = [model for model in list_models() if model.knows_digits and model.at_hand]
    offered = list({model.spec.family: model for model in reversed(usable)}.values())[::-1][:MOST_OFFERED]  # the first of each family
    if not offered:
        st.info("None of the models here was trained on digits: train one on the Train page.", icon=":material/draw:")
        return
    st.info("None of the models chosen knows digits. These do:", icon=":material/draw:")
    for model in offered:
        st.button(plain(model.title), key=f"digits by {model.id}", on_click=set_params, kwargs={"model": model.id}, width="stretch")
