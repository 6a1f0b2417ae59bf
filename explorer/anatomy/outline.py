"""A network in stages, blocks, and runs of identical blocks; derived from its layers alone. Imports no torch.

A group's id is a stable text: "layer1" for a stage, "layer1.0" for a block, "layer1.1-2" for a fold, which is a row of
identical blocks, here layer1.1 and layer1.2, and "input-relu" for a run, which is a row of layers outside blocks.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from explorer.anatomy.layers import WEIGHTED, Anatomy, Layer

# A fold must be worth a reader's click: two residual blocks are, three single convolutions are not.
FOLDED_LAYERS = 4


@dataclass(frozen=True)
class Group:
    """Layers and groups that belong together, in the order of computation.

    `kind` is "stage" (of blocks, folds, runs and single layers), "fold" (of identical blocks), "block" or "run" (both
    of layers).
    """

    id: str
    kind: str
    items: tuple["Layer | Group", ...]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Every layer in it, however deep."""
        return tuple(layer for item in self.items for layer in (item.layers if isinstance(item, Group) else (item,)))


def outline(anatomy: Anatomy) -> tuple[Group, ...]:
    """The stages in order. A stage that others interrupt comes again as `name~2`; the input belongs to the first."""
    stages: list[Group] = []
    seen: dict[str, int] = {}
    first = next((layer.stage for layer in anatomy.layers if layer.stage), "network")
    for name, layers in groupby(anatomy.layers, key=lambda layer: layer.stage or first):
        seen[name] = seen.get(name, 0) + 1
        stage = name if seen[name] == 1 else f"{name}~{seen[name]}"
        stages.append(Group(stage, "stage", tuple(_items(tuple(layers)))))
    return tuple(stages)


def groups(anatomy: Anatomy) -> Iterator[Group]:
    """Every group of the outline, the outer before the inner."""
    pending = list(reversed(outline(anatomy)))
    while pending:
        group = pending.pop()
        yield group
        pending.extend(item for item in reversed(group.items) if isinstance(item, Group))


def alike(anatomy: Anatomy) -> dict[str, str]:
    """For every layer of a fold the layer of the fold's first block that stands for it."""
    names = {}
    for fold in groups(anatomy):
        if fold.kind == "fold":
            first = fold.items[0].layers
            names.update((layer.name, twin.name) for block in fold.items for layer, twin in zip(block.layers, first))
    return names


def _items(layers):
    """Blocks, runs and single layers of one stage, identical blocks in a row folded."""
    pieces = []
    for block, members in groupby(layers, key=lambda layer: layer.block):
        members = tuple(members)
        if block:
            pieces.append(Group(block, "block", members))
        else:
            pieces.append(Group(f"{members[0].name}-{members[-1].name}", "run", members) if len(members) > 1 else members[0])
    while pieces:
        count = _repeats(pieces)
        row, pieces = pieces[:count], pieces[count:]
        weighted = sum(layer.kind in WEIGHTED for layer in row[0].layers) if count > 1 else 0
        if count * weighted >= FOLDED_LAYERS:
            yield Group(f"{row[0].id}-{row[-1].id.rpartition('.')[2]}", "fold", tuple(row))
        else:
            yield from (piece.items[0] if isinstance(piece, Group) and len(piece.items) == 1 else piece for piece in row)


def _repeats(pieces):
    """How many of the first pieces are blocks identical to the first, each fed by the one before alone."""
    if not _is_block(pieces[0]):
        return 1
    pattern = _signature(pieces[0])
    count = 1
    for before, block in zip(pieces, pieces[1:]):
        if not _is_block(block) or _signature(block) != pattern:
            break
        known = {layer.name for piece in (before, block) for layer in piece.items}
        if not all(known.issuperset(layer.inputs) for layer in block.items):
            break
        count += 1
    return count


def _is_block(piece):
    return isinstance(piece, Group) and piece.kind == "block"


def _signature(block):
    """All that makes two blocks identical: names and wiring within the block, kinds, shapes and costs."""
    inside = {layer.name for layer in block.items}
    start = len(block.id) + 1
    return [
        (layer.name[start:], layer.kind, layer.in_shape, layer.out_shape, layer.kernel, layer.stride, layer.params,
         layer.macs, tuple(name[start:] if name in inside else None for name in layer.inputs))
        for layer in block.items
    ]
