"""The columns of a table of layers: what each says, how it is written, and how a group's values become one."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Column:
    """A column of `table.rows` by its `name`.

    `key` is its short lasting name, for addresses; `how` says how the values of several layers become one, where they
    can; `usual` columns are shown until a reader chooses others.
    """

    name: str
    kind: Literal["text", "count", "bytes", "percent"] = "text"
    help: str = ""
    key: str = ""
    how: Literal["sum", "max"] | None = None
    usual: bool = True

    def __post_init__(self):
        if not self.key:
            object.__setattr__(self, "key", self.name.lower().replace(" ", "-"))


def columns(unit: str = "MACs") -> tuple[Column, ...]:
    """The columns of `table.rows` in their order; `unit` is "MACs" or "FLOPs"."""
    return (
        Column("Layer", key="layer", help="The module's path; an operation without a module has the name of its block before it"),
        Column("Kind", key="kind"),
        Column("Stage", key="stage", usual=False),
        Column("Block", key="block", usual=False),
        Column("Input", key="input", usual=False, help="Channels × height × width, for one image"),
        Column("Output", key="output", help="Channels × height × width, for one image"),
        Column("Kernel", key="kernel", help="Height × width of the window; on the page a stride other than 1 follows after a slash"),
        Column("Stride", key="stride", usual=False, help="How far the window moves, in values of its input"),
        Column("Parameters", "count", "Learned numbers", "parameters", "sum"),
        Column("Parameters %", "percent", "Share of all parameters of the network", "parameters-share", "sum"),
        Column("Trainable", "count", "How many of the parameters training changes", "trainable", "sum", usual=False),
        Column(unit, "count", _WORK[unit], "work", "sum"),
        Column(f"{unit} %", "percent", f"Share of all {unit} of the network", "work-share", "sum"),
        Column("Element-wise", "count", "Operations of biases, normalisation, activations, pooling and additions", "elementwise", "sum",
               usual=False),
        Column("Activation bytes", "bytes", "Memory of the layer's result in 32-bit floats, for one image", "activations", "sum"),
        Column("Kept for backward", "bytes", "What training keeps of this layer for the backward pass, in 32-bit floats, for one "
               "image; what an earlier layer has kept is not counted twice", "kept", "sum", usual=False),
        Column("Receptive field", "count", "Side of the square of input pixels that one value of the result depends on", "field", "max"),
        Column("Jump", "count", "Distance of neighbouring values of the result, in input pixels", "jump", "max", usual=False),
    )


_WORK = {
    "MACs": "Multiply-adds of convolutions and matrix products, for one image",
    "FLOPs": "Two for each multiply-add of convolutions and matrix products, for one image",
}
