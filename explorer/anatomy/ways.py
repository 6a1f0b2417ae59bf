"""The ways through a network: its shortcuts by kind, its gates, its depth. Imports no torch."""

from collections import Counter
from dataclasses import dataclass

from explorer.anatomy.layers import WEIGHTED, Anatomy, Layer

# What a shortcut does on its way, the first that applies; a way without any layer is an identity.
KINDS = ("identity", "padding", "projection", "gated", "concatenation")


@dataclass(frozen=True)
class Shortcut:
    """A way around weighted layers, from the layer `source` to the merge `target`.

    `kind` is one of `KINDS`; `layers` names what stands on the way, and `params` adds up what these have learned.
    """

    kind: str
    source: str
    target: str
    layers: tuple[str, ...]
    params: int


def shortcuts_of(anatomy: Anatomy) -> tuple[Shortcut, ...]:
    """Every shortcut, in the order of the merges. A concatenation has one for each input that goes around."""
    by_name = {layer.name: layer for layer in anatomy.layers}
    readers = Counter(edge.source for edge in anatomy.edges)
    before = {edge.target: edge.source for edge in anatomy.edges if edge.kind == "shortcut"}
    found = []
    for edge in anatomy.edges:
        if edge.kind != "shortcut" or by_name[edge.target].kind not in ("add", "cat"):
            continue
        # What is read on the shortcut alone lies on it; where it starts, another branch starts too.
        source, way = edge.source, []
        while readers[source] == 1 and source in before:
            way.insert(0, by_name[source])
            source = before[source]
        kind = "concatenation" if by_name[edge.target].kind == "cat" else _kind(way)
        found.append(Shortcut(kind, source, edge.target, tuple(layer.name for layer in way), sum(layer.params for layer in way)))
    return tuple(found)


def around(anatomy: Anatomy) -> frozenset[str]:
    """The names of the layers that lie on a shortcut."""
    return frozenset(name for shortcut in shortcuts_of(anatomy) for name in shortcut.layers)


def gates_of(anatomy: Anatomy) -> tuple[str, ...]:
    """The weighted layers that a sigmoid alone reads and whose result is as large as what it gates, as in a highway."""
    readers: dict[str, list] = {}
    for layer in anatomy.layers:
        for name in layer.inputs:
            readers.setdefault(name, []).append(layer)
    return tuple(
        layer.name for layer in anatomy.layers
        if layer.kind in WEIGHTED and [reader.kind for reader in readers.get(layer.name, ())] == ["sigmoid"]
        and all(gated.out_shape == layer.out_shape for reader in readers[layer.name] for gated in readers.get(reader.name, ()))
    )


def depth_of(anatomy: Anatomy) -> int:
    """Weighted layers on the longest way from input to output: 34 of ResNet-34, whose projections lie beside it."""
    longest: dict[str, int] = {}
    for layer in anatomy.layers:
        longest[layer.name] = max((longest[name] for name in layer.inputs), default=0) + (layer.kind in WEIGHTED)
    return max(longest.values(), default=0)


def channels(layer: Layer, shape: tuple[int, ...]) -> int:
    """Of a weighted layer's input or output `shape`: the first number of a convolution's, the last of all others', which
    have tokens or pixels before."""
    return shape[0] if layer.kind == "conv" else shape[-1]


def _kind(way):
    kinds = {layer.kind for layer in way}
    if "mul" in kinds:
        return "gated"
    if kinds & set(WEIGHTED):
        return "projection"
    return "padding" if kinds else "identity"
