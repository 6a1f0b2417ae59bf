"""A network as Graphviz source: stages, blocks and folds as nested boxes, shortcuts as arcs of their own colour.

In the SVG, the `<g>` of a layer's node has the id "layer:<name>", that of a box or of a closed stage "group:<id>", and
their classes say what they are (stage, fold, block, shortcut, signal). Stages are columns, the first on the left; a column
begins with the shape of the signal that enters it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape

import graphviz

from explorer.anatomy.layers import Anatomy
from explorer.figures import detail
from explorer.figures.colours import FAMILY_COLOURS, contrast, mix
from explorer.figures.columns import columns, entry
from explorer.figures.labels import Words, box_words, node_words, shape_text
from explorer.figures.scene import Box, Line, Scene, nodes, scene
from explorer.figures.tree import Node

FONT = "Helvetica"  # the one sans-serif face whose measures every Graphviz knows
SMALL = 9


@dataclass(frozen=True)
class Palette:
    """Colours for one background; boxes are transparent, so that it shows."""

    ink: str
    faint: str
    line: str
    box: str
    shortcut: str
    fills: dict[str, str]


def _palette(ink, paper, shortcut):
    tints = {"conv": "#5B8DB8", "linear": "#C9A227", "pool": "#7A9E7E"}
    fills = {fill: mix(paper, tint, 0.28) for fill, tint in tints.items()}
    plain = mix(paper, ink, 0.06)
    fills |= {"merge": mix(paper, shortcut, 0.12), "input": plain, "other": plain, "stage": fills["conv"]}
    return Palette(ink, mix(ink, paper, 0.4), mix(ink, paper, 0.45), mix(ink, paper, 0.7), shortcut, fills)


RESIDUAL = FAMILY_COLOURS["residual"]
LIGHT = _palette("#31333F", "#FFFFFF", RESIDUAL)
DARK = _palette("#F0F2F6", "#0E1117", mix(RESIDUAL, "#FFFFFF", 0.35))


def to_dot(anatomy: Anatomy, opened: Collection[str] | None = None, dark: bool = False,
           fills: Mapping[str, str] | None = None, most_columns: int | None = None,
           legend: str = "") -> str:
    """Graphviz source of `anatomy` with just the groups of the ids in `opened` open (see `detail.opened`; without it,
    the stages); ids that there are not change nothing.

    `fills` lays other colours, `#RRGGBB`, over the nodes, by the name of the layer or stage that a node bears.
    `most_columns` stacks stages where there would be more columns. `legend` is an HTML-like label of Graphviz, `<…>`, at
    the foot.
    """
    drawn = scene(anatomy, detail.opened(anatomy) if opened is None else opened)
    return _Writer(drawn, DARK if dark else LIGHT, fills or {}, most_columns).write(legend)


class _Writer:
    def __init__(self, drawn: Scene, palette: Palette, fills: Mapping[str, str], most_columns: int | None):
        self.palette, self.drawn, self.fills, self.plan = palette, drawn, fills, columns(drawn, most_columns)
        self.around = {node.name for stage in drawn.stages for node in nodes(stage) if node.kind == "shortcut"}

    def write(self, legend: str = "") -> str:
        p = self.palette
        graph = graphviz.Digraph(
            "network",
            graph_attr={"bgcolor": "transparent", "fontname": FONT, "fontsize": "11", "fontcolor": p.ink,
                        "nodesep": "0.2", "ranksep": "0.22", "pad": "0.1"},
            node_attr={"shape": "box", "style": "rounded,filled", "fontname": FONT, "fontsize": "11",
                       "fontcolor": p.ink, "color": p.line, "height": "0.3", "width": "1.8", "margin": "0.08,0.03",
                       "penwidth": "0.8"},
            edge_attr={"color": p.line, "arrowsize": "0.5", "penwidth": "1"},
        )
        self._items(graph, self.drawn.stages)
        for line in self.plan.lines:
            self._line(graph, line)
        # Told before the lines, they would push the last shortcut of a column to its left.
        for stage in self.drawn.stages:
            if isinstance(stage, Box):
                self._risers(graph, stage.group.id)
        if legend:  # last, for a cluster would inherit it
            graph.attr(label=legend, labelloc="b")
        return graph.source

    def _box(self, graph, box: Box):
        group, p = box.group, self.palette
        with graph.subgraph(name=f"cluster_{group.id}") as inner:
            inner.attr(id=f"group:{group.id}", label=self._title(box), labeljust="l", margin="7",
                       style="rounded,dashed" if group.kind == "fold" else "rounded", penwidth="1",
                       color=p.box, **{"class": group.kind})
            if group.kind == "stage":
                self._entry(inner, group.id)
            rows = self.plan.rows.get(group.id, ())
            for row in rows:
                self._risers(inner, row.id)
                self._entry(inner, row.id)
                self._items(inner, row.items)
            if not rows:
                self._items(inner, box.items)

    def _items(self, graph, items):
        for item in items:
            if isinstance(item, Box):
                self._box(graph, item)
            else:
                self._node(graph, item)

    def _entry(self, graph, column):
        """Where a column begins: the shape of the signal that enters a stage, a dot in a long fold."""
        if column not in self.plan.entries:
            return
        shape = self.plan.entries[column]
        if shape is None:
            graph.node(entry(column), "", shape="point", width="0.05", height="0.05", color=self.palette.line)
        else:
            graph.node(entry(column), shape_text(shape), style="rounded,dashed", fontsize="9", width="0.6",
                       height="0.2", fontcolor=self.palette.faint, **{"class": "signal"})

    def _risers(self, graph, column):
        """The way from the foot of one column up to the head of the next: its corners are points."""
        for riser in self.plan.risers.get(column, ()):
            for corner in (riser.foot, riser.turn, riser.top):
                graph.node(corner, "", shape="point", width="0.01", height="0.01", color=self.palette.line)
            plain = {"arrowhead": "none"}
            graph.edge(riser.source, riser.foot, weight="10", **plain)
            graph.edge(riser.foot, riser.turn, minlen="0", **plain)
            graph.edge(riser.top, riser.turn, minlen=str(riser.height), weight="20", **plain)
            graph.edge(riser.top, entry(column), minlen="0")
            if riser.before:
                graph.edge(riser.before, riser.top, minlen="0", style="invis")  # keeps the columns in order

    def _node(self, graph, node: Node):
        p, colour = self.palette, self.fills.get(node.name)
        attributes = {"fillcolor": colour or p.fills[node.fill]}
        if node.kind == "shortcut":
            attributes |= {"color": p.shortcut, "fontcolor": p.shortcut, "fontsize": str(SMALL), "width": "0.4",
                           "height": "0.22"}
        elif node.fill == "merge":
            attributes |= {"color": p.shortcut, "width": "0.5", "height": "0.24"}
        faint = p.faint
        if colour:
            faint = attributes["fontcolor"] = max(LIGHT.ink, DARK.ink, key=lambda ink: contrast(ink, colour))
        kind = "group" if node.kind == "stage" else "layer"
        graph.node(node.name, _html(node_words(node), faint), id=f"{kind}:{node.name}", **attributes)

    def _title(self, box: Box):
        p, words = self.palette, box_words(box.group)
        return f"<{_font(words.label, p.ink)}>" if box.group.kind == "block" else _html(words, p.faint, bold=True)

    def _line(self, graph, line: Line):
        attributes = {"weight": "10"}
        if line.is_shortcut:
            attributes = {"color": self.palette.shortcut, "penwidth": "1.8", "class": "shortcut"}
            if not {line.source, line.target} & self.around:
                attributes |= {"tailport": "e", "headport": "e"}  # around the block on its right
        graph.edge(line.source, line.target, **attributes)


def _html(words: Words, faint, bold=False):
    """An HTML-like label of Graphviz."""
    label = f"<B>{escape(words.label)}</B>" if bold else escape(words.label)
    gap = "  " if bold else " "
    return f"<{gap.join(filter(None, (_font(words.before, faint), label, _font(words.after, faint))))}>"


def _font(text, colour):
    return f'<FONT POINT-SIZE="{SMALL}" COLOR="{colour}">{escape(text)}</FONT>' if text else ""
