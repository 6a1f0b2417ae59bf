"""Where each network looks: heat over the picture, by Grad-CAM at a chosen layer or by covering parts, for a chosen class."""

from collections.abc import Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.ui.classify.answer.measured import Verdict, labels, verdict_of
from explorer.ui.classify.heat.controls import Asked, choose, keep_strength
from explorer.ui.classify.heat.drawing import drawn
from explorer.ui.classify.heat.measured import Measured, layers_of, measure
from explorer.ui.classify.heat.words import IDEAS, seen
from explorer.ui.classify.shown import Chosen, Shown
from explorer.ui.components.heat_maps import heat_maps
from explorer.ui.format import plain
from explorer.ui.say import say_error
from explorer.vision.labels import numbered
from explorer.vision.prepare import Box


def show(shown: Shown) -> None:
    answers = _answers(shown)
    if not answers:
        return
    digits = any(one.loaded.model.knows_digits for one in answers)
    asked = choose(_classes(answers), _layers(answers), digits, len(answers) > 1)
    found = _measured(answers, shown.chosen, asked)
    if not found:
        return
    heat_maps(drawn(found, shown.chosen, asked), "heat-maps", strength=asked.strength, on_strength=keep_strength)
    st.markdown("\n".join(f"- {sentence}" for sentence in seen(found, asked)))
    st.caption(IDEAS[asked.method])
    if asked.on_picture and any(_is_part(one.prepared.box, shown.chosen.picture.image.size) for one in found):
        st.caption("The frame is what the network gets to see of the picture; the rest plays no part in its answer.")


def _answers(shown: Shown) -> list[Verdict]:
    """What those networks say that say anything; what is wrong with another is said."""
    found = []
    for loaded, label in zip(shown.models, labels(shown.models), strict=True):
        found.append(verdict_of(loaded, label, shown.chosen, "single", say_error))
    return [one for one in found if one]


def _measured(answers: Sequence[Verdict], chosen: Chosen, asked: Asked) -> list[Measured]:
    """The heat of every network that has one; what is wrong with another is said."""
    place, found = st.empty(), []
    for one in answers:
        def progress(done: int, parts: int, name: str = one.label) -> None:
            place.progress(done / parts, text=f"{plain(name)}: {done:,} of {parts:,} parts covered")

        try:
            found.append(measure(one, chosen, asked, progress))
        except BadInput as problem:
            say_error(problem)
    place.empty()
    return found


def _is_part(box: Box, size: tuple[int, int]) -> bool:
    """Whether some of the picture lies outside of the box."""
    return box[0] > 0 or box[1] > 0 or box[2] < size[0] or box[3] < size[1]


def _classes(answers: Sequence[Verdict]) -> list[str]:
    """Every class that one of the networks knows, by its name: those first that one of them finds likely."""
    likely: dict[str, float] = {}
    for one in answers:
        for label, probability in zip(numbered(one.loaded.classes), one.found.probabilities.tolist(), strict=True):
            likely[label] = max(probability, likely.get(label, 0.0))
    return sorted(likely, key=lambda label: -likely[label])


def _layers(answers: Sequence[Verdict]) -> dict[str, str]:
    """The layers that one of the networks has, stages first, from the output back to the input."""
    found = []
    for one in answers:
        try:
            found.append(layers_of(one.loaded))
        except BadInput:
            continue  # said where its heat would stand
    deepest_first = sorted(found, key=len, reverse=True)
    every = {one.name: one for layers in deepest_first for one in reversed(layers)}
    shapes = {name: {(one.channels, one.height) for layers in found for one in layers if one.name == name} for name in every}

    def title(name: str) -> str:
        channels, side = next(iter(shapes[name]))
        size = f": {channels} × {side} × {side}" if len(shapes[name]) == 1 else ""
        return f"{name}{', its end' if every[name].is_stage else ''}{size}"

    return {name: title(name) for name in sorted(every, key=lambda name: not every[name].is_stage)}
