"""What a drawing on paper shows while some groups are open: boxes in boxes, and lines between nodes. The groups' forms
are `tree`'s, how it looks is `diagram`'s concern.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.outline import Group, alike
from explorer.figures.tree import Node, Tree, flows


@dataclass
class Box:
    """A group with a frame around what it shows: an opened stage, a fold, and a block of more than one node."""

    group: Group
    is_open: bool
    items: list["Box | Node"] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """From node to node."""

    source: str
    target: str
    is_shortcut: bool = False


@dataclass
class Scene:
    """The stages in order, an opened one as a box and a closed one as a node; the lines, shortcuts last; and for every
    layer of the network the node that stands for it."""

    stages: list[Box | Node]
    lines: list[Line]
    node_of: dict[str, str]


def scene(anatomy: Anatomy, opened: Collection[str]) -> Scene:
    """The drawing of `anatomy` with just the groups of these ids open; ids that there are not change nothing."""
    tree, node_of = Tree(anatomy), {}
    stages = [item for stage in tree.stages for item in _shown(tree, stage, frozenset(opened))]
    for stage in stages:
        node_of.update((layer.name, node.name) for node in nodes(stage) for layer in node.layers)
    twins = {name: twin for name, twin in alike(anatomy).items() if name not in node_of}
    node_of.update((name, node_of[twin]) for name, twin in twins.items())
    return Scene(stages, _lines(anatomy, node_of, twins), node_of)


def nodes(item: Box | Node):
    """Every node in a box, however deep."""
    if isinstance(item, Node):
        yield item
    else:
        for inner in item.items:
            yield from nodes(inner)


def _shown(tree, group, opened):
    """The group's box, or what stands in its place where it has none."""
    is_open = group.id in opened
    items = []
    for item in tree.opened(group) if is_open else tree.closed(group):
        items += _shown(tree, item, opened) if isinstance(item, Group) else [item]
    has_box = {"stage": is_open, "fold": True, "block": len(items) > 1, "run": False}
    return [Box(group, is_open, items)] if has_box[group.kind] else items


def _lines(anatomy, node_of, twins):
    """What flows between nodes. Of a closed fold, whose layers but the first block's are `twins`, that is what flows
    within the first block and what the last one puts out."""
    lines: dict[tuple[str, str], Line] = {}
    for layer, name, is_shortcut in flows(anatomy):
        ends = node_of[name], node_of[layer.name]
        if layer.name not in twins and ends[0] != ends[1] and (ends not in lines or not is_shortcut):
            lines[ends] = Line(*ends, is_shortcut)
    # Graphviz keeps the order it is told: what comes last is drawn on the right.
    return sorted(lines.values(), key=lambda line: line.is_shortcut)
