"""A quantity laid over a network's drawing: a number for each layer, once or at several steps. Imports no torch."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.table import UNITS

Value = float | int | None
Row = tuple[Value, ...]

HOWS = ("sum", "max", "mean")
SCALES = ("log", "linear")
# From so many times the smallest value on, equal steps of colour stand for equal factors.
DECADES = 100
# A scrubber has no more places than that, and a drawing no more numbers to carry.
MOST_STEPS = 200
MOST_VALUES = 200_000
DIGITS = 6
# What is measured of a fresh network (explorer.training.first_gradients): its name in commands and addresses, and on screen.
INITIAL_GRADIENT, INITIAL_GRADIENT_LABEL = "initial_gradient", "Gradient norm at initialisation"


@dataclass(frozen=True)
class Overlay:
    """Values for the layers of one network.

    `values` has one row, or one for each of `steps`; a row has a value for each of the anatomy's layers, in their order:
    a number, not finite where that is what was measured, or None for a layer that has none. `values` None: on offer, not
    computed yet. `how` says how the values of layers that are drawn as one node are put together (sum, max, mean).
    """

    id: str
    label: str
    unit: str
    how: str
    scale: str
    note: str  # one sentence: what the numbers are
    values: tuple[Row, ...] | None = None
    steps: tuple[int, ...] | None = None

    def to_json(self) -> dict:
        """What the drawing is sent: numbers to six digits; NaN and the infinities, which JSON has not, as these words.

        Made once: the page asks for it at every run.
        """
        return self._json

    @cached_property
    def _json(self) -> dict:
        rows = None if self.values is None else [[_sent(value) for value in row] for row in self.values]
        return {
            "id": self.id,
            "label": self.label,
            "unit": self.unit,
            "how": self.how,
            "scale": self.scale,
            "note": self.note,
            "steps": None if self.steps is None else list(self.steps),
            "values": rows[0] if rows and self.steps is None else rows,
        }


def built_in(anatomy: Anatomy, unit: str = "MACs") -> tuple[Overlay, ...]:
    """What is known of every network from its layers alone; `unit` is "MACs" or "FLOPs", two for each MAC.

    A layer that has no parameters, no multiply-adds or no result of its own has no value.
    """
    factor = UNITS[unit]
    layers = anatomy.layers
    return (
        _overlay("params", "Parameters", "parameters", "sum", [layer.params or None for layer in layers],
                 "Learned numbers of each layer."),
        _overlay("macs", unit, unit, "sum", [factor * layer.macs or None for layer in layers],
                 f"{unit} of convolutions and matrix products, for one image."),
        _overlay("activations", "Activation memory", "bytes", "sum", [layer.activation_bytes or None for layer in layers],
                 "What each layer's result occupies in 32-bit floats, for one image."),
        _overlay("receptive_field", "Receptive field", "pixels", "max", [layer.receptive_field for layer in layers],
                 "Side of the square of input pixels that one value of the result depends on."),
    )  # fmt: skip


def measured(
    anatomy: Anatomy,
    overlay_id: str,
    label: str,
    unit: str,
    note: str,
    names: Sequence[str],
    rows: Sequence[Sequence[Value]],
    steps: Sequence[int] | None = None,
    how: str = "max",
    scale: str | None = None,
) -> Overlay:
    """An overlay of what was measured of some layers: `rows[i][j]` belongs to `steps[i]` and the layer `names[j]`.

    Layers are named as the modules that hold the weights; a name that the anatomy has not (a classifier that takes no
    part in inference, say) is passed over. Rows beyond what a scrubber can show are thinned out. `scale` None: by the values.
    """
    kept = range(len(rows)) if steps is None else thinned(len(rows), most_steps(anatomy))
    columns = _columns(anatomy, names)
    values = tuple(tuple(None if column is None else rows[i][column] for column in columns) for i in kept)
    chosen = None if steps is None else tuple(steps[i] for i in kept)
    return Overlay(overlay_id, label, unit, how, scale or scale_of(values), note, values, chosen)


def scale_of(rows: Iterable[Sequence[Value]]) -> str:
    """"log" where the values span decades and none is negative, else "linear"."""
    finite = [value for row in rows for value in row if value is not None and math.isfinite(value)]
    above = [value for value in finite if value > 0]
    spans = bool(above) and min(finite) >= 0 and max(above) >= DECADES * min(above)
    return "log" if spans else "linear"


def thinned(count: int, at_most: int) -> list[int]:
    """Indices of every row, or of every 2nd, 4th, 8th, …, and of the last: those chosen stay so while a run goes on."""
    stride = 1
    while len(kept := _every(stride, count)) > max(2, at_most):
        stride *= 2
    return kept


def most_steps(anatomy: Anatomy) -> int:
    """How many steps an overlay of this network has at most."""
    return max(2, min(MOST_STEPS, MOST_VALUES // max(1, len(anatomy.layers))))


def _every(stride: int, count: int) -> list[int]:
    return [*range(0, count - 1, stride), count - 1] if count else []


def _overlay(overlay_id, label, unit, how, values, note) -> Overlay:
    return Overlay(overlay_id, label, unit, how, scale_of([values]), note, (tuple(values),))


def _columns(anatomy: Anatomy, names: Sequence[str]) -> list[int | None]:
    """For every layer the index of its name. An attention's weights are those of the module that it is part of."""
    places = {name: place for place, name in enumerate(names)}
    return [
        places.get(layer.name, places.get(layer.name.removesuffix(".attention")) if layer.kind == "attention" else None)
        for layer in anatomy.layers
    ]


def _sent(value: Value) -> Value | str:
    if not isinstance(value, float):
        return value
    if math.isfinite(value):
        return float(f"{value:.{DIGITS}g}")
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
