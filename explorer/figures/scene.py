"""What a diagram of a network shows: boxes in boxes, and lines between them. How it looks is `diagram`'s concern.

In a closed block and outside blocks, one node stands for a weighted layer, a pooling or a merge, with the light layers
around it (BN, ReLU, dropout) written small on its line; a shortcut is one line, whatever lies on it. In an opened
block every layer is a node. A closed fold shows its first block; a long opened one shows each block as one node.
"""

from collections.abc import Collection
from dataclasses import dataclass, field

from explorer.anatomy.layers import WEIGHTED, Anatomy, Layer
from explorer.anatomy.outline import Group, alike, outline

HOSTS = (*WEIGHTED, "input", "matmul", "maxpool", "avgpool", "add", "cat")
QUIET = ("flatten", "reshape", "permute", "slice", "copy", "split", "pad", "roll")
# Longer opened folds show each block as one node.
MANY_BLOCKS = 6


@dataclass
class Node:
    """A layer with the light ones merged into it; what lies on a shortcut; or a whole block of a long opened fold."""

    name: str  # of the layer, or id of the block
    layers: list[Layer]
    group: str  # id of the innermost group that a double click on it opens or closes, "" if none
    kind: str = "layer"  # or "shortcut", "block"

    @property
    def host(self) -> Layer:
        return next((layer for layer in self.layers if layer.name == self.name), self.layers[-1])


@dataclass
class Box:
    """A group as drawn: open, it shows all it has; closed, a fold shows one block and a block shows merged nodes."""

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
    """Boxes of the stages in order, the lines, shortcuts last, and for every layer of the network the node that stands
    for it."""

    stages: list[Box]
    lines: list[Line]
    node_of: dict[str, str]


def scene(anatomy: Anatomy, opened: Collection[str] = frozenset()) -> Scene:
    """The drawing of `anatomy` with the groups of these ids opened; ids that there are not change nothing."""
    return _Draughtsman(anatomy, frozenset(opened)).draw()


class _Draughtsman:
    def __init__(self, anatomy, opened):
        self.anatomy, self.opened = anatomy, opened
        self.layers = {layer.name: layer for layer in anatomy.layers}
        self.readers: dict[str, list[str]] = {}
        self.shortcuts = {(edge.source, edge.target) for edge in anatomy.edges if edge.kind == "shortcut"}
        around: dict[str, bool] = {}
        for edge in anatomy.edges:
            self.readers.setdefault(edge.source, []).append(edge.target)
            for end in (edge.source, edge.target):
                around[end] = around.get(end, True) and edge.kind == "shortcut"
        # Layers of which all that flows in and out is a shortcut: slices, padding, projections.
        self.around = {name for name, is_around in around.items() if is_around}
        self.concatenations = {layer.inputs: layer.name for layer in anatomy.layers if layer.kind == "cat"}
        self.node_of: dict[str, str] = {}

    def draw(self):
        stages = [Box(group, True, self._items(group.items, "")) for group in outline(self.anatomy)]
        twins = {name: twin for name, twin in alike(self.anatomy).items() if name not in self.node_of}
        self.node_of.update((name, self.node_of[twin]) for name, twin in twins.items())
        return Scene(stages, self._lines(twins), self.node_of)

    def _items(self, items, group):
        drawn, loose = [], []
        for item in items:
            if isinstance(item, Layer):
                loose.append(item)
                continue
            drawn += self._merged(loose, group) + (self._block(item) if item.kind == "block" else [self._fold(item)])
            loose = []
        return drawn + self._merged(loose, group)

    def _fold(self, fold):
        if fold.id not in self.opened:
            return Box(fold, False, self._merged(fold.items[0].items, fold.id))
        box = Box(fold, True)
        for block in fold.items:
            if len(fold.items) > MANY_BLOCKS and block.id not in self.opened:
                box.items += self._summary(block)
            else:
                box.items += self._block(block)
        return box

    def _block(self, block):
        """The block's box, or where it is closed and merges into one node, just that."""
        if block.id in self.opened:
            kinds = {layer.name: "shortcut" if layer.name in self.around else "layer" for layer in block.items}
            layers = sorted(block.items, key=lambda layer: kinds[layer.name])
            return [Box(block, True, [self._node(one.name, [one], block.id, kinds[one.name]) for one in layers])]
        nodes = self._merged(block.items, block.id)
        return [Box(block, False, nodes)] if len(nodes) > 1 else nodes

    def _summary(self, block):
        """One node for a block's layers, one for the merge that its shortcut ends in, and what lies on the shortcut."""
        merges = [i for i, layer in enumerate(block.items) if layer.kind == "add"]
        end = merges[-1] if merges else len(block.items)
        body = [layer for layer in block.items[:end] if layer.name not in self.around]
        nodes = [self._node(block.id, body, block.id, "block")]
        if merges:
            nodes.append(self._node(block.items[end].name, list(block.items[end:]), block.id))
        return nodes + self._on_shortcut(block.items, block.id)

    def _merged(self, layers, group):
        """Nodes of layers in a row: each host with the light layers that belong on its line."""
        main = [layer for layer in layers if layer.name not in self.around]
        hosts = {layer.name: layer.name for layer in main}
        passes = [self._merge_ahead, self._merge_back]
        for merge in passes if _is_preactivated(main) else reversed(passes):
            merge(main, hosts)
        members: dict[str, list[Layer]] = {}
        for layer in main:
            members.setdefault(hosts[layer.name], []).append(layer)
        return [self._node(name, members[name], group) for name in members] + self._on_shortcut(layers, group)

    def _on_shortcut(self, layers, group):
        """A node for each way around: its weighted layer if it has one, with all else on it."""
        ways: dict[str, list[Layer]] = {}
        for layer in layers:
            if layer.name in self.around:
                way = next((way for way in ways.values() if way[-1].name in layer.inputs), None)
                ways.setdefault(layer.name, [layer]) if way is None else way.append(layer)
        weighted = [next((layer for layer in way if layer.kind in WEIGHTED), way[-1]) for way in ways.values()]
        return [self._node(host.name, way, group, "shortcut") for host, way in zip(weighted, ways.values())]

    def _merge_back(self, layers, hosts):
        """Light layers join what they read."""
        for layer in layers:
            if hosts[layer.name] == layer.name and layer.kind not in (*HOSTS, "mul", "sub"):
                hosts[layer.name] = next((hosts[name] for name in layer.inputs if name in hosts), layer.name)

    def _merge_ahead(self, layers, hosts):
        """Light layers that one node alone reads join it: products a sum (a highway's gate), others any but a sum."""
        for layer in reversed(layers):
            if hosts[layer.name] != layer.name or layer.kind in HOSTS:
                continue
            readers = {hosts.get(name, "") for name in self.readers.get(layer.name, ())}
            if len(readers) == 1 and "" not in readers:
                host = readers.pop()
                kind = self.layers[host].kind
                if kind in HOSTS and (layer.kind in ("mul", "sub")) == (kind == "add"):
                    hosts[layer.name] = host

    def _node(self, name, layers, group, kind="layer"):
        self.node_of.update((layer.name, name) for layer in layers)
        return Node(name, layers, group, kind)

    def _lines(self, twins):
        """The edges between nodes. Of a closed fold, whose layers but the first block's are `twins`, those within the
        first block and what the last one puts out."""
        lines: dict[tuple[str, str], Line] = {}
        for layer in self.anatomy.layers:
            for name in () if layer.name in twins else self._inputs(layer):
                ends = self.node_of[name], self.node_of[layer.name]
                is_shortcut = (name, layer.name) in self.shortcuts
                if ends[0] != ends[1] and (ends not in lines or not is_shortcut):
                    lines[ends] = Line(*ends, is_shortcut)
        # Graphviz keeps the order it is told: what comes last is drawn on the right.
        return sorted(lines.values(), key=lambda line: line.is_shortcut)

    def _inputs(self, layer):
        """What it reads; of a concatenation that goes on with an earlier one (DenseNet), that one and what is new."""
        begun = self.concatenations.get(layer.inputs[:-1]) if layer.kind == "cat" else None
        if begun is None:
            return layer.inputs
        self.shortcuts.add((begun, layer.name))
        return (begun, layer.inputs[-1])


def _is_preactivated(layers):
    first = next((layer.kind for layer in layers if layer.kind not in QUIET), "")
    return first in ("bn", "relu", "layernorm")
