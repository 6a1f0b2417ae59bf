"""The four figures of a lesion study: each block in turn, more and more of them, other orders, and paths by their length."""

from collections.abc import Sequence

import streamlit as st

from explorer.figures.lesions import (
    EachRemoved,
    MoreRemoved,
    Reordered,
    each_removed_chart,
    more_removed_chart,
    path_chart,
    reordered_chart,
)
from explorer.lab.lesions import kendall_tau, lengths_of, more_and_more, one_at_a_time, order_after, other_orders
from explorer.machine.device import use_one_thread
from explorer.signals.lesions import Lesion
from explorer.signals.paths import PathLength
from explorer.ui.components.chart import chart
from explorer.ui.controls import switch
from explorer.ui.format import plain
from explorer.ui.gradients.lesions.subjects import Subject
from explorer.ui.gradients.lesions.words import each_reading, more_reading, order_reading, path_reading
from explorer.ui.gradients.reading import Reading, beside, show_reading
from explorer.ui.opened import opened
from explorer.vision.kept import Mark, mark_of

DRAWS, ORDERS = 3, 10
PATH_PICTURES = 64
PASSES = 40  # back through the network, shared out among the lengths: a few seconds for 9 blocks
HEIGHT = 420


def each_removed(subjects: Sequence[Subject]) -> None:
    """The error without each block in turn (Veit, figure 3)."""
    plans = {subject.label: one_at_a_time(subject.blocks) for subject in subjects}
    errors = _errors(subjects, plans, "Removing each block in turn")
    found = [
        EachRemoved(subject.whole, subject.blocks, errors[subject.label], [name not in subject.keeping for name in subject.blocks])
        for subject in subjects
    ]
    _figure("each", each_removed_chart(found), each_reading(found), subjects)


def more_removed(subjects: Sequence[Subject]) -> None:
    """The error by the number of blocks removed (figure 5a)."""
    plans = {subject.label: more_and_more(subject.keeping, DRAWS) for subject in subjects}
    flat = {label: [lesion for draw in draws for lesion in draw] for label, draws in plans.items()}
    errors = _errors(subjects, flat, "Removing more and more blocks")
    found = []
    for subject in subjects:
        told = iter(errors[subject.label])
        found.append(MoreRemoved(subject.whole, [[next(told) for _ in draw] for draw in plans[subject.label]]))
    _figure("more", more_removed_chart(found), more_reading(found), subjects)


def reordered(subjects: Sequence[Subject]) -> None:
    """The error by how much of the order is left (figure 5b)."""
    plans = {subject.label: other_orders(subject.groups, ORDERS) for subject in subjects}
    errors = _errors(subjects, plans, "Letting blocks change places")
    found = []
    for subject in subjects:
        taus = [kendall_tau(subject.blocks, order_after(subject.blocks, lesion.swapped)) for lesion in plans[subject.label]]
        found.append(Reordered(subject.whole, list(zip(taus, errors[subject.label], strict=True))))
    _figure("order", reordered_chart(found), order_reading(found), subjects)


def paths(subjects: Sequence[Subject]) -> None:
    """The gradient that comes back along single paths, by their length (figure 6)."""
    with_paths = [subject for subject in subjects if subject.model.spec.family in ("residual", "preactivation")]
    if not with_paths:
        st.info("A plain network is one single path, of full length: choose a residual network to see how its gradient is shared out among "
                "many. A highway layer's gate stands in both of its ways, which are therefore no separate paths.", icon=":material/route:")
        return
    log = switch("Norms on a log scale", "log", True)
    for number, subject in enumerate(with_paths):
        lengths = _lengths(subject)
        drawn = path_chart(subject.label, subject.model.spec.family, lengths, log)
        _figure(f"paths-{number}", drawn, path_reading(subject.label, lengths), [subject], view=f"log {log}")


def _errors(subjects: Sequence[Subject], plans: dict[str, Sequence[Lesion]], title: str) -> dict[str, list[float]]:
    """Each subject's errors with its lesions in turn; a bar tells how far it is."""
    whole = sum(map(len, plans.values()))
    bar = st.progress(0.0, text=title)
    done, found = 0, {}
    for subject in subjects:
        found[subject.label] = []
        for lesion in plans[subject.label]:
            bar.progress(done / whole, text=f"{title}: {plain(subject.label)}, {done + 1} of {whole}")
            found[subject.label].append(subject.judge(lesion).error)
            done += 1
    bar.empty()
    return found


def _lengths(subject: Subject) -> Sequence[PathLength]:
    shown, count = subject.pictures, len(subject.blocks) + 1
    known = _known_lengths(mark_of(subject.model), shown.dataset, len(shown.labels))
    if not known:
        use_one_thread()
        title = f"Following single paths back through {plain(subject.label)}"
        bar, found = st.progress(0.0, text=title), []
        draws = max(1, PASSES // count)
        for one in lengths_of(opened(subject.model.id), shown, PATH_PICTURES, draws):
            found.append(one)
            bar.progress(len(found) / count, text=f"{title}: length {one.length} of {count - 1}")
        bar.empty()
        known[:] = found  # at once: whoever interrupts a page leaves nothing half done
    return known


@st.cache_resource(max_entries=32, show_spinner=False)
def _known_lengths(mark: Mark, dataset: str, pictures: int) -> list[PathLength]:
    """What has been measured, for all sessions; empty at first."""
    return []


def _figure(name: str, drawn: dict, reading: Reading, subjects: Sequence[Subject], view: str = "") -> None:
    figure, text = beside(f"lesion-{name}")
    with figure:
        view = " ".join([view, *(f"{subject.model.id} {subject.pictures.dataset}" for subject in subjects)])
        chart(drawn, f"lesion-{name}-chart", height=HEIGHT, filename=f"lesions-{name}", view=view)
    with text:
        show_reading(reading)
