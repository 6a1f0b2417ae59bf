"""The procedural data set: how hard its shapes are to tell apart, and how many of them there are."""

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from explorer.data.errors import DataError
from explorer.data.shapes import Shapes, parse_shapes

DIFFICULTY_HELP = "Easy shapes are large, upright and on an even ground; hard ones small, turned, faint, and among others on a busy ground."
TRAIN_HELP = "As many as you like, since they are drawn: the more there are, the seldomer a network sees one twice."
COUNTS = (1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000)


def choose_shapes(name: str, put: Callable[[str], None]) -> None:
    """Draw the dials of `shapes?difficulty=0.5&train=10000`; `put` takes the new name."""
    try:
        shapes = parse_shapes(name)
    except DataError:
        shapes = Shapes()  # the sentence that says what is wrong with the name stands below
    left, right = st.columns(2)

    def take() -> None:
        put(replace(shapes, difficulty=st.session_state["train difficulty"], train=st.session_state["train shapes"]).text)

    st.session_state["train difficulty"] = shapes.difficulty
    st.session_state["train shapes"] = shapes.train
    left.slider("Difficulty", 0.0, 1.0, step=0.05, key="train difficulty", on_change=take, help=DIFFICULTY_HELP)
    right.selectbox("Pictures to train on", sorted({*COUNTS, shapes.train}), format_func=lambda many: f"{many:,}", key="train shapes",
                    on_change=take, help=TRAIN_HELP)
