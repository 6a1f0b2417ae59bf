"""Passing many pictures through the chosen networks, and keeping what has been answered for all sessions."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import streamlit as st

from explorer.ui.classify.many.pictures import Pictures
from explorer.ui.format import count
from explorer.vision.kept import mark_of

if TYPE_CHECKING:
    from explorer.vision.loading import LoadedModel
    from explorer.vision.many import Answered, Phases
    from explorer.vision.sources import Refused

TOP = 5  # answers kept of each picture


@dataclass(frozen=True)
class Done:
    """What is known of some pictures by one network: the first `taken` of them are answered, or refused.

    `seconds` is how long this took, together with the other networks of the same pass: `beside` of them.
    """

    taken: int = 0
    rows: tuple["Answered", ...] = ()
    refused: tuple["Refused", ...] = ()
    phases: "Phases | None" = None
    seconds: float = 0
    beside: int = 1


@dataclass
class Kept:
    """The place of a `Done`, exchanged as a whole: whoever interrupts a page leaves nothing half done."""

    done: Done = field(default_factory=Done)


def answered(models: Sequence["LoadedModel"], pictures: Pictures) -> list[Done]:
    """By each network, in their order. Those that are not known yet pass together, and a bar tells how far they are. Raises ModelError."""
    kept = [_kept(pictures.key, mark_of(model.model)) for model in models]
    _answer_missing(models, kept, pictures)
    if len({tuple(row.name for row in one.done.rows) for one in kept}) > 1:
        # A file was lost or came back between two passes: together, all networks are given the same pictures.
        for one in kept:
            one.done = Done()
        _answer_missing(models, kept, pictures)
    return [one.done for one in kept]


def _answer_missing(models: Sequence["LoadedModel"], kept: Sequence[Kept], pictures: Pictures) -> None:
    """Networks that are equally far pass together."""
    missing: dict[int, list[int]] = {}
    for place, one in enumerate(kept):
        if one.done.taken < len(pictures.sources):
            missing.setdefault(one.done.taken, []).append(place)
    for taken, places in missing.items():
        _pass([models[place] for place in places], [kept[place] for place in places], pictures, taken)


def _pass(models: Sequence["LoadedModel"], kept: Sequence[Kept], pictures: Pictures, taken: int) -> None:
    """Answers the pictures from `taken` on, and keeps each batch at once."""
    from explorer.vision.many import Phases, answers

    whole, began, shown = len(pictures.sources), time.perf_counter(), 0.0
    bar = st.progress(taken / whole, text=f"{count(taken)} of {count(whole)} pictures")
    done = [replace(one.done, phases=one.done.phases or Phases(), beside=len(models)) for one in kept]
    earlier = done[0].seconds
    for batch in answers(models, pictures.sources[taken:], TOP):
        seconds = time.perf_counter() - began
        for place, one in enumerate(done):
            own = tuple(replace(row, answers=(row.answers[place],)) for row in batch.rows)
            done[place] = Done(
                one.taken + len(batch.rows) + len(batch.refused), one.rows + own, one.refused + batch.refused, one.phases + batch.phases,
                earlier + seconds, len(models),
            )  # fmt: skip
            if done[place].taken > kept[place].done.taken:  # another session may be further
                kept[place].done = done[place]
        if seconds - shown > 0.1:
            shown, now = seconds, done[0].taken
            bar.progress(now / whole, text=f"{count(now)} of {count(whole)} pictures, {(now - taken) / seconds:.3g} a second")
    bar.empty()


@st.cache_resource(max_entries=16, show_spinner=False)
def _kept(pictures: str, mark: tuple) -> Kept:
    return Kept()
