"""The table of many pictures: a row a picture, its answers by each network side by side. No Streamlit."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.tables import csv_text
from explorer.vision.confusion import Judgement, Meanings, Seen, judge, rightness, shared_meanings

if TYPE_CHECKING:
    from explorer.vision.many import Answered

WORDS = {True: "right", False: "wrong", None: None}
MARKS = {True: " ✓", False: " ✗", None: ""}  # behind an answer, so that sorting still goes by its name


@dataclass(frozen=True)
class Column:
    """A network's answers to the same pictures as the others', and whether each is right: None where nobody can tell.

    `meant` is what the names of their classes mean to it.
    """

    label: str
    classes: Sequence[str]
    rows: Sequence["Answered"]
    meant: Meanings
    right: Sequence[bool | None]

    def named(self, place: int, rank: int = 0) -> str:
        """The class that it answers for a picture."""
        return self.classes[self.rows[place].answers[0].classes[rank]]


def columns_of(networks: Sequence[tuple[str, Sequence[str], Sequence["Answered"]]]) -> list[Column]:
    """Of networks by label and classes, with their answers to the same pictures."""
    labels = {row.label for row in networks[0][2] if row.label is not None}
    meant = shared_meanings(labels, [classes for _, classes, _ in networks])
    return [_column(*network, its) for network, its in zip(networks, meant, strict=True)]


def _column(label: str, classes: Sequence[str], rows: Sequence["Answered"], meant: Meanings) -> Column:
    known = iter(rightness(seen_of(rows), meant))
    return Column(label, classes, rows, meant, [None if row.label is None else next(known) for row in rows])


def judged(one: Column) -> Judgement:
    return judge(seen_of(one.rows), one.classes, one.meant)


def seen_of(rows: Sequence["Answered"]) -> list[Seen]:
    """Those of known class."""
    return [Seen(row.label, row.answers[0].classes) for row in rows if row.label is not None]


def know_the_same(columns: Sequence[Column]) -> bool:
    """Whether there are several networks, and all of them answer with the same classes: else their answers differ in any case."""
    return len(columns) > 1 and len({frozenset(map(_plainly, one.classes)) for one in columns}) == 1


def kept_rows(columns: Sequence[Column], which: str) -> list[int]:
    """The places of the pictures to show: "all" in their order; those that a network got "wrong", the surest mistakes first; those on
    which networks are "apart"."""
    places = range(len(columns[0].rows))
    if which == "wrong":
        sure = {place: max((one.rows[place].answers[0].probabilities[0] for one in columns if one.right[place] is False), default=None)
                for place in places}  # fmt: skip
        return sorted((place for place in places if sure[place] is not None), key=lambda place: -sure[place])
    if which == "apart":
        return [place for place in places if len({_plainly(one.named(place)) for one in columns}) > 1]
    return list(places)


def table(columns: Sequence[Column], places: Sequence[int], top: int) -> dict[str, list]:
    """The cells by their titles, in the order of the columns on the screen; of a network the first answer, with a mark where it can
    be judged, and the others as a text."""
    rows = [columns[0].rows[place] for place in places]
    cells: dict[str, list] = {"picture": [thumbnail_uri(row.thumbnail) for row in rows], "name": [row.name for row in rows]}
    if any(row.label is not None for row in columns[0].rows):
        cells["class"] = [row.label for row in rows]
    for number, one in enumerate(columns):
        titles = _titles(columns, number)
        cells[titles["answer"]] = [one.named(place) + MARKS[one.right[place]] for place in places]
        cells[titles["probability"]] = [100 * one.rows[place].answers[0].probabilities[0] for place in places]
        if top > 1:
            cells[titles["then"]] = [_then(one, place, top) for place in places]
    return cells


def as_csv(columns: Sequence[Column], places: Sequence[int], top: int) -> str:
    """All that is shown, and each answer in a cell of its own; probabilities from 0 to 1."""
    header = ["name", "class", "width", "height"]
    for one in columns:
        header += [f"{one.label}: {word} {rank + 1}" for rank in range(top) for word in ("answer", "probability")] + [f"{one.label}: right"]
    lines = []
    for place in places:
        row = columns[0].rows[place]
        line = [row.name, row.label, *row.size]
        for one in columns:
            answer = one.rows[place].answers[0]
            for rank in range(top):
                there = rank < len(answer.classes)
                line += [one.named(place, rank), answer.probabilities[rank]] if there else [None, None]
            line.append(WORDS[one.right[place]])
        lines.append(line)
    return csv_text([header, *lines])


def thumbnail_uri(webp: bytes) -> str:
    return f"data:image/webp;base64,{base64.b64encode(webp).decode()}"


def _titles(columns: Sequence[Column], number: int) -> dict[str, str]:
    """A network's column titles; its name goes before them where there are several."""
    before = f"{columns[number].label}: " if len(columns) > 1 else ""
    return {"answer": f"{before}answer", "probability": f"{before}%", "then": f"{before}then"}


def _then(one: Column, place: int, top: int) -> str:
    answer = one.rows[place].answers[0]
    ranks = range(1, min(top, len(answer.classes)))
    return ", ".join(f"{one.named(place, rank)} {100 * answer.probabilities[rank]:.1f}%" for rank in ranks)


def _plainly(name: str) -> str:
    return name.replace("_", " ").casefold()
