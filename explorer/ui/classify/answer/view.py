"""What each model says is in the picture, how sure it is, what it got to see, and how long that took."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.figures.probabilities import Said, answer_bars, height_of
from explorer.ui.classify.answer.measured import Verdict, labels, verdict_of
from explorer.ui.classify.answer.seen import show_seen
from explorer.ui.classify.answer.words import KIND_TITLES, SOFTMAX, agreement, apart, by_crop, first, known, sureness
from explorer.ui.classify.shown import Chosen, Shown
from explorer.ui.components.chart import drawing, show_drawing
from explorer.ui.controls import segmented, stops
from explorer.ui.format import joined, percent, plain
from explorer.ui.gradients.tables import show_numbers
from explorer.ui.say import say_warning

TOPS, TOP = (1, 3, 5, 10, 20), 5


def show(shown: Shown) -> None:
    """The controls, each network's answer as soon as there is one, and what follows from them."""
    left, right = st.columns([2, 1], gap="medium")
    crops = segmented("The network is shown", KIND_TITLES, "crops", "single", place=left,
                      help="One crop is what a network is usually shown. More of them, averaged, cost time and make fewer errors "
                           "where the network was trained for it.")  # fmt: skip
    top = stops("Classes of each network", TOPS, "top", TOP, place=right)
    notices, told, found = st.container(), {}, []
    for loaded, label, place in zip(shown.models, labels(shown.models), st.columns(len(shown.models), gap="medium"), strict=True):
        with place:
            if one := verdict_of(loaded, label, shown.chosen, crops, lambda why: told.setdefault(why, []).append(label)):
                _headline(one)
                found.append(one)
    with notices:
        for sentence, whose in told.items():
            say_warning(f"{joined(whose)}: {sentence}")
    if found:
        _details(found, top, shown.chosen)


def _details(found: Sequence[Verdict], top: int, chosen: Chosen) -> None:
    """What follows from the answers of all networks."""
    groups = _grouped(found, lambda one: one.loaded.classes)
    for sentence in [apart(groups), *(agreement(group) for group in groups), *map(by_crop, found)]:
        if sentence:
            st.markdown(sentence)
    for number, group in enumerate(groups):
        _bars(group, top, number, chosen)
    st.caption(SOFTMAX)
    for number, group in enumerate(_grouped(found, _what_is_shown)):
        show_seen(group, chosen, str(number))
    _times(found, chosen)


def _headline(verdict: Verdict) -> None:
    st.subheader(f"{plain(first(verdict))} · {percent(sureness(verdict))}", anchor=False)
    st.caption(
        f"So says **{plain(verdict.found.title)}**. Its error: {plain(verdict.loaded.model.error or 'not known')}. "
        f"{known(verdict.loaded.classes)}"
    )


def _bars(group: Sequence[Verdict], top: int, number: int, chosen: Chosen) -> None:
    """The union of the networks' `top` classes, the likeliest to any of them first."""
    from explorer.vision.classify import ranked

    highest = {place: max(float(one.found.probabilities[place]) for one in group)
               for one in group for place in ranked(one.found.probabilities)[:top]}  # fmt: skip
    shown = sorted(highest, key=lambda place: -highest[place])
    said = [Said(one.label, one.loaded.model.spec.text, one.found.probabilities) for one in group]
    view = " ".join([chosen.key, group[0].crops, *(one.loaded.model.id for one in group)])
    key, height = f"probabilities-{number}", height_of(len(said), len(shown))
    bars = answer_bars(said, group[0].loaded.classes, shown)
    show_drawing(drawing(bars, key, height=height, log_axes="x", filename="classes", view=view), key)


def _times(found: Sequence[Verdict], chosen: Chosen) -> None:
    st.markdown("**Time by phase**")
    rows = []
    for one in found:
        phases = chosen.decode_seconds, one.found.prepare_seconds, one.found.network_seconds
        rows.append({"network": one.label, "views": len(one.found.answers)}
                    | {name: 1000 * seconds for name, seconds in zip(("decode (ms)", "prepare (ms)", "network (ms)"), phases, strict=True)}
                    | {"together (ms)": 1000 * sum(phases), "pictures per second": 1 / max(sum(phases), 1e-9)})  # fmt: skip
    formats = dict.fromkeys(("decode (ms)", "prepare (ms)", "network (ms)", "together (ms)"), "%.1f") | {"pictures per second": "%.1f"}
    show_numbers(rows, formats)
    device = found[0].loaded.device.type.upper()
    st.caption(f"One picture at a time on the {device}, as it was when each was first computed; a network's first picture takes longer. "
               "Many pictures in batches are faster.")  # fmt: skip


def _what_is_shown(verdict: Verdict) -> tuple:
    """Alike for networks that are shown the same pixels, whatever these are normalised by."""
    return replace(verdict.loaded.preparation, mean=(), std=()), verdict.crops


def _grouped(found: Sequence[Verdict], alike) -> list[list[Verdict]]:
    """Networks that have something in common, in the order of the first of each group."""
    groups: dict = {}
    for one in found:
        groups.setdefault(alike(one), []).append(one)
    return list(groups.values())
