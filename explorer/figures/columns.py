"""Where a drawing turns a corner: stages are columns side by side, and a long opened fold is several columns too.

Graphviz ranks nodes from top to bottom. A line from the foot of one column to the head of the next would pull the next
one down, so it is led over corners of its own: down from the foot, right, up beside the next column, and into its
head. The way up is drawn with a fixed height, which needs each node's rank to be known beforehand: it is the longest
way from the head of its column.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil, sqrt

from explorer.figures.scene import Box, Line, Scene, nodes
from explorer.figures.tree import Node

# Longer opened folds are several columns.
MANY_BLOCKS = 6
# Columns that are this many times as many rows as the square root of all make a picture of a screen's proportions.
ROWS = 1.25


@dataclass(frozen=True)
class Row:
    """One column of a long opened fold."""

    id: str
    items: list[Box | Node]


@dataclass(frozen=True)
class Riser:
    """The way from a node to the head of a column; `height` in ranks."""

    source: str
    foot: str
    turn: str
    top: str
    height: int
    before: str = ""  # the head of the column on the left


@dataclass
class Columns:
    """`entries`: columns with a head, and the shape that enters there (None inside a fold). `rows`: the columns of each
    long opened fold. `risers`: the ways up to the head of each column. `lines`: all others, between nodes and heads."""

    entries: dict[str, tuple[int, ...] | None] = field(default_factory=dict)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    risers: dict[str, list[Riser]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)


def entry(column: str) -> str:
    """Name of the node at the head of a column."""
    return f"into {column}"


def columns(drawn: Scene, most: int | None = None) -> Columns:
    """Divides a scene into columns, and its lines into those within a column and risers between them. An opened stage
    is a column of its own, unless there would be more than `most`: then some stand one below another."""
    plan = Columns()
    paths: dict[str, tuple[str, ...]] = {}
    shapes = {}
    column_of = _stacked([stage for stage in drawn.stages if isinstance(stage, Box)], most)
    for stage in drawn.stages:
        # A closed stage is no column: it stands below what feeds it.
        placed = [(stage, ())] if isinstance(stage, Node) else _placed(stage, (column_of[stage.group.id],), plan)
        for node, path in placed:
            paths[node.name] = path
            shapes[node.name] = node.layers[-1].out_shape
    links: dict[tuple[str, str], Line] = {}
    feeds: list[tuple[str, str]] = []
    for line in drawn.lines:
        source, path = line.source, paths[line.source]
        for depth, column in enumerate(paths[line.target], 1):
            if column in path:
                continue
            if column not in plan.entries:
                plan.entries[column] = shapes[source] if depth == 1 else None
                paths[entry(column)] = paths[line.target][:depth]
                shapes[entry(column)] = shapes[source]
            if path == paths[line.target][: depth - 1]:
                links.setdefault((source, entry(column)), Line(source, entry(column)))
            elif (source, column) not in feeds:
                feeds.append((source, column))
            source, path = entry(column), paths[entry(column)]
        links[(source, line.target)] = Line(source, line.target, line.is_shortcut)
    plan.lines = list(links.values())
    _raise(plan, feeds)
    return plan


def _stacked(stages, most):
    """The column of each stage, called by the stage at its head: at most so many, and none longer than need be."""
    if most is None or len(stages) <= most:
        return {stage.group.id: stage.group.id for stage in stages}
    lengths = [1 + sum(1 for _ in nodes(stage)) for stage in stages]  # one for its title
    limits = sorted({sum(lengths[i:j]) for j in range(len(lengths) + 1) for i in range(j)})
    for limit in limits[limits.index(max(lengths)) :]:
        column_of, filled = {}, limit
        for stage, length in zip(stages, lengths):
            if filled + length > limit:
                head, filled = stage.group.id, 0
            column_of[stage.group.id] = head
            filled += length
        if len(set(column_of.values())) <= most:
            return column_of


def _placed(box, path, plan) -> Iterator[tuple[Node, tuple[str, ...]]]:
    """Every node in a box with the columns it stands in, the outer first."""
    items = box.items
    if box.group.kind == "fold" and box.is_open and len(box.group.items) > MANY_BLOCKS:
        plan.rows[box.group.id] = rows = _rows(box)
        for row in rows:
            yield from _each(row.items, (*path, row.id), plan)
    else:
        yield from _each(items, path, plan)


def _each(items, path, plan):
    for item in items:
        if isinstance(item, Box):
            yield from _placed(item, path, plan)
        else:
            yield item, path


def _rows(fold):
    """The blocks of a long fold, each a box or a node, in columns of equal length."""
    count = ceil(sqrt(len(fold.items)) / ROWS)
    rows = ceil(len(fold.items) / count)
    cuts = [*range(0, len(fold.items), rows), len(fold.items)]
    return [Row(f"{fold.group.id}#{number}", fold.items[start:end])
            for number, (start, end) in enumerate(zip(cuts, cuts[1:]), 1)]


def _raise(plan, feeds):
    """Turns feeds (source, column) into risers of the right height."""
    by_target: dict[str, list[str]] = {}
    for line in plan.lines:
        by_target.setdefault(line.target, []).append(line.source)
    ranks: dict[str, int] = {}

    def rank(name):
        if name not in ranks:
            ranks[name] = 1 + max((rank(source) for source in by_target.get(name, ())), default=-1)
        return ranks[name]

    for source, column in feeds:
        first = f"{column.rpartition('#')[0]}#1" if "#" in column else column
        ranks[entry(column)] = rank(entry(first)) if entry(first) in by_target else 0
        before = ""
        if "#" in column:
            stem, _, number = column.rpartition("#")
            before = entry(f"{stem}#{int(number) - 1}")
        known = plan.risers.setdefault(column, [])
        name = f"{len(known) + 1} to {column}"
        known.append(Riser(source, f"foot {name}", f"turn {name}", f"top {name}",
                           rank(source) + 1 - ranks[entry(column)], before))
