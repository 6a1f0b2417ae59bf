"""An overlay on paper: the colour of each node of a diagram, and a legend with units below it.

The colours are viridis, what is small near the background and what is large far from it, as in the drawing on screen.
"""

import math
from collections.abc import Collection, Iterable, Sequence

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.overlay import Overlay, Value
from explorer.figures.colours import contrast, mix
from explorer.figures.scene import scene

# matplotlib's viridis at eleven equal steps, from its dark end (van der Walt and Smith, 2015).
VIRIDIS = ("#440154", "#482475", "#414487", "#355F8D", "#2A788E", "#21918C", "#22A884", "#44BF70", "#7AD151", "#BDDF26", "#FDE725")
INKS = ("#000000", "#FFFFFF")
PREFIXES = ("", "k", "M", "G", "T")
PAPER = {False: "#FFFFFF", True: "#0E1117"}
NO_NUMBER = "#888888"
TICKS = 5
LARGEST_LOG = 709.0  # the exponential of more is no float any more
CELL = '<TD BGCOLOR="{}" BORDER="1" COLOR="#BBBBBB"><FONT COLOR="{}" POINT-SIZE="9">{}</FONT></TD>'


def laid_over(
    anatomy: Anatomy, overlay: Overlay, opened: Collection[str], row: int = -1, dark: bool = False
) -> tuple[dict[str, str], str]:
    """For `to_dot` with the groups in `opened` open: the fill of each node by its name, and the legend, an HTML-like label.

    By the values of one row of the overlay, the last unless said otherwise. A node without a value is as the background.
    """
    values: dict[str, list[Value]] = {}
    node_of = scene(anatomy, opened).node_of
    for layer, value in zip(anatomy.layers, overlay.values[row], strict=True):
        values.setdefault(node_of[layer.name], []).append(value)
    found = {node: together(all_of_them, overlay.how) for node, all_of_them in values.items()}
    scale = Scale((value for value in found.values() if value is not None), overlay.scale, dark)
    return {node: scale.fill(value) for node, value in found.items()}, _legend(overlay, scale, row)


def together(values: Sequence[Value], how: str) -> Value:
    """One value for several layers: their sum, max or mean, None where none has one, NaN where one is not finite."""
    known = [value for value in values if value is not None]
    if not known or not all(map(math.isfinite, known)):
        return math.nan if known else None
    return {"sum": sum, "max": max, "mean": lambda numbers: sum(numbers) / len(numbers)}[how](known)


class Scale:
    """From values to colours. A linear scale begins at 0 where its values are no less than half apart from it."""

    def __init__(self, values: Iterable[float], kind: str, dark: bool = False):
        self.dark = dark
        finite = [value for value in values if math.isfinite(value)]
        self.is_log = kind == "log" and any(value > 0 for value in finite)
        used = [value for value in finite if value > 0] if self.is_log else finite
        self.least, self.most = min(used, default=0), max(used, default=0)
        if not self.is_log and 0 < self.least < self.most / 2:
            self.least = 0

    def share(self, value: float) -> float:
        """Where a value lies between the least and the most, from 0 to 1; the middle where they are one."""
        if value < self.least:
            return 0.0  # a zero on a logarithmic scale
        if self.most == self.least:
            return 0.5
        if self.is_log:
            place, least, most = (math.log(number) for number in (value, self.least, self.most))
        else:
            place, least, most = value, self.least, self.most
        if most == least:  # logarithms of two neighbouring floats may be one
            return 0.5
        return min(1.0, max(0.0, (place - least) / (most - least)))

    def fill(self, value: Value) -> str:
        """The colour of a value, of none, or of one that is not finite."""
        if value is None:
            return PAPER[self.dark]
        return colour_at(self.share(value), self.dark) if math.isfinite(value) else NO_NUMBER

    def ticks(self) -> list[tuple[float, float]]:
        """Shares and their values, evenly over the scale; one where all values are the same."""
        if self.most == self.least:
            return [(0.5, self.least)]
        shares = [i / (TICKS - 1) for i in range(TICKS)]
        if self.is_log:
            least, most = math.log(self.least), math.log(self.most)
            places = [math.exp(min(least + share * (most - least), LARGEST_LOG)) for share in shares]
            return [(share, min(max(place, self.least), self.most)) for share, place in zip(shares, places)]
        return [(share, (1 - share) * self.least + share * self.most) for share in shares]


def colour_at(share: float, dark: bool = False) -> str:
    """The `#RRGGBB` of a share from 0 to 1."""
    place = (share if dark else 1 - share) * (len(VIRIDIS) - 1)
    below = min(int(place), len(VIRIDIS) - 2)
    return mix(VIRIDIS[below], VIRIDIS[below + 1], place - below)


def amount(value: float) -> str:
    """Three digits, with k, M, G, T for thousands and powers of ten for what is small or larger: 2.36M, 0.402, 3.1e-5."""
    size = abs(value)
    if size and not 0.001 <= size < 1e15:
        digits, _, power = f"{value:.1e}".partition("e")
        return f"{digits}e{int(power)}"
    power = 0
    while size >= 999.5 and power < len(PREFIXES) - 1:
        size, power = size / 1000, power + 1
    digits = f"{math.copysign(size, value):.0f}" if size >= 100 else f"{math.copysign(size, value):.3g}"
    return f"{digits}{PREFIXES[power]}"


def _legend(overlay: Overlay, scale: Scale, row: int) -> str:
    fills = [(colour_at(share, scale.dark), value) for share, value in scale.ticks()]
    cells = "".join(CELL.format(fill, max(INKS, key=lambda ink: contrast(ink, fill)), amount(value)) for fill, value in fills)
    unit = f" ({_escaped(overlay.unit)})" if overlay.unit and overlay.unit.lower() != overlay.label.lower() else ""
    step = f", step {overlay.steps[row]:,}" if overlay.steps else ""
    kind = ", log scale" if scale.is_log else ""
    head = f'<TD ALIGN="RIGHT">{_escaped(overlay.label)}{unit}{step}{kind}  </TD>'
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3"><TR>{head}{cells}</TR></TABLE>>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
