"""What the charts are drawn from: plain frozen data, whoever measured it."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from explorer.figures.colours import colour, mix


@dataclass(frozen=True)
class RunCurves:
    """The rows a training run has written so far: `step`, `epoch`, `seconds`, `loss`, `recent_error`, `lr`, here and there
    `val_error` and `val_loss`.

    Runs of one `arm` differ in their seed only; "" stands for an arm of its own. `batch` is the images a step, `macs` the
    multiply-adds of a forward pass over one image, where they are known.
    """

    label: str
    family: str
    depth: int
    rows: Sequence[Mapping]
    arm: str = ""
    batch: int = 0
    macs: int | None = None


@dataclass(frozen=True)
class LayerValues:
    """One quantity of each layer of one network: `values[i][j]` belongs to `steps[i]` and `layers[j]`, input first.

    None stands for what was not a finite number. `panel` names the subplot a profile is drawn in.
    """

    label: str
    family: str
    layers: Sequence[str]
    kinds: Sequence[str]
    steps: Sequence[int]
    values: Sequence[Sequence[float | None]]
    depth: int = 0
    panel: str = ""

    def at(self, step: int) -> Sequence[float | None]:
        """The values at the last measured step that is no later than `step`; nothing where there is none."""
        index = bisect_right(self.steps, step)
        return self.values[index - 1] if index else ()


def uid(name: str) -> str:
    """By its uid Plotly knows a trace again: what the reader hid stays hidden when others join.

    Plotly also uses it inside a CSS selector, so it has letters, digits and dashes only.
    """
    return "-".join(re.findall(r"\w+", name, re.ASCII))


DASHES = ("solid", "dash", "dot", "dashdot")
# What a family's colour is mixed with, and how much of it: twelve networks of one family, as many as are started at once, differ.
SHADES = (("#FFFFFF", 0.0), ("#FFFFFF", 0.45), ("#000000", 0.35))
DEPTH = "layer, counted from the input"


def looks(series: Sequence[RunCurves | LayerValues]) -> dict[str, dict]:
    """Colour and dash of each label's line, a family's deepest network solid in its very colour.

    Beyond four networks a family the dashes come again in a lighter shade, beyond eight in a darker one.
    """
    order: dict[str, set[tuple[int, str]]] = {}
    for one in series:
        order.setdefault(one.family, set()).add((-one.depth, one.label))
    return {
        label: {"color": mix(colour(family), *SHADES[rank // len(DASHES) % len(SHADES)]), "dash": DASHES[rank % len(DASHES)]}
        for family, members in order.items()
        for rank, (_, label) in enumerate(sorted(members))
    }
