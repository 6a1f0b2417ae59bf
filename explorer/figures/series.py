"""What the charts are drawn from: plain frozen data, whoever measured it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RunCurves:
    """The rows a training run has written so far: `step`, `epoch`, `loss`, `recent_error`, here and there `val_error`."""

    label: str
    family: str
    depth: int
    rows: Sequence[Mapping]


@dataclass(frozen=True)
class GradientSeries:
    """Gradient norms of one network: `norms[i][j]` belongs to `steps[i]` and `layers[j]`, input first.

    None stands for a norm that was not a finite number. `panel` names the subplot a profile is drawn in.
    """

    label: str
    family: str
    layers: Sequence[str]
    kinds: Sequence[str]
    steps: Sequence[int]
    norms: Sequence[Sequence[float | None]]
    depth: int = 0
    panel: str = ""

    def at(self, step: int) -> Sequence[float | None]:
        """The norms at the last measured step that is no later than `step`; nothing where there is none."""
        measured = [index for index, at in enumerate(self.steps) if at <= step]
        return self.norms[measured[-1]] if measured else ()


def uid(name: str) -> str:
    """By its uid Plotly knows a trace again: what the reader hid stays hidden when others join.

    Plotly also uses it inside a CSS selector, so it has letters, digits and dashes only.
    """
    return "-".join(re.findall(r"\w+", name, re.ASCII))


DASHES = ("solid", "dash", "dot", "dashdot")


def dashes(series: Sequence[RunCurves | GradientSeries]) -> dict[str, str]:
    """A dash pattern for each label, as a family has one colour only: its deepest network is drawn solid."""
    families: dict[str, set[tuple[int, str]]] = {}
    for one in series:
        families.setdefault(one.family, set()).add((-one.depth, one.label))
    return {
        label: DASHES[rank % len(DASHES)]
        for members in families.values()
        for rank, (_, label) in enumerate(sorted(members))
    }


def thinned(count: int, at_most: int) -> list[int]:
    """Evenly spaced indices out of `count`, the last one always among them, so that a long run stays quick to draw."""
    stride = max(1, -(-count // at_most))
    return sorted(range(count - 1, -1, -stride))
