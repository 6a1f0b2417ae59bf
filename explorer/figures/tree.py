"""Every way a network can be drawn: each of its groups closed and opened, as nodes and the groups within.

Closed, a stage is one node; a fold shows its first block, which stands for all; a block, or a run of layers outside
blocks, has a node for each weighted layer, pooling and merge, with the light layers around it (BN, ReLU, dropout)
written small on its line, and one for whatever lies on a shortcut. Opened, a stage and a fold show the groups in them,
a block and a run every layer.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from explorer.anatomy.layers import WEIGHTED, Anatomy, Layer
from explorer.anatomy.outline import Group, outline

HOSTS = (*WEIGHTED, "input", "matmul", "maxpool", "avgpool", "add", "cat")
QUIET = ("flatten", "reshape", "permute", "slice", "copy", "split", "pad", "roll")
FILLS = {"conv": "conv", "linear": "linear", "attention": "linear", "maxpool": "pool", "avgpool": "pool", "input": "input",
         "add": "merge", "cat": "merge", "mul": "merge", "sub": "merge"}


@dataclass(frozen=True)
class Node:
    """A layer with the light ones merged into it; what lies on a shortcut; or a whole stage."""

    name: str  # of the layer that a click on it selects, or id of the stage
    layers: tuple[Layer, ...]
    kind: str = "layer"  # or "shortcut", "stage"

    @property
    def host(self) -> Layer:
        return next((layer for layer in self.layers if layer.name == self.name), self.layers[-1])

    @property
    def fill(self) -> str:
        """What its colour says: conv, linear, pool, merge, input, other, stage."""
        return "stage" if self.kind == "stage" else FILLS.get(self.host.kind, "other")


def flows(anatomy: Anatomy) -> Iterator[tuple[Layer, str, bool]]:
    """What is drawn as lines: the layer that reads, the name of the one it reads, and whether that is a shortcut.

    A concatenation that goes on with an earlier one (DenseNet) reads that one and what is new: the same values, and
    lines that can be followed.
    """
    shortcuts = {(edge.source, edge.target) for edge in anatomy.edges if edge.kind == "shortcut"}
    concatenations = {layer.inputs: layer.name for layer in anatomy.layers if layer.kind == "cat"}
    for layer in anatomy.layers:
        begun = concatenations.get(layer.inputs[:-1]) if layer.kind == "cat" else None
        if begun is None:
            yield from ((layer, name, (name, layer.name) in shortcuts) for name in layer.inputs)
        else:
            yield layer, begun, True
            yield layer, layer.inputs[-1], False


class Tree:
    """The groups of a network and the two forms of each. Nothing is made before it is asked for."""

    def __init__(self, anatomy: Anatomy):
        self.stages = outline(anatomy)
        self._kinds = {layer.name: layer.kind for layer in anatomy.layers}
        self._readers: dict[str, list[str]] = {}
        around: dict[str, bool] = {}
        for edge in anatomy.edges:
            self._readers.setdefault(edge.source, []).append(edge.target)
            for end in (edge.source, edge.target):
                around[end] = around.get(end, True) and edge.kind == "shortcut"
        # Layers of which all that flows in and out is a shortcut: slices, padding, projections.
        self._around = {name for name, is_around in around.items() if is_around}

    def closed(self, group: Group) -> tuple[Node, ...]:
        """The nodes of a closed group; those of a fold are of its first block."""
        if group.kind == "stage":
            return (Node(group.id, group.layers, "stage"),)
        return tuple(self._merged(group.items[0].items if group.kind == "fold" else group.items))

    def opened(self, group: Group) -> tuple[Node | Group, ...]:
        """The nodes and groups in an opened group; what lies on a shortcut stands last in its block."""
        if group.kind in ("block", "run"):
            return tuple(sorted((self._single(layer) for layer in group.items), key=lambda node: node.kind))
        return tuple(item if isinstance(item, Group) else self._single(item) for item in group.items)

    def _single(self, layer):
        return Node(layer.name, (layer,), "shortcut" if layer.name in self._around else "layer")

    def _merged(self, layers):
        """Nodes of layers in a row: each host with the light layers that belong on its line."""
        main = [layer for layer in layers if layer.name not in self._around]
        hosts = {layer.name: layer.name for layer in main}
        passes = [self._merge_ahead, self._merge_back]
        for merge in passes if _is_preactivated(main) else reversed(passes):
            merge(main, hosts)
        members: dict[str, list[Layer]] = {}
        for layer in main:
            members.setdefault(hosts[layer.name], []).append(layer)
        yield from (Node(name, tuple(merged)) for name, merged in members.items())
        yield from self._on_shortcuts(layers)

    def _on_shortcuts(self, layers):
        """A node for each way around: its weighted layer if it has one, with all else on it."""
        ways: list[list[Layer]] = []
        for layer in layers:
            if layer.name in self._around:
                way = next((way for way in ways if way[-1].name in layer.inputs), None)
                ways.append([layer]) if way is None else way.append(layer)
        for way in ways:
            host = next((layer for layer in way if layer.kind in WEIGHTED), way[-1])
            yield Node(host.name, tuple(way), "shortcut")

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
            readers = {hosts.get(name, "") for name in self._readers.get(layer.name, ())}
            if len(readers) == 1 and "" not in readers:
                host = readers.pop()
                kind = self._kinds[host]
                if kind in HOSTS and (layer.kind in ("mul", "sub")) == (kind == "add"):
                    hosts[layer.name] = host


def _is_preactivated(layers):
    first = next((layer.kind for layer in layers if layer.kind not in QUIET), "")
    return first in ("bn", "relu", "layernorm")
