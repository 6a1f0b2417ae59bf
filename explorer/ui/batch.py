"""The images of a training step: the parameter `batch` of the address, and the control that sets it."""

import re

import streamlit as st

from explorer.anatomy.memory import LARGEST_BATCH, USUAL_BATCH
from explorer.ui.format import plain
from explorer.ui.url import param, set_params


def batch_asked() -> int:
    """What the address asks for; what cannot be is said, and the usual batch is used instead."""
    text = param("batch", str(USUAL_BATCH))
    if re.fullmatch("[0-9]{1,7}", text) and 1 <= int(text) <= LARGEST_BATCH:
        return int(text)
    st.warning(f"A batch is a whole number of images from 1 to {LARGEST_BATCH:,}, not {plain(text)}. Here it is {USUAL_BATCH}.")
    return USUAL_BATCH


def choose_batch(label: str, batch: int, width: int) -> None:
    """The control, at this batch."""
    st.session_state["step batch"] = batch
    st.number_input(label, 1, LARGEST_BATCH, key="step batch", width=width, on_change=_keep,
                    help="Images of one step. Activations grow with it; weights, gradients and optimiser state do not.")


def _keep() -> None:
    batch = st.session_state["step batch"]
    set_params(batch=None if batch == USUAL_BATCH else str(batch))
