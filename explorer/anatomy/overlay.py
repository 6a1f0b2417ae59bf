"""A quantity laid over a network's drawing: a number for each layer and line, once or at several steps. Imports no torch."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.table import UNITS
from explorer.numbers import word

Value = float | int | None
Row = tuple[Value, ...]
Range = tuple[float, float]

HOWS = ("sum", "max", "mean")
SCALES = ("log", "linear")
# From so many times the smallest value on, equal steps of colour stand for equal factors.
DECADES = 100
# A scrubber has no more places than that, and a drawing no more numbers to carry.
MOST_STEPS = 200
MOST_VALUES = 200_000
DIGITS = 6
# What is measured of a fresh network (explorer.lab.first_gradients): its name in commands and addresses, and on screen.
INITIAL_GRADIENT, INITIAL_GRADIENT_LABEL = "initial_gradient", "Gradient norm at initialisation"


@dataclass(frozen=True)
class Overlay:
    """Values for the layers of one network.

    `values` has one row, or one for each of `steps`; a row has a value for each of the anatomy's layers, in their order:
    a number, not finite where that is what was measured, or None for a layer that has none. `values` None: on offer, not
    computed yet. `how` says how the values of layers that are drawn as one node are put together (sum, max, mean).

    `edges` has as many rows as `values`, each with a value for each of the anatomy's edges, in their order: what comes
    back along it from its target, a gradient's norm say. Such lines are drawn in its colour, the wider the more, and
    flow from the output to the input; a line that stands for several edges has the largest. `range` is what the colours
    reach from and to, so that they mean the same in several drawings (see `on_one_scale`); None: what the drawing has.
    Lines share it, unless they show another quantity, `edge_label`: then they have a logarithmic scale of their own, `edge_range`.
    """

    id: str
    label: str
    unit: str
    how: str
    scale: str
    note: str  # one sentence: what the numbers are
    values: tuple[Row, ...] | None = None
    steps: tuple[int, ...] | None = None
    edges: tuple[Row, ...] | None = None
    range: Range | None = None
    edge_label: str = ""
    edge_range: Range | None = None

    def to_json(self) -> dict:
        """What the drawing is sent: numbers to six digits; NaN and the infinities, which JSON has not, as these words.

        Made once: the page asks for it at every run.
        """
        return self._json

    @cached_property
    def _json(self) -> dict:
        return {
            "id": self.id,
            "label": self.label,
            "unit": self.unit,
            "how": self.how,
            "scale": self.scale,
            "note": self.note,
            "steps": None if self.steps is None else list(self.steps),
            "values": self._rows(self.values),
            "edges": self._rows(self.edges),
            "range": _ends(self.range),
            "edge_label": self.edge_label,
            "edge_range": _ends(self.edge_range),
        }

    def _rows(self, rows: tuple[Row, ...] | None) -> list | None:
        """One list for each step, or the only one."""
        if rows is None:
            return None
        sent = [[_sent(value) for value in row] for row in rows]
        return sent[0] if sent and self.steps is None else sent


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
    ends: Sequence[tuple[str, str]] = (),
    edge_rows: Sequence[Sequence[Value]] = (),
    edge_label: str = "",
) -> Overlay:
    """An overlay of what was measured of some layers: `rows[i][j]` belongs to `steps[i]` and the layer `names[j]`.

    Layers are named as the modules that hold the weights; a name that the anatomy has not (a classifier that takes no
    part in inference, say) is passed over. Rows beyond what a scrubber can show are thinned out. `scale` None: by the values.
    `edge_rows[i][j]`, where there are any, is the value of the line between the layers `ends[j]`, (source, target): of the
    same quantity, or of `edge_label`.
    """
    kept = range(len(rows)) if steps is None else thinned(len(rows), most_steps(anatomy, with_edges=bool(edge_rows)))
    values = _picked(rows, kept, _columns(anatomy, names))
    places = {pair: place for place, pair in enumerate(ends)}
    edges = _picked(edge_rows, kept, [places.get((edge.source, edge.target)) for edge in anatomy.edges]) if edge_rows else None
    chosen = None if steps is None else tuple(steps[i] for i in kept)
    overlay = Overlay(overlay_id, label, unit, how, scale or "linear", note, values, chosen, edges, edge_label=edge_label)
    return overlay if scale else replace(overlay, scale=scale_of(_on_scale(overlay)))


def on_one_scale(overlays: Sequence[Overlay]) -> tuple[Overlay, ...]:
    """The same overlays of one quantity, their colours from the smallest to the largest value of them all, lines included.

    For drawings side by side. Logarithmic where all their values together span decades; without a finite value the range
    is left to the drawing. Lines of another quantity get the range of all such lines.
    """
    rows = [row for overlay in overlays for row in _on_scale(overlay)]
    edges = [row for overlay in overlays if overlay.edge_label for row in overlay.edges or ()]
    scale = scale_of(rows)
    return tuple(replace(overlay, scale=scale, range=_range(rows, scale), edge_range=_range(edges, "log")) for overlay in overlays)


def scale_of(rows: Iterable[Sequence[Value]]) -> str:
    """"log" where the values span decades and none is negative, else "linear"."""
    finite = _finite(rows)
    above = [value for value in finite if value > 0]
    spans = bool(above) and min(finite) >= 0 and max(above) >= DECADES * min(above)
    return "log" if spans else "linear"


def thinned(count: int, at_most: int) -> list[int]:
    """Indices of every row, or of every 2nd, 4th, 8th, …, and of the last: those chosen stay so while a run goes on."""
    stride = 1
    while len(kept := _every(stride, count)) > max(2, at_most):
        stride *= 2
    return kept


def most_steps(anatomy: Anatomy, with_edges: bool = False) -> int:
    """How many steps an overlay of this network has at most."""
    values = len(anatomy.layers) + (len(anatomy.edges) if with_edges else 0)
    return max(2, min(MOST_STEPS, MOST_VALUES // max(1, values)))


def _every(stride: int, count: int) -> list[int]:
    return [*range(0, count - 1, stride), count - 1] if count else []


def _overlay(overlay_id, label, unit, how, values, note) -> Overlay:
    return Overlay(overlay_id, label, unit, how, scale_of([values]), note, (tuple(values),))


def _on_scale(overlay: Overlay) -> tuple[Row, ...]:
    """The rows that the scale of the colours is for: of the layers, and of lines of the same quantity."""
    return (*(overlay.values or ()), *(() if overlay.edge_label else overlay.edges or ()))


def _range(rows: Iterable[Sequence[Value]], scale: str) -> Range | None:
    """As where a drawing finds its own: a linear scale begins at 0 unless its values lie close together far from there."""
    seen = [value for value in _finite(rows) if scale == "linear" or value > 0]
    if not seen:
        return None
    least, most = min(seen), max(seen)
    return (0 if scale == "linear" and 0 < least < most / 2 else least, most)


def _finite(rows: Iterable[Sequence[Value]]) -> list[float]:
    return [value for row in rows for value in row if value is not None and math.isfinite(value)]


def _picked(rows: Sequence[Sequence[Value]], kept: Iterable[int], columns: Sequence[int | None]) -> tuple[Row, ...]:
    return tuple(tuple(None if column is None else rows[i][column] for column in columns) for i in kept)


def _columns(anatomy: Anatomy, names: Sequence[str]) -> list[int | None]:
    """For every layer the index of its name. An attention's weights are those of the module that it is part of."""
    places = {name: place for place, name in enumerate(names)}
    return [
        places.get(layer.name, places.get(layer.name.removesuffix(".attention")) if layer.kind == "attention" else None)
        for layer in anatomy.layers
    ]


def _ends(reach: Range | None) -> list | None:
    return None if reach is None else [_sent(float(end)) for end in reach]


def _sent(value: Value) -> Value | str:
    if not isinstance(value, float):
        return value
    return word(value) or float(f"{value:.{DIGITS}g}")
