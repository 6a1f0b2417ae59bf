"""An anatomy and its memory as text for the terminal and as JSON data. Imports no torch."""

from collections.abc import Iterator

from explorer.anatomy.layers import Anatomy, Layer
from explorer.anatomy.memory import Memory
from explorer.anatomy.outline import Group, outline
from explorer.anatomy.table import counted, factor_of, shape_text, stride_text


def summary_json(anatomy: Anatomy, memory: Memory) -> dict:
    """All there is to know, ready for JSON: totals, memory, one entry a layer, and what is not counted."""
    return {
        "network": anatomy.network,
        "title": anatomy.title,
        "input_shape": list(anatomy.input_shape),
        "params": anatomy.params,
        "macs": anatomy.macs,
        "flops": 2 * anatomy.macs,
        "elementwise": anatomy.elementwise,
        "activation_bytes": anatomy.activation_bytes,
        "kept_bytes": anatomy.kept_bytes,
        "memory": vars(memory) | {"peak": memory.peak},
        "layers": [dict(vars(layer)) for layer in anatomy.layers],
        "shortcuts": [[edge.source, edge.target] for edge in anatomy.edges if edge.kind == "shortcut"],
        "uncounted": list(anatomy.uncounted),
        "counted": counted(anatomy),
    }


def summary_text(anatomy: Anatomy, unit: str = "MACs") -> str:
    """A table for the terminal. Of identical blocks in a row the first is printed, with how many there are: a line's
    numbers are of one layer, and the totals of all."""
    factor = factor_of(unit)
    head = ("Layer", "Kind", "Output", "Kernel", "Stride", "Parameters", unit, "%", "Field", "Times")
    lines = []
    for layer, times in _once(outline(anatomy)):
        share = 100 * times * layer.macs / (anatomy.macs or 1)
        lines.append((layer.name, layer.kind, shape_text(layer.out_shape), shape_text(layer.kernel), stride_text(layer),
                      f"{layer.params:,}", f"{factor * layer.macs:,}", f"{share:.1f}", str(layer.receptive_field),
                      f"x {times}" if times > 1 else ""))
    total = ("Total", "", "", "", "", f"{anatomy.params:,}", f"{factor * anatomy.macs:,}", "100.0", "", "")
    widths = [max(map(len, column)) for column in zip(head, *lines, total)]
    rule = "-" * (sum(widths) + 2 * len(widths) - 2)
    table = [_aligned(head, widths), rule, *(_aligned(line, widths) for line in lines), rule, _aligned(total, widths)]
    title = f"{anatomy.title} ({anatomy.network}), input {shape_text(anatomy.input_shape)}"
    notes = counted(anatomy, unit).replace(". ", ".\n").splitlines()
    if any(line[-1] for line in lines):
        notes.insert(0, "x n: n identical blocks in a row, of which the first is shown; % is the share of all n.")
    return "\n".join([title, "", *table, "", *notes])


def memory_text(memory: Memory) -> str:
    """What the peak consists of, a line each."""
    lines = [(name, _megabytes(size)) for name, size in memory.parts().items() if size]
    lines.append((f"Peak, {memory.moment}", _megabytes(memory.peak)))
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join([f"{memory.title}:", *(f"  {name.ljust(widths[0])}  {size.rjust(widths[1])}" for name, size in lines)])


def subtotals_text(rows: list[dict]) -> str:
    """Subtotals as a table for the terminal."""
    cells = [list(rows[0]), *([_written(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    return "\n".join("  ".join(cell.rjust(width) if i else cell.ljust(width)
                               for i, (cell, width) in enumerate(zip(line, widths))) for line in cells)


def _written(value):
    return value if isinstance(value, str) else f"{value:.1f}" if isinstance(value, float) else f"{value:,}"


def _megabytes(size):
    return f"{size / 1e6:,.1f} MB"


def _once(items: tuple[Group | Layer, ...]) -> Iterator[tuple[Layer, int]]:
    """Every layer with how often it is there, folds by their first block."""
    for item in items:
        if isinstance(item, Layer):
            yield item, 1
        elif item.kind == "fold":
            yield from ((layer, len(item.items)) for layer in item.items[0].layers)
        else:
            yield from _once(item.items)


def _aligned(cells, widths):
    """The first five columns to the left, numbers to the right."""
    parts = [cell.ljust(width) if i < 5 else cell.rjust(width) for i, (cell, width) in enumerate(zip(cells, widths))]
    return "  ".join(parts).rstrip()
