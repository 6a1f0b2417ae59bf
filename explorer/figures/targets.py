"""How soon runs came down to an error: in steps and in seconds, over the seeds of each arm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ERRORS = {"validation": "val_error", "training": "train_error"}


@dataclass(frozen=True)
class Reached:
    """The step at which a run was first seen at or below the error, and its seconds of training, if it recorded them."""

    step: int
    seconds: float | None


@dataclass(frozen=True)
class Target:
    """What the seeds of one arm needed: those that got there, of `count` that have been validated at all."""

    arm: str
    reached: Sequence[Reached]
    count: int


def first_below(rows: Sequence[Mapping], key: str, error: float) -> Reached | None:
    """The first validation at which `key`, a fraction, was at most `error`; None if there was none.

    Training error too is looked at there, where it is the mean over the whole epoch: a lucky batch does not count.
    """
    for row in _validated(rows):
        value = row.get(key)
        if type(value) in (int, float) and value <= error:
            seconds = row.get("seconds")
            return Reached(row["step"], seconds if type(seconds) in (int, float) else None)
    return None


def targets(arms: Mapping[str, Sequence[Sequence[Mapping]]], key: str, error: float) -> list[Target]:
    """For each arm, given the rows of its seeds, what these needed."""
    found = []
    for arm, seeds in arms.items():
        measured = [rows for rows in seeds if _validated(rows)]
        reached = [one for rows in measured if (one := first_below(rows, key, error))]
        found.append(Target(arm, reached, len(measured)))
    return found


def _validated(rows: Sequence[Mapping]) -> list[Mapping]:
    return [row for row in rows if type(row.get("val_error")) in (int, float)]
