"""An anatomy as rows, subtotals and totals. Imports no torch."""

from explorer.anatomy.columns import columns
from explorer.anatomy.layers import Anatomy, Layer

UNITS = {"MACs": 1, "FLOPs": 2}
GROUPINGS = ("stage", "block", "kind")
_TOGETHER = {"sum": sum, "max": max}


def rows(anatomy: Anatomy, unit: str = "MACs") -> list[dict]:
    """One row a layer, its columns named for the screen. Shares are percent of the network's total.

    `unit` is "MACs" or "FLOPs" (two for each MAC); raises `ValueError` for another.
    """
    factor = factor_of(unit)
    shares = anatomy.params or 1, anatomy.macs or 1
    return [
        {
            "Layer": layer.name,
            "Kind": layer.kind,
            "Stage": layer.stage,
            "Block": layer.block,
            "Input": shape_text(layer.in_shape),
            "Output": shape_text(layer.out_shape),
            "Kernel": shape_text(layer.kernel),
            "Stride": stride_text(layer),
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
        unit: factor_of(unit) * anatomy.macs,
        "Element-wise": anatomy.elementwise,
        "Activation bytes": anatomy.activation_bytes,
        "Kept for backward": anatomy.kept_bytes,
    }


def subtotals(anatomy: Anatomy, unit: str = "MACs", by: str = "stage") -> list[dict]:
    """One row for all layers of a stage, block or kind, in the order of their first layers: how many they are, sums of
    what can be added up, and the largest receptive field and jump.

    Layers outside any block are together as those of their stage. Raises `ValueError` for another `by`.
    """
    if by not in GROUPINGS:
        raise ValueError(f"subtotals are by {', '.join(GROUPINGS)}, not by {by}")
    groups: dict[str, list[dict]] = {}
    for row in rows(anatomy, unit):
        names = (row["Block"], row["Stage"], row["Kind"]) if by == "block" else (row[by.capitalize()], row["Kind"])
        groups.setdefault(next(filter(None, names)), []).append(row)
    together = [(column.name, _TOGETHER[column.how]) for column in columns(unit) if column.how]
    return [
        {by.capitalize(): name, "Layers": len(members)}
        | {column: join(row[column] for row in members) for column, join in together}
        for name, members in groups.items()
    ]


def counted(anatomy: Anatomy, unit: str = "MACs") -> str:
    """Which convention the numbers follow and what they leave out, in a few sentences."""
    what = {"MACs": "MACs are multiply-adds", "FLOPs": "FLOPs are 2 for each multiply-add"}
    factor_of(unit)
    sentences = [
        f"{what[unit]} of convolutions and matrix products, for one image; the papers' \"FLOPs\" are MACs.",
        "Not among them, but counted as element-wise operations: biases, normalisation, activations, pooling, additions.",
        "Activation bytes are what the layers' results occupy in 32-bit floats, and kept for backward what training holds of "
        "them until the backward pass.",
    ]
    if anatomy.uncounted:
        sentences.append(f"Not counted at all: {'; '.join(anatomy.uncounted)}.")
    return " ".join(sentences)


def factor_of(unit: str) -> int:
    """What a unit counts for each MAC; raises `ValueError` for another than "MACs" and "FLOPs"."""
    if unit not in UNITS:
        raise ValueError(f"the unit is {' or '.join(UNITS)}, not {unit}")
    return UNITS[unit]


def shape_text(shape: tuple[int, ...] | None) -> str:
    """64×56×56."""
    return "×".join(map(str, shape)) if shape else ""


def stride_text(layer: Layer) -> str:
    """2 where the stride is the same along both sides, else 2×1."""
    return "" if layer.stride is None else str(layer.stride[0]) if len(set(layer.stride)) == 1 else shape_text(layer.stride)
