"""Blocks switched off, or two exchanged, and what becomes of the answer: with the switches of the gradient lab."""

from collections.abc import Sequence

import streamlit as st

from explorer.signals.lesions import Lesion
from explorer.ui.classify.depth.words import lesion_seen
from explorer.ui.classify.shown import Chosen
from explorer.ui.format import plain
from explorer.ui.gradients.lesions.answers import show_answers
from explorer.ui.gradients.lesions.controls import choose_lesion
from explorer.ui.gradients.lesions.subjects import Operable

QUESTION, ANCHOR = "What if some of the blocks were not there?", "what-if-some-of-the-blocks-were-not-there"
BESIDE = 2  # charts of classes that have room beside each other


def show_way() -> None:
    """A link to the switches, which lie far below; Streamlit makes the anchor from the words of the heading."""
    st.markdown(f":material/arrow_downward: [{QUESTION}](#{ANCHOR}) The switches are below these figures, which follow them.")


def choose(subjects: Sequence[Operable]) -> Lesion:
    """The switches, under their question."""
    st.markdown(f"##### {QUESTION}")
    return choose_lesion(subjects)


def show_lesion(subjects: Sequence[Operable], lesion: Lesion, chosen: Chosen) -> None:
    """Each network's classes as trained and with the lesion. Raises BadInput."""
    said = []
    for first in range(0, len(subjects), BESIDE):
        row = subjects[first : first + BESIDE]
        columns = st.columns(max(len(row), min(BESIDE, len(subjects))), gap="medium")
        for number, (one, place) in enumerate(zip(row, columns, strict=False), first):
            with place:
                fitting = one.fitting(lesion)
                found = show_answers(one, number, fitting, chosen.picture, chosen.key)
            if found and found.after is not None:
                said.append(lesion_seen(one.label, fitting.removed, fitting.swapped, found))
            elif lesion and not fitting:
                said.append(f"**{plain(one.label)}** has none of these blocks: it is whole.")
    if said:
        st.markdown("\n".join(f"- {sentence}" for sentence in said))
    else:
        st.caption("Switch a block off above: nothing is trained again, and the network that others look at stays whole.")
    trained = [one for one in subjects if one.model.kind in ("shipped", "run")]
    if trained:
        st.page_link("../pages/gradients.py", label="The same on hundreds of pictures: lesions in the gradient lab",
                     icon=":material/content_cut:", query_params={"view": "lesions", "model": trained[0].model.id})  # fmt: skip
