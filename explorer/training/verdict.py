"""When one error counts as larger than another: the one rule for every sentence about runs. Imports no torch."""

from collections import Counter
from collections.abc import Sequence

# Errors within this ratio, or within this many (one in a hundred images), are about the same: another seed moves them as much.
CLEARLY = 1.2
LEAST = 0.01
CHANCE = 0.95
ONE_SEED = "Each comparison rests on one seed, the same for both runs: another seed can turn a small difference round."
SOME_ONE_SEED = "Where no band is given, a comparison rests on one seed: another can turn a small difference round."


def verdict(before: float, after: float) -> str:
    """What became of an error (a fraction) from `before` to `after`: `worse`, `better`, or `same`, no clear difference."""
    if ratio(after, before) >= CLEARLY:
        return "worse"
    return "better" if ratio(after, before) <= 1 / CLEARLY else "same"


def ratio(one: float, other: float) -> float:
    """How many times the other; 1 where the difference is too small to mean anything."""
    if abs(one - other) < LEAST:
        return 1.0
    return one / other if other else float("inf")


def over_seeds(pairs: Sequence[tuple[float, float]]) -> str:
    """What became of an error over several seeds, each with its `before` and `after`.

    `worse` or `better` where that holds on more than half of the seeds, the contrary on none, and the mean goes the same
    way; `mixed` where some seeds say one and some the other; else `same`.
    """
    count = Counter(verdict(*pair) for pair in pairs)
    if count["worse"] and count["better"]:
        return "mixed"
    rise = sum(after - before for before, after in pairs)
    if count["worse"] > len(pairs) / 2 and rise > 0:
        return "worse"
    return "better" if count["better"] > len(pairs) / 2 and rise < 0 else "same"


def at_chance(error: float, classes: int) -> bool:
    """Whether an error is about that of guessing, 90% with ten classes: then it says nothing about what was changed."""
    return error >= CHANCE * (1 - 1 / classes)
