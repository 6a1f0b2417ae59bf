"""How often a network is right about pictures whose class is known, and what it takes for what. Imports no torch.

What is known of a picture is the name of the folder it lies in. `standard_error` is the binomial one; two networks that saw
the same pictures are compared picture by picture, for what is hard to one is mostly hard to the other too.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from explorer.networks.known_data import IMAGENET_CLASS_COUNT, IMAGENETTE_CLASSES

Meanings = Mapping[str, Sequence[int]]  # the places among a network's classes that a folder's name can mean
WORDNET = re.compile("n[0-9]{8}")


@dataclass(frozen=True)
class Seen:
    """A picture of known class: its folder's name, and the places of the classes answered, the likeliest first."""

    label: str
    answers: Sequence[int]


@dataclass(frozen=True)
class Judgement:
    """A network's answers to pictures of known class: `wrong` of `pictures`.

    `wrong_of_five` are those whose class was not among the first five answers; None where fewer than five were kept or there
    are not many more classes than five. `cells` counts pictures by (true class, class answered), both as places in the
    network's list of classes. `unmatched` are folders whose name is no class of this network: their pictures do not count.
    """

    pictures: int
    wrong: int
    wrong_of_five: int | None
    cells: dict[tuple[int, int], int]
    unmatched: tuple[str, ...]

    @property
    def error(self) -> float | None:
        """From 0 to 1; None without any picture."""
        return self.wrong / self.pictures if self.pictures else None

    @property
    def standard_error(self) -> float | None:
        """Of the error as an estimate for all such pictures: sqrt(p (1 - p) / n).

        None where no answer or every one is wrong: the formula's 0 would say that the error is known exactly.
        """
        return math.sqrt(self.error * (1 - self.error) / self.pictures) if 0 < self.wrong < self.pictures else None

    @property
    def confusions(self) -> list[tuple[int, int, int]]:
        """(true class, class answered, pictures), the most frequent mistakes first."""
        wrong = [(truth, answer, count) for (truth, answer), count in self.cells.items() if truth != answer]
        return sorted(wrong, key=lambda one: (-one[2], one[0], one[1]))


@dataclass(frozen=True)
class Difference:
    """Two networks on the same pictures: how many only the first got right, and how many only the second."""

    pictures: int
    only_first: int
    only_second: int

    @property
    def points(self) -> float:
        """The second's error less the first's, from -1 to 1."""
        return (self.only_first - self.only_second) / self.pictures

    @property
    def standard_error(self) -> float:
        """Of `points`, for paired answers (McNemar 1947): sqrt(b + c - (b - c)^2 / n) / n."""
        gap = self.only_first - self.only_second
        return math.sqrt(self.only_first + self.only_second - gap * gap / self.pictures) / self.pictures

    @property
    def chance(self) -> float:
        """How often equals would differ at least as much: the exact two-sided sign test of McNemar's pairs, from 0 to 1."""
        apart = self.only_first + self.only_second
        tail = sum(math.comb(apart, few) for few in range(min(self.only_first, self.only_second) + 1))
        return min(1.0, 2 * tail / 2**apart)


def judge(seen: Sequence[Seen], classes: Sequence[str], meant: Meanings | None = None) -> Judgement:
    """Hold a network's answers against what the pictures show. `classes` are its own, in their order; `meant` is what the folders'
    names mean, where other networks have a say in it (`shared_meanings`)."""
    meant = meanings({one.label for one in seen}, classes) if meant is None else meant
    known = [one for one in seen if meant[one.label]]
    cells: Counter[tuple[int, int]] = Counter()
    for one in known:
        right = one.answers[0] in meant[one.label]
        cells[meant[one.label][0], meant[one.label][0] if right else one.answers[0]] += 1
    kept = len(classes) > 10 and all(len(one.answers) >= 5 for one in known)
    wrong_of_five = sum(not set(one.answers[:5]) & set(meant[one.label]) for one in known) if kept and known else None
    wrong = sum(count for (truth, answer), count in cells.items() if truth != answer)
    unmatched = tuple(sorted({one.label for one in seen if not meant[one.label]}))
    return Judgement(len(known), wrong, wrong_of_five, dict(cells), unmatched)


def rightness(seen: Sequence[Seen], meant: Meanings) -> list[bool | None]:
    """Whether each picture's first answer is right; None where its folder's name is no class of this network."""
    return [one.answers[0] in meant[one.label] if meant[one.label] else None for one in seen]


def compare(first: Sequence[bool | None], second: Sequence[bool | None]) -> Difference | None:
    """Whether each of two networks was right about the same pictures; those that either has no class for do not count."""
    pairs = [pair for pair in zip(first, second, strict=True) if None not in pair]
    if not pairs:
        return None
    return Difference(len(pairs), sum(a and not b for a, b in pairs), sum(b and not a for a, b in pairs))


def meanings(labels: Iterable[str], classes: Sequence[str]) -> dict[str, tuple[int, ...]]:
    """The places among a network's classes that each folder's name can mean: mostly one, none where it is not among them.

    Names match whatever their case, and with spaces, underscores or hyphens; of ImageNet's "tench, Tinca tinca" the first
    counts. Two classes of one name are both meant. WordNet's numbers are known for Imagenette's classes,
    and for all of ImageNet's where all their folders are there: the classes are in the order of these numbers. Folders that
    are all called by numbers below the number of classes mean these places, where no class has a name of this kind.
    """
    labels = list(labels)
    found = _by_name(labels, classes)
    if _all_numbers(labels, len(classes)) and not any(name.strip().isdecimal() for name in classes):
        return {label: places or (int(label),) for label, places in found.items()}
    return found


def shared_meanings(labels: Iterable[str], several: Sequence[Sequence[str]]) -> list[dict[str, tuple[int, ...]]]:
    """The meanings to several networks of these classes: a folder whose name is a class of one of them shows that class to all,
    so that the digit 7 is no horse, though horses are the class of this number to another network."""
    labels = list(labels)
    by_name = [_by_name(labels, classes) for classes in several]
    if any(places for found in by_name for places in found.values()):
        return by_name
    return [meanings(labels, classes) for classes in several]


def _by_name(labels: Sequence[str], classes: Sequence[str]) -> dict[str, tuple[int, ...]]:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(classes):
        places.setdefault(_same(name), []).append(place)
    numbers = sorted({label for label in labels if WORDNET.fullmatch(label)})
    by_rank = {label: rank for rank, label in enumerate(numbers)} if len(numbers) == len(classes) == IMAGENET_CLASS_COUNT else {}
    found = {}
    for label in labels:
        name = _same(IMAGENETTE_CLASSES.get(label, label))
        if label in by_rank:
            found[label] = (by_rank[label],)
        else:
            found[label] = tuple(places.get(name) or places.get(_same(label.split(",")[0]), ()))
    return found


def _same(name: str) -> str:
    """What names that mean the same have in common."""
    return " ".join(re.sub(r"[\s_-]+", " ", name).split()).casefold()


def _all_numbers(labels: Sequence[str], count: int) -> bool:
    return all(label.isascii() and label.isdecimal() and len(label) < 10 and int(label) < count for label in labels)
