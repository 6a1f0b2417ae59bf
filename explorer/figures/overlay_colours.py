"""An overlay on paper: the colour of each node of a diagram, and a legend with units below it.

The colours are viridis, small near the white of the paper and large dark, as in the drawing on screen.
"""

import math
from collections.abc import Callable, Iterable, Sequence

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.overlay import Overlay, Value
from explorer.figures.colours import mix

# For each node the names of the layers it stands for; for each node its fill and the ink on it, and the legend as an HTML-like label.
Painter = Callable[[dict[str, list[str]]], tuple[dict[str, tuple[str, str]], str]]

# matplotlib's viridis at eleven equal steps, from its dark end (van der Walt and Smith, 2015).
VIRIDIS = ("#440154", "#482475", "#414487", "#355F8D", "#2A788E", "#21918C", "#22A884", "#44BF70", "#7AD151", "#BDDF26", "#FDE725")
PREFIXES = ("", "k", "M", "G", "T")
NO_NUMBER = ("#BBBBBB", "#000000")
TICKS = 5
CELL = '<TD BGCOLOR="{}" BORDER="1" COLOR="#BBBBBB"><FONT COLOR="{}" POINT-SIZE="9">{}</FONT></TD>'


def painter(anatomy: Anatomy, overlay: Overlay, row: int = -1) -> Painter:
    """Colours nodes by the values of one row, the last unless said otherwise. A node without a value is left as it is."""
    values = dict(zip((layer.name for layer in anatomy.layers), overlay.values[row], strict=True))

    def paint(nodes: dict[str, list[str]]) -> tuple[dict[str, tuple[str, str]], str]:
        found = {node: together([values[name] for name in names], overlay.how) for node, names in nodes.items()}
        known = {node: value for node, value in found.items() if value is not None}
        scale = Scale(known.values(), overlay.scale)
        return {node: scale.colours(value) for node, value in known.items()}, _legend(overlay, scale, row)

    return paint


def together(values: Sequence[Value], how: str) -> Value:
    """One value for several layers: their sum, max or mean, None where none has one, NaN where one is not finite."""
    known = [value for value in values if value is not None]
    if not known or not all(map(math.isfinite, known)):
        return math.nan if known else None
    return {"sum": sum, "max": max, "mean": lambda numbers: sum(numbers) / len(numbers)}[how](known)


class Scale:
    """From values to colours. A linear scale begins at 0 where its values are no less than half apart from it."""

    def __init__(self, values: Iterable[float], kind: str):
        finite = [value for value in values if math.isfinite(value)]
        self.is_log = kind == "log" and any(value > 0 for value in finite)
        used = [value for value in finite if value > 0] if self.is_log else finite
        self.least, self.most = min(used, default=0), max(used, default=0)
        if not self.is_log and 0 < self.least < self.most / 2:
            self.least = 0

    def share(self, value: float) -> float:
        """Where a value lies between the least and the most, from 0 to 1; the middle where they are one."""
        if self.most == self.least:
            return 0.5
        if self.is_log:
            place, least, most = (math.log(max(number, self.least)) for number in (value, self.least, self.most))
        else:
            place, least, most = value, self.least, self.most
        return min(1.0, max(0.0, (place - least) / (most - least)))

    def colours(self, value: float) -> tuple[str, str]:
        """Fill, and the ink that can be read on it."""
        return self.at(self.share(value)) if math.isfinite(value) else NO_NUMBER

    def at(self, share: float) -> tuple[str, str]:
        """Fill and ink of a share from 0 to 1."""
        place = (1 - share) * (len(VIRIDIS) - 1)
        below = min(int(place), len(VIRIDIS) - 2)
        fill = mix(VIRIDIS[below], VIRIDIS[below + 1], place - below)
        return fill, ink_on(fill)

    def ticks(self) -> list[tuple[float, float]]:
        """Shares and their values, evenly over the scale; one where all values are the same."""
        if self.most == self.least:
            return [(0.5, self.least)]
        shares = [i / (TICKS - 1) for i in range(TICKS)]
        if self.is_log:
            least, most = math.log(self.least), math.log(self.most)
            return [(share, math.exp(least + share * (most - least))) for share in shares]
        return [(share, (1 - share) * self.least + share * self.most) for share in shares]


def ink_on(fill: str) -> str:
    """Black or white, whichever has the greater contrast (WCAG 2.2)."""
    parts = (int(fill[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    light = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (light + 0.05) ** 2 > 1.05 * 0.05 else "#FFFFFF"


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
    cells = "".join(CELL.format(*scale.at(share), amount(value)) for share, value in scale.ticks())
    unit = f" ({_escaped(overlay.unit)})" if overlay.unit and overlay.unit.lower() != overlay.label.lower() else ""
    step = f", step {overlay.steps[row]:,}" if overlay.steps else ""
    kind = ", log scale" if scale.is_log else ""
    head = f'<TD ALIGN="RIGHT">{_escaped(overlay.label)}{unit}{step}{kind}  </TD>'
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="3"><TR>{head}{cells}</TR></TABLE>>'


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
