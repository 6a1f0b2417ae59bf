"""An anatomy as rows, totals, CSV, terminal text and JSON data. Imports no torch."""

import csv
import io
from collections.abc import Iterator

from explorer.anatomy.layers import Anatomy, Layer
from explorer.anatomy.outline import Group, outline

UNITS = {"MACs": 1, "FLOPs": 2}


def rows(anatomy: Anatomy, unit: str = "MACs") -> list[dict]:
    """One row a layer, its columns named for the screen. Shares are percent of the network's total.

    `unit` is "MACs" or "FLOPs" (two for each MAC); raises `ValueError` for another.
    """
    factor = _factor(unit)
    shares = anatomy.params or 1, anatomy.macs or 1
    return [
        {
            "Layer": layer.name,
            "Kind": layer.kind,
            "Stage": layer.stage,
            "Block": layer.block,
            "Input": _shape(layer.in_shape),
            "Output": _shape(layer.out_shape),
            "Kernel": _shape(layer.kernel),
            "Stride": _stride(layer),
            "Parameters": layer.params,
            "Parameters %": 100 * layer.params / shares[0],
            "Trainable": layer.trainable,
            unit: factor * layer.macs,
            f"{unit} %": 100 * layer.macs / shares[1],
            "Element-wise": layer.elementwise,
            "Activation bytes": layer.activation_bytes,
            "Kept for backward": layer.kept_bytes,
            "Receptive field": layer.receptive_field,
            "Jump": layer.jump,
        }
        for layer in anatomy.layers
    ]


def totals(anatomy: Anatomy, unit: str = "MACs") -> dict:
    """The sums of the columns of `rows` that can be added up."""
    return {
        "Layer": "Total",
        "Parameters": anatomy.params,
        "Trainable": anatomy.trainable,
        unit: _factor(unit) * anatomy.macs,
        "Element-wise": anatomy.elementwise,
        "Activation bytes": anatomy.activation_bytes,
        "Kept for backward": anatomy.kept_bytes,
    }


def counted(anatomy: Anatomy, unit: str = "MACs") -> str:
    """Which convention the numbers follow and what they leave out, in a few sentences."""
    what = {"MACs": "MACs are multiply-adds", "FLOPs": "FLOPs are 2 for each multiply-add"}
    _factor(unit)
    sentences = [
        f"{what[unit]} of convolutions and matrix products, for one image; the papers' \"FLOPs\" are MACs.",
        "Not among them, but counted as element-wise operations: biases, normalisation, activations, pooling, additions.",
        "Activation bytes are what the layers' results occupy in 32-bit floats, and kept for backward what training holds of "
        "them until the backward pass.",
    ]
    if anatomy.uncounted:
        sentences.append(f"Not counted at all: {'; '.join(anatomy.uncounted)}.")
    return " ".join(sentences)


def to_csv(anatomy: Anatomy, unit: str = "MACs") -> str:
    """The rows with a line of column names, in ASCII: shapes are written 64x56x56."""
    table = rows(anatomy, unit)
    out = io.StringIO()
    writer = csv.DictWriter(out, table[0].keys(), lineterminator="\n")
    writer.writeheader()
    for row in table:
        writer.writerow({key: _plain(value) for key, value in row.items()})
    return out.getvalue()


def summary_json(anatomy: Anatomy) -> dict:
    """All there is to know, ready for JSON: totals, one entry a layer, and what is not counted."""
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
        "layers": [dict(vars(layer)) for layer in anatomy.layers],
        "shortcuts": [[edge.source, edge.target] for edge in anatomy.edges if edge.kind == "shortcut"],
        "uncounted": list(anatomy.uncounted),
        "counted": counted(anatomy),
    }


def summary_text(anatomy: Anatomy, unit: str = "MACs") -> str:
    """A table for the terminal. Of identical blocks in a row the first is printed, with how many there are: a line's
    numbers are of one layer, and the totals of all."""
    factor = _factor(unit)
    head = ("Layer", "Kind", "Output", "Kernel", "Stride", "Parameters", unit, "%", "Field", "Times")
    lines = []
    for layer, times in _once(outline(anatomy)):
        share = 100 * times * layer.macs / (anatomy.macs or 1)
        lines.append((layer.name, layer.kind, _shape(layer.out_shape), _shape(layer.kernel), _stride(layer),
                      f"{layer.params:,}", f"{factor * layer.macs:,}", f"{share:.1f}", str(layer.receptive_field),
                      f"x {times}" if times > 1 else ""))
    total = ("Total", "", "", "", "", f"{anatomy.params:,}", f"{factor * anatomy.macs:,}", "100.0", "", "")
    widths = [max(map(len, column)) for column in zip(head, *lines, total)]
    rule = "-" * (sum(widths) + 2 * len(widths) - 2)
    table = [_aligned(head, widths), rule, *(_aligned(line, widths) for line in lines), rule, _aligned(total, widths)]
    title = f"{anatomy.title} ({anatomy.network}), input {_shape(anatomy.input_shape)}"
    notes = counted(anatomy, unit).replace(". ", ".\n").splitlines()
    if any(line[-1] for line in lines):
        notes.insert(0, "x n: n identical blocks in a row, of which the first is shown; % is the share of all n.")
    return "\n".join([title, "", *table, "", *notes])


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


def _factor(unit):
    if unit not in UNITS:
        raise ValueError(f"the unit is {' or '.join(UNITS)}, not {unit}")
    return UNITS[unit]


def _shape(shape):
    return "×".join(map(str, shape)) if shape else ""


def _stride(layer):
    return "" if layer.stride is None else str(layer.stride[0]) if len(set(layer.stride)) == 1 else _shape(layer.stride)


def _plain(value):
    return f"{value:.4f}" if isinstance(value, float) else str(value).replace("×", "x")
