"""Block by block: the answer as it is after every block, and without some of them."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.errors import BadInput
from explorer.signals.lesions import Lesion
from explorer.ui.classify.depth.lesion import choose, show_lesion, show_way
from explorer.ui.classify.depth.measured import Read, linear_probes, operables, own_readout
from explorer.ui.classify.depth.words import errors_seen, idea, seen
from explorer.ui.classify.shown import Shown
from explorer.ui.components.chart import chart
from explorer.ui.controls import dropdown, segmented, stops
from explorer.ui.format import joined, plain
from explorer.ui.say import say_error

READ_BY = {"own": "The network's own head", "linear": "A linear read-out"}
VALUES = {"probability": "Probability", "added": "What each block changes", "entropy": "Uncertainty", "margin": "Lead"}
FOLLOWING = ("probability", "added")  # of one class
OWN_ANSWER = ""  # no class is called that
FITTED_ON = (500, 1000, 2000, 4000)
HEIGHT = 400


def show(shown: Shown) -> None:
    """Raises BadInput."""
    subjects = operables(shown.models)
    if not subjects:
        st.info("Choose one of the shipped networks, a finished run or a ResNet: their blocks can be looked at one by one.",
                icon=":material/view_agenda:")  # fmt: skip
        return
    left, right = st.columns((3, 2), gap="medium")
    kind = segmented("Read out by", READ_BY, "read", "own", place=left)
    value = segmented("Show", VALUES, "show", "probability", place=left)
    count = stops("Training pictures to fit on", FITTED_ON, "fitted", 1000, place=right) if kind == "linear" else 0
    followed = _followed(subjects, right) if value in FOLLOWING else OWN_ANSWER
    show_way()
    upper = st.container()
    st.divider()
    lesion = choose([one for one, _ in subjects])
    with upper:
        _show_readouts(subjects, shown, (kind, value, followed, count), lesion)
    show_lesion([one for one, _ in subjects], lesion, shown.chosen)


def _show_readouts(subjects, shown: Shown, asked: tuple[str, str, str, int], lesion: Lesion) -> None:
    """The figures over depth, and what is seen in them. `asked` is what the controls say."""
    kind, value, followed, count = asked
    st.caption(idea(kind, [one.model.spec.family for one, _ in subjects]))
    fitted = {one.label: _probes(loaded, one.label, count) for one, loaded in subjects} if kind == "linear" else {}
    reads = _read(subjects, shown, kind, fitted, lesion)
    if not reads:
        return
    _show_depth(reads, value, followed)
    st.markdown("\n".join(f"- {seen(read, value)}" for read in reads))
    if kind == "linear":
        _show_errors(reads, fitted)
    for number, read in enumerate(reads):
        _show_answers(read, shown.chosen.key, number)


def _followed(subjects, place) -> str:
    classes = dict.fromkeys(name for _, loaded in subjects for name in loaded.classes)
    options = {OWN_ANSWER: "each network's own answer"} | {name: name for name in classes}
    return dropdown("Class to follow", options, "follow", OWN_ANSWER, place=place)


def _read(subjects, shown: Shown, kind: str, fitted, lesion: Lesion) -> list[Read]:
    """What is to be drawn: networks without a read-out of that kind are left out."""
    from explorer.vision.classify import input_of

    reads = []
    for one, loaded in subjects:
        own = own_readout(loaded, shown.chosen)
        probes = fitted.get(one.label)
        if kind == "own" or probes:
            by = own if kind == "own" else probes.read_out(loaded.net, input_of(loaded, shown.chosen.picture))
            injured = own_readout(loaded, shown.chosen, fitting) if kind == "own" and (fitting := one.fitting(lesion)) else None
            reads.append(Read(one, loaded.classes, own, by, injured))
    return reads


def _probes(loaded, label: str, count: int):
    """A network's linear read-outs; None, and why or what to do, where its training pictures are not at hand."""
    from explorer.data.datasets import describe, settled
    from explorer.lab.trained import dataset_of
    from explorer.ui.train.download import at_hand

    try:
        info = describe(settled(dataset_of(loaded.model)))
        return linear_probes(loaded, label, info.name, count) if at_hand(info) else None
    except BadInput as problem:
        say_error(f"{label} has no linear read-out: {problem}")
        return None


def _show_depth(reads: Sequence[Read], value: str, followed: str) -> None:
    """All networks in one chart."""
    from explorer.figures.readout import QUANTITIES, changes, depth_chart

    lines, strangers = [], []
    for read in reads:
        at = read.answer if followed == OWN_ANSWER else list(read.classes).index(followed) if followed in read.classes else None
        if at is None and value in FOLLOWING:
            strangers += [plain(read.label)] if followed != OWN_ANSWER else []  # of one without an answer the words tell
            continue
        values = _values(read.shown, value, at)
        lines.append(_line(read, changes(values) if value == "added" else values, _said(read, read.shown)))
        if read.injured and value != "added":
            now = _values(read.injured, value, at)
            lines.append(replace(_line(read, now, _said(read, read.injured)), removed=True))
    if strangers:
        st.caption(f"{joined(strangers)} {'have' if len(strangers) > 1 else 'has'} no such class to follow.")
    if lines:
        names = {OWN_ANSWER: "of each network's own answer"}.get(followed, f"of {followed}")
        subtitle = names if value in FOLLOWING else "over all classes that each network knows"
        subtitle += "; a network's bars add up to the probability in the end" if value == "added" else ""
        view = " ".join([value, *(read.one.model.id for read in reads)])
        chart(depth_chart(lines, QUANTITIES[value], subtitle), "depth", height=HEIGHT, filename=f"depth-{value}", view=view)


def _values(by, value: str, followed: int | None) -> list[float]:
    """Per cent and points, or bits, at every place of a read-out."""
    if value == "entropy":
        return by.entropy.tolist()
    return (100 * (by.margin if value == "margin" else by.probabilities[:, followed])).tolist()


def _said(read: Read, by) -> list[str]:
    return [f": says {read.classes[answer]}" if answer is not None else ": no finite outputs" for answer in by.answers]


def _line(read: Read, values: Sequence[float], said: Sequence[str]):
    from explorer.figures.readout import DepthLine

    spec = read.one.model.spec
    return DepthLine(read.label, spec.family, getattr(spec, "depth", 0), read.shown.places, values, said)


def _show_errors(reads: Sequence[Read], fitted) -> None:
    """How well the linear read-outs do on pictures that nothing was fitted on."""
    from explorer.figures.readout import QUANTITIES, depth_chart

    nothing = [""] * max(len(read.shown.places) for read in reads)
    lines = [_line(read, [100 * one for one in fitted[read.label].errors], nothing[: len(read.shown.places)]) for read in reads]
    subtitle = "of pictures that neither network nor read-out was fitted on"
    chart(depth_chart(lines, QUANTITIES["error"], subtitle), "depth-errors", height=HEIGHT, filename="depth-errors")
    st.markdown("\n".join(f"- {errors_seen(read.label, fitted[read.label])}" for read in reads))


def _show_answers(read: Read, key: str, number: int) -> None:
    """One network's likeliest classes at every place; `number` is its place among those shown."""
    from explorer.figures.readout import answers_chart, answers_height, shown_classes

    shown = read.shown
    figure = answers_chart(read.label, read.one.model.spec.family, shown.places, read.classes, shown.probabilities, shown.answers)
    rows = len(shown_classes(shown.probabilities, shown.answers))
    view = f"{read.one.model.id} {key}"
    chart(figure, f"depth-answers-{number}", height=answers_height(rows), filename="depth-classes", view=view)
