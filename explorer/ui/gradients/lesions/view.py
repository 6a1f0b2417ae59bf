"""Lesions (Veit et al. 2016): blocks switched off or exchanged in trained networks, and what becomes of their answers."""

import hashlib
from collections.abc import Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.signals.lesions import Lesion
from explorer.ui.controls import segmented, stops
from explorer.ui.format import percent, plain
from explorer.ui.gradients.lesions.answers import show_answers
from explorer.ui.gradients.lesions.controls import choose_lesion, default_counterpart, default_model
from explorer.ui.gradients.lesions.figures import each_removed, more_removed, paths, reordered
from explorer.ui.gradients.lesions.subjects import Subject, subjects_of
from explorer.ui.gradients.lesions.words import lesion_reading
from explorer.ui.gradients.models import choose_model, choose_validations
from explorer.ui.gradients.reading import beside, show_reading
from explorer.ui.picture import choose_picture, sample_asked
from explorer.ui.say import say_error
from explorer.vision.picture import Picture
from explorer.vision.samples import samples

PICTURES = (100, 200, 500, 1000)
STUDIES = {
    "each": ("Each block in turn", each_removed),
    "more": ("More and more blocks", more_removed),
    "order": ("Other orders", reordered),
    "paths": ("Gradient by path length", paths),
}


def show() -> None:
    st.markdown("Switch blocks of trained networks off, or let two change places, and see what is left of their knowledge. "
                "What is done is done to every network shown, and nothing is trained again.")
    subjects = _choose()
    if not subjects:
        return
    try:
        lesion = choose_lesion(subjects)
        _show_lesion(subjects, lesion)
        st.divider()
        STUDIES[segmented("A study of many lesions", {name: title for name, (title, _) in STUDIES.items()}, "study", "each")][1](subjects)
    except BadInput as problem:
        say_error(problem)


def _choose() -> list[Subject]:
    """One or two networks with the pictures that judge them."""
    left, middle, right = st.columns((2, 2, 1))
    model = choose_model("model", default_model(), place=left)
    if model is None:
        return []
    other = choose_model("against", default_counterpart(model), "Beside it", place=middle)
    count = stops("Pictures to judge by", PICTURES, "pictures", 100, place=right, help="Chosen by chance, always the same ones, from those "
                  "that the networks were not trained on.")  # fmt: skip
    models = [model] if other is None or other.id == model.id else [model, other]
    return subjects_of(models, choose_validations(models, count))


def _show_lesion(subjects: Sequence[Subject], lesion: Lesion) -> None:
    """The errors and the answers to one picture, as trained and with the lesion."""
    figure, text = beside("lesion")
    with figure:
        choosing, *places = st.columns([3] + [4] * len(subjects), gap="medium")
        with choosing:
            picture = _picture(subjects[0])
            key = hashlib.sha256(picture.image.tobytes()).hexdigest()
        judged = []
        for number, (subject, place) in enumerate(zip(subjects, places, strict=True)):
            with place:
                judged.append((subject, *_show_lesioned(subject, number, subject.fitting(lesion), picture, key)))
    with text:
        show_reading(lesion_reading(judged, lesion))


def _picture(subject: Subject) -> Picture:
    """An upload, or a sample: the latter too where the upload cannot be read."""
    offered = samples(subject.model.knows_digits)
    try:
        picture, name = choose_picture(offered)
    except BadInput as problem:
        say_error(f"{problem} Shown in its place: a sample.")
        picture, name = sample_asked(offered)
    st.image(picture.image, alt=f"The picture: {name}", width=112)
    return picture


def _show_lesioned(subject: Subject, number: int, lesion: Lesion, picture: Picture, key: str):
    """One network's error as a metric, and its answer as bars: what the words are made from."""
    intact, now = subject.judge(Lesion()), subject.judge(lesion)
    change = round(100 * (now.error - intact.error), 1)
    look = {"delta_color": "inverse"} if change else {"delta_color": "off", "delta_arrow": "off"}
    st.metric(f"{plain(subject.label)}: validation error", percent(now.error),
              (f"{change:+.1f} points" if change else "unchanged") if lesion else None, **look,
              help=f"{now.pictures} of the {subject.pictures.of:,} pictures of {plain(subject.pictures.title)} that it was not trained on. "
              f"As trained: {percent(intact.error)}.")  # fmt: skip
    if now.undecided:
        st.caption(f"{now.undecided} of the pictures got outputs that are not finite numbers; they count as wrong.")
    found = show_answers(subject, number, lesion, picture, key)
    return intact, now, *((found.classes, found.before, found.after) if found else (None, None, None))
