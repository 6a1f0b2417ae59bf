"""A whole network for the browser to draw: its layers with their table rows, what flows between them, and every way to
draw each of its groups. What is what in the JSON:

    {"network": "cifar/basic-56",
     "columns": [{"name": "Kind", "kind": "text|count|bytes|percent",                  what stands in a layer's row, and
                  "help": "…", "how": "sum|max" or null}],                            how rows are put together
     "layers":  [{"name", "kind", "row": […]}],                                       in the order of computation
     "edges":   [[source, target, shortcut, [edge]]],                                 indices of layers; shortcut 0 or 1;
                                                                                      the anatomy's edges it stands for, left
                                                                                      out where it is the one of this place
     "items":   [group]}                                                              the stages in order

    node  = {"label", "fill", "main", "layers"} and, where they say anything, "before", "after", "around": 1
            `main` is the layer that the node bears the name of, `layers` are all it stands for
    group = {"id", "kind", "title", "note", "layers": [first, end], "closed": [node], "open": [node or group]}
    fold  = {"id", "kind": "fold", "title", "note", "layers": [first, end], "blocks": [{"id", "title"}], "first": group}

Of a fold's blocks only the first is written: the next one's layers are those of the one before, moved on by the number
of layers of a block. `network/graph.js` gives every node an id, "layer:NAME", or "group:ID" for a closed stage.
"""

import json

from explorer.anatomy import table
from explorer.anatomy.columns import columns
from explorer.anatomy.layers import Anatomy
from explorer.anatomy.outline import Group
from explorer.figures.labels import box_words, node_words
from explorer.figures.tree import Tree, flows


def graph_json(anatomy: Anatomy, unit: str = "MACs") -> str:
    """`anatomy` as the JSON above, the work in `unit`, "MACs" or "FLOPs"; raises `ValueError` for another unit."""
    rows = table.rows(anatomy, unit)
    places = {layer.name: place for place, layer in enumerate(anatomy.layers)}
    content = {
        "network": anatomy.network,
        "columns": _columns(unit),
        "layers": [{"name": layer.name, "kind": layer.kind,
                    "row": [_plain(value) for name, value in row.items() if name != "Layer"]}
                   for layer, row in zip(anatomy.layers, rows)],
        "edges": _edges(anatomy, places),
        "items": _Writer(Tree(anatomy), places).stages(),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


class _Writer:
    def __init__(self, tree, places):
        self.tree, self.places = tree, places

    def stages(self):
        return [self._item(stage) for stage in self.tree.stages]

    def _item(self, item):
        if not isinstance(item, Group):
            return self._node(item)
        layers = item.layers
        words, first = box_words(item), self.places[layers[0].name]
        group = {"id": item.id, "kind": item.kind, "title": words.label, "note": words.after, "layers": [first, first + len(layers)]}
        if item.kind == "fold":
            blocks = [{"id": block.id, "title": box_words(block).label} for block in item.items]
            return group | {"blocks": blocks, "first": self._item(item.items[0])}
        closed, opened = self.tree.closed(item), self.tree.opened(item)
        return group | {"closed": [self._item(one) for one in closed], "open": [self._item(one) for one in opened]}

    def _node(self, node):
        words, layers = node_words(node), [self.places[layer.name] for layer in node.layers]
        content = {
            "label": words.label,
            "before": words.before,
            "after": words.after,
            "fill": node.fill,
            "around": int(node.kind == "shortcut"),
            "main": self.places.get(node.name, layers[0]),
            "layers": layers,
        }
        return {key: value for key, value in content.items() if value or key in ("label", "main")}


def _edges(anatomy, places):
    read: dict[str, dict[str, int]] = {}
    for index, edge in enumerate(anatomy.edges):
        read.setdefault(edge.target, {})[edge.source] = index
    edges = []
    for layer, name, is_shortcut in flows(anatomy):
        # An earlier concatenation stands for all that it has put together, which is all but what is new.
        sources = [name] if name in read[layer.name] else layer.inputs[:-1]
        stands_for = [read[layer.name][source] for source in sources]
        edges.append([places[name], places[layer.name], int(is_shortcut), *([stands_for] if stands_for != [len(edges)] else [])])
    return edges


def _columns(unit):
    return [{"name": one.name, "kind": one.kind, "help": one.help, "how": one.how} for one in columns(unit) if one.name != "Layer"]


def _plain(value):
    return round(value, 4) if isinstance(value, float) else value
