"""Classify: a picture, a model, the five likeliest classes. Paints its controls before torch is imported."""

from collections.abc import Sequence

import streamlit as st
from PIL import Image

from explorer.errors import BadInput
from explorer.ui.components.chart import chart
from explorer.ui.format import bytes as byte_count
from explorer.ui.format import percent, plain
from explorer.ui.picture import choose_picture
from explorer.ui.url import param, set_params
from explorer.vision.models import Model, fetch, list_models, open_model
from explorer.vision.picture import Picture
from explorer.vision.samples import samples

SHOWN_SIDE = 320
MOST_NAMED = 20  # classes that fit into a sentence


@st.cache_resource(max_entries=4, show_spinner="Loading the model")
def load(model_id: str):
    return open_model(model_id)


def choose_model() -> Model:
    """The model that the address names, changed by the control."""
    models = {model.id: model for model in list_models()}
    wanted = param("model", next(iter(models)))
    if wanted not in models:
        st.warning(f"There is no model {plain(wanted)} (any more?); here are those there are.", icon=":material/search_off:")
        wanted = next(iter(models))
    st.session_state["chosen model"] = wanted
    st.selectbox(
        "Model", models, format_func=lambda name: models[name].title, key="chosen model",
        on_change=lambda: set_params(model=st.session_state["chosen model"]),
    )
    return models[wanted]


def download(model: Model) -> None:
    """Fetch a model's weights with a progress bar. Raises ModelError."""
    bar = st.progress(0.0, text="Connecting")

    def show(done: int, total: int | None) -> None:
        text = f"Downloading {plain(model.id)}: {byte_count(done)}" + (f" of {byte_count(total)}" if total else "")
        bar.progress(min(1.0, done / total) if total else 0.0, text=text)

    try:
        fetch(model, show)
    finally:
        bar.empty()


def show_picture(picture: Picture, name: str) -> None:
    whole = picture.image.copy()
    whole.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
    if max(whole.size) < SHOWN_SIDE:
        whole = enlarged(whole)
    width, height = picture.image.size
    st.image(whole, alt=f"The picture: {name}", width="stretch")
    st.caption(f"{plain(name)}, {width} x {height} pixels")


def show_prepared(prepared) -> None:
    size = prepared.image.width
    done = "; ".join(prepared.steps) or "its pixels are unchanged"
    st.image(enlarged(prepared.image), alt="The picture as the network gets it", width="stretch")
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


def show_result(model: Model, picture: Picture, seen) -> None:
    """The answer here, and what the network got in the place `seen`. Raises ModelError."""
    if not model.at_hand:
        download(model)
    loaded = load(model.id)
    # Imported when the controls are on screen: torch and Plotly take seconds.
    from explorer.figures.probabilities import probability_bars
    from explorer.vision.classify import classify

    found = classify(loaded, picture)
    label, probability = found.classes[0]
    st.subheader(f"{plain(label)} · {percent(probability)}", anchor=False)
    st.caption(
        f"So says **{plain(found.title)}** after {found.seconds * 1000:.0f} ms on the {loaded.device.type.upper()}, the picture's "
        f"preparation included. Its measured error: {plain(loaded.model.error or 'not known')}. {known(loaded.classes)}"
    )
    chart(probability_bars(found.classes, model.spec.text), "probabilities", height=300, filename="classes", view=model.id)
    st.caption(
        "Probabilities are the softmax of the network's outputs: whatever the picture shows, they are shared out among "
        "the classes it knows."
    )
    with seen:
        show_prepared(found.prepared)


st.title("Classify")
controls, result = st.columns([2, 3], gap="large")
try:
    with controls:
        model = choose_model()
        picture, name = choose_picture(samples(model.knows_digits))
        shown, seen = st.columns(2)
    with shown:
        show_picture(picture, name)
    with result:
        show_result(model, picture, seen)
except BadInput as error:
    result.error(plain(error, most=600), icon=":material/error:")
