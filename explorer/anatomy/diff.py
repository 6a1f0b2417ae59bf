"""What one network has that another has not: marks for the drawings of both, and sentences. Imports no torch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod

from explorer.anatomy.alignment import Alignment, align
from explorer.anatomy.diff_words import sentences
from explorer.anatomy.layers import WEIGHTED, Anatomy, Layer
from explorer.anatomy.ways import Shortcut, channels, shortcuts_of


@dataclass(frozen=True)
class Change:
    """One property of a layer, such as "stride", that is `before` in one network and `after` in the other."""

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        amounts = {"channels": "{} channels", "input channels": "reads {} channels"}
        return amounts.get(self.what, f"{self.what} {{}}").format(f"{self.before} → {self.after}")


@dataclass(frozen=True)
class Difference:
    """How a network differs from another, which stands before it.

    Marks are as the network view takes them: `layers` has ("added", "removed" or "changed", a short text) by name,
    `edges` has [source, target, "added" or "removed"] for shortcuts. What is removed is in the marks of the network
    `before`, what is added in those of the one `after`.
    """

    before: Mapping
    after: Mapping
    sentences: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether every layer and every shortcut of one has its like in the other."""
        return not any(marks[what] for marks in (self.before, self.after) for what in ("layers", "edges"))


def differences(a: Anatomy, b: Anatomy, unit: str = "MACs") -> Difference:
    """How `b` differs from `a`; its work is told in `unit`, "MACs" or "FLOPs"."""
    alignment = align(a, b)
    changed = [(x, y, changes) for x, y in alignment.layers if (changes := changes_between(x, y))]
    before = _marks(a, (x for x, _ in alignment.layers), "removed", ((x, changes) for x, _, changes in changed))
    after = _marks(b, (y for _, y in alignment.layers), "added", ((y, changes) for _, y, changes in changed))
    before["edges"], after["edges"] = _lone_shortcuts(a, b, alignment)
    told = [(y.name, change) for _, y, changes in changed for change in changes]
    return Difference(before, after, tuple(sentences(a, b, alignment, told, unit)))


def changes_between(x: Layer, y: Layer) -> list[Change]:
    """What of a layer's own differs: how much it computes follows from that and from the image it gets."""
    found = []
    if x.kind in WEIGHTED:
        found += [
            Change("channels", *(f"{channels(layer, layer.out_shape):,}" for layer in (x, y))),
            Change("input channels", *(f"{channels(layer, layer.in_shape):,}" for layer in (x, y))),
            Change("groups", *map(_groups, (x, y))),
            Change("bias", *map(_bias, (x, y))),
        ]
    # An average over all there is, or over what is left of it, has no window of its own.
    if x.kernel and y.kernel and x.kind != "avgpool":
        found += [Change("kernel", *map(_sides, (x.kernel, y.kernel))), Change("stride", *map(_steps, (x.stride, y.stride)))]
    return [change for change in found if change.before != change.after]


def _marks(anatomy: Anatomy, paired: Iterable[Layer], alone: str, changed: Iterable[tuple[Layer, list[Change]]]) -> dict:
    known = {layer.name for layer in paired}
    layers = {layer.name: [alone, alone] for layer in anatomy.layers if layer.name not in known}
    layers |= {layer.name: ["changed", ", ".join(map(str, changes))] for layer, changes in changed}
    return {"layers": layers}


def _lone_shortcuts(a: Anatomy, b: Anatomy, alignment: Alignment):
    """The edges of the shortcuts that only `a` has, and of those that only `b` has.

    A shortcut is known by where it comes back and by its kind; what it starts from may have been put in between.
    """
    twins = {y.name: x.name for x, y in alignment.layers}
    mine = {_key(shortcut): shortcut for shortcut in shortcuts_of(a)}
    yours = {_key(shortcut, twins): shortcut for shortcut in shortcuts_of(b)}
    return ([edge for key, shortcut in mine.items() if key not in yours for edge in _edges(shortcut, "removed")],
            [edge for key, shortcut in yours.items() if key not in mine for edge in _edges(shortcut, "added")])


def _key(shortcut: Shortcut, twins: Mapping[str, str] | None = None):
    """With `twins`, in the other network's names; what has no twin there keeps a name that no layer has."""
    source, target = (name if twins is None else twins.get(name, f"new {name}") for name in (shortcut.source, shortcut.target))
    return target, shortcut.kind, source if shortcut.kind == "concatenation" else ""


def _edges(shortcut, sign):
    way = (shortcut.source, *shortcut.layers, shortcut.target)
    return [[source, target, sign] for source, target in zip(way, way[1:])]


def _groups(layer):
    """Into how many groups a convolution's channels are divided: so many times fewer products make a result."""
    if layer.kind != "conv" or not layer.macs:
        return "1"
    return str(prod(layer.out_shape) * layer.in_shape[0] * prod(layer.kernel) // layer.macs)


def _bias(layer):
    made, read = channels(layer, layer.out_shape), channels(layer, layer.in_shape)
    weights = made * read * prod(layer.kernel or ()) // int(_groups(layer))
    return "with" if layer.kind in ("conv", "linear") and layer.params == weights + made else "without"


def _sides(kernel):
    return "×".join(map(str, kernel))


def _steps(stride):
    return str(stride[0]) if len(set(stride)) == 1 else _sides(stride)
