"""A network's answer to one picture, as trained and with a lesion, as bars."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from explorer.signals.lesions import Lesion, lesioned
from explorer.ui.components.chart import chart
from explorer.ui.gradients.lesions.subjects import Operable
from explorer.ui.opened import opened
from explorer.vision.kept import Mark, mark_of
from explorer.vision.picture import Picture


@dataclass(frozen=True)
class Answers:
    """Each class's probability as trained (`before`) and now, which is None without a lesion."""

    classes: Sequence[str]
    before: Sequence[float]
    after: Sequence[float] | None


def show_answers(one: Operable, number: int, lesion: Lesion, picture: Picture, key: str) -> Answers | None:
    """The bars; None, and a sentence, where outputs are not finite. `key` is a digest of the picture: each is answered once.

    `number` is the network's place among those shown: what it is called may be anything, and is no key for a chart.
    """
    from explorer.figures.lesions import class_bars

    loaded = opened(one.model.id)
    before = _answer(mark_of(loaded.model), Lesion(), key, loaded, picture)
    after = _answer(mark_of(loaded.model), lesion, key, loaded, picture) if lesion else None
    if before is None or lesion and after is None:
        st.caption("Its outputs for this picture are not finite numbers: there is no answer to show.")
        return None
    bars = class_bars(one.label, one.model.spec.family, loaded.classes, before, after)
    height = 110 + 34 * len(bars["data"][0]["y"])
    chart(bars, f"answer-{number}", height=height, filename="lesion-classes", view=f"{one.model.id} {key}")
    return Answers(loaded.classes, before, after)


@st.cache_data(max_entries=512, show_spinner=False)
def _answer(mark: Mark, lesion: Lesion, key: str, _loaded, _picture: Picture) -> list[float] | None:
    """Each class's probability for the picture; None where the outputs are not finite."""
    from explorer.vision.classify import probabilities
    from explorer.vision.model import ModelError
    from explorer.vision.prepare import prepare

    injured = replace(_loaded, net=lesioned(_loaded.net, lesion))
    try:
        return probabilities(injured, prepare(_picture, _loaded.preparation).pixels[None])[0].tolist()
    except ModelError:
        return None
