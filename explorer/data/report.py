"""What was taken of a user's pictures, and what was left out and why. Imports no torch."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple


class Skipped(NamedTuple):
    """A file that was left out, by its name inside the folder or zip, and the reason in words."""

    name: str
    reason: str


class ClassCount(NamedTuple):
    """How many pictures of a class there are in the training and in the validation part."""

    name: str
    train: int
    val: int


@dataclass(frozen=True)
class ImportReport:
    """What became of every file that a person may have meant as a picture; hidden files (.DS_Store) are not spoken of."""

    kept: int
    skipped: tuple[Skipped, ...]
    per_class: tuple[ClassCount, ...]

    def reasons(self) -> dict[str, int]:
        """How many files each reason left out, the commonest first."""
        return dict(Counter(one.reason for one in self.skipped).most_common())

    def summary(self) -> str:
        """One or two sentences: what was kept, and how much was left out why, with an example of each reason."""
        kept = f"{self.kept:,} pictures in {len(self.per_class)} classes."
        if not self.skipped:
            return kept
        examples = {one.reason: one.name for one in reversed(self.skipped)}
        left_out = "; ".join(f"{count:,} {reason} ({_short(examples[reason])})" for reason, count in self.reasons().items())
        return f"{kept} Left out: {left_out}."

    def without(self, broken: Iterable[Skipped], per_class: tuple[ClassCount, ...]) -> "ImportReport":
        """The same, with what only decoding could find."""
        broken = tuple(broken)
        return replace(self, kept=self.kept - len(broken), skipped=self.skipped + broken, per_class=per_class)


def class_counts(classes: tuple[str, ...], train: Iterable[tuple[str, int]], val: Iterable[tuple[str, int]]) -> tuple[ClassCount, ...]:
    """The count of each class in two lists of (name, class index)."""
    of_train, of_val = Counter(label for _, label in train), Counter(label for _, label in val)
    return tuple(ClassCount(name, of_train[i], of_val[i]) for i, name in enumerate(classes))


def _short(name: str) -> str:
    return name if len(name) <= 60 else f"…{name[-59:]}"
