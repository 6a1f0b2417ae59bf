"""What each model says is in the picture, and what it got to see."""

from collections.abc import Sequence

import streamlit as st
from PIL import Image

from explorer.ui.classify.shown import Chosen, Shown
from explorer.ui.components.chart import chart
from explorer.ui.format import percent, plain

SHOWN_SIDE = 320
MOST_NAMED = 20  # classes that fit into a sentence


def show(shown: Shown) -> None:
    """Raises ModelError."""
    for loaded, place in zip(shown.models, st.columns(len(shown.models), gap="medium"), strict=True):
        with place:
            _show_answer(loaded, shown.chosen)


def _show_answer(loaded, chosen: Chosen) -> None:
    # Imported when the controls are on screen: torch and Plotly take seconds.
    from explorer.figures.probabilities import probability_bars
    from explorer.vision.classify import classify

    found = classify(loaded, chosen.picture)
    label, probability = found.classes[0]
    st.subheader(f"{plain(label)} · {percent(probability)}", anchor=False)
    st.caption(
        f"So says **{plain(found.title)}** after {found.seconds * 1000:.0f} ms on the {loaded.device.type.upper()}, the picture's "
        f"preparation included. Its measured error: {plain(loaded.model.error or 'not known')}. {known(loaded.classes)}"
    )
    chart(probability_bars(found.classes, loaded.model.spec.text), f"probabilities-{loaded.model.id}", height=300, filename="classes",
          view=f"{loaded.model.id} {chosen.key}")  # fmt: skip
    st.caption(
        "Probabilities are the softmax of the network's outputs: whatever the picture shows, they are shared out among "
        "the classes it knows."
    )
    _show_prepared(found.prepared)


def _show_prepared(prepared) -> None:
    size = prepared.image.width
    done = "; ".join(prepared.steps) or "its pixels are unchanged"
    st.image(enlarged(prepared.image), alt="The picture as the network gets it", width=SHOWN_SIDE // 2)
    st.caption(f"What the network gets, {size} x {size} pixels: {done}.")


def enlarged(image: Image.Image) -> Image.Image:
    """With its pixels as visible squares."""
    factor = max(1, SHOWN_SIDE // max(image.size))
    return image.resize([side * factor for side in image.size], Image.Resampling.NEAREST)


def known(classes: Sequence[str]) -> str:
    """What a network can answer at all, said beside its answer: it names one of these whatever the picture shows."""
    if len(classes) > MOST_NAMED:
        return f"It knows {len(classes):,} classes and nothing else."
    return f"It knows nothing but {plain(', '.join(classes))}."
