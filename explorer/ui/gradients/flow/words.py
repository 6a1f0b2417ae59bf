"""What the numbers of fresh networks say, in sentences and in a table."""

import math
from collections.abc import Sequence
from statistics import median

from explorer.figures.series import LayerValues
from explorer.ui.format import count, percent
from explorer.ui.gradients.flow.measured import Flow

LEARNING_RATE = 0.05  # as `lab.fresh` has it, which imports torch
# Values at both ends that differ by less than this factor are level.
LEVEL = 3
# A loss this close to ln(classes), as a fraction of it, is that of guessing; from so many times ln(classes) on it is far above.
AT_CHANCE = 0.03
FAR_ABOVE = 1.5


def in_words(flow: Flow, quantity: str, steps: Sequence[int]) -> str:
    """How one quantity changes from one end of the network to the other at the steps that have been measured, and the loss.

    Gradients are followed from the last layer back to the first, as they flow, activations from the first to the last.
    """
    series, say = flow.series(quantity), {"mean": _forwards, "std": _forwards, "dead": _dead}.get(quantity, _backwards)
    parts = [
        f"{_when(step.step)} {say(series, index)}{_loss(step.loss, flow.spec.classes)}"
        for index, step in enumerate(flow.steps)
        if step.step in steps
    ]
    return f"**{flow.label} {flow.panel}**: {'; '.join(parts)}."


def shortcuts_in_words(flow: Flow, shortcuts: Sequence[tuple[str, str]], step: int) -> str:
    """How much of what comes back to the blocks of a network comes along their shortcuts; "" for one that has none.

    `shortcuts` are the edges (source, target) of the network's graph that go around a block's weights.
    """
    stages = _shortcut_ratios(flow, shortcuts, step)
    if not stages:
        return ""
    ratios = [ratio for stage in stages for ratio in stage]
    when = "at initialisation" if step == 0 else f"after {count(step)} step{'s' if step > 1 else ''}"
    if not all(map(math.isfinite, ratios)):
        return f"**{flow.label} {flow.panel}**: {when} what comes back along its shortcuts is not a finite number."
    blocks = f"{count(len(ratios))} block{'s' if len(ratios) > 1 else ''}"
    return (
        f"**{flow.label} {flow.panel}**: {when} what comes back along a shortcut is {_size(median(ratios))} times what comes back through "
        f"the weights beside it, the median of {blocks}; {_by_stage(stages)}."
    )


def table(flows: Sequence[Flow], steps: Sequence[int]) -> list[dict]:
    """A row for each network and step: first and last convolution, their ratio, the loss."""
    rows = []
    for flow in flows:
        series = flow.series("weight")
        for index, step in enumerate(flow.steps):
            if step.step not in steps:
                continue
            first, last = first_and_last(series, index)
            rows.append(
                {
                    "network": flow.label,
                    "normalisation": flow.panel,
                    "step": step.step,
                    "first conv": first,
                    "last conv": last,
                    "first / last": first / last if last else math.nan,
                    "loss": step.loss,
                }
            )
    return rows


def first_and_last(series: LayerValues, index: int) -> tuple[float, float]:
    """The values of the first and the last convolution, or ReLU, at the step of that index, gates and projections left out.

    Layers stand in the order of their definition, where a block's gate or projection would come last.
    """
    values = [
        value
        for name, value, kind in zip(series.layers, series.values[index], series.kinds)
        if kind in ("conv", "relu") and not name.endswith(".gate") and ".downsample." not in name
    ]
    return values[0], values[-1]


def _when(step: int) -> str:
    return "at initialisation it" if step == 0 else f"after {count(step)} step{'s' if step > 1 else ''} it"


def _backwards(series: LayerValues, index: int) -> str:
    first, last = first_and_last(series, index)
    where = "ReLU" if series.kinds[0] == "relu" else "convolution"
    if problem := _no_number(series, index):
        return problem
    if not first or not last:
        return f"is exactly zero in the first {where}" if not first else f"is exactly zero in the last {where}"
    ends = f"from {_size(last)} at the last to {_size(first)} at the first {where}"
    if 1 / LEVEL < first / last < LEVEL:
        return f"stays level, {ends}"
    return f"grows {_times(first / last)} towards the input, {ends}" if first > last else f"shrinks {_times(last / first)}, {ends}"


def _forwards(series: LayerValues, index: int) -> str:
    first, last = first_and_last(series, index)
    if problem := _no_number(series, index):
        return problem
    if first <= 0 or last <= 0:
        return f"is {_size(first)} at the first and {_size(last)} at the last ReLU"
    ends = f"from {_size(first)} at the first to {_size(last)} at the last ReLU"
    if 1 / LEVEL < last / first < LEVEL:
        return f"stays level, {ends}"
    return f"grows {_times(last / first)} towards the output, {ends}" if last > first else f"fades {_times(first / last)}, {ends}"


def _dead(series: LayerValues, index: int) -> str:
    values = series.values[index]
    most = max(values)
    if not most:
        return "has no dead channel in any ReLU"
    worst = series.layers[list(values).index(most)]
    return f"has {percent(sum(values) / len(values))} dead channels in the mean of its ReLUs, {percent(most)} in the worst, {worst}"


def _no_number(series: LayerValues, index: int) -> str:
    """What is to be said where an end is NaN or infinite; "" where both are numbers."""
    if all(map(math.isfinite, first_and_last(series, index))):
        return ""
    if not series.steps[index]:
        return "is not a finite number: its numbers are too large for float32"
    if not all(map(math.isfinite, first_and_last(series, 0))):
        return "is still not a finite number"
    return f"is not a finite number: at learning rate {LEARNING_RATE:g} this network diverges"


def _loss(loss: float, classes: int) -> str:
    if not math.isfinite(loss):
        return ""
    chances = loss / math.log(classes) if classes > 1 else None
    if chances is None or AT_CHANCE < abs(chances - 1) and chances < FAR_ABOVE:
        return f" (loss {_size(loss)})"
    return f" (loss {_size(loss)}, {'far above' if chances >= FAR_ABOVE else 'at'} chance)"


def _by_stage(stages: Sequence[Sequence[float]]) -> str:
    """The first block of each stage and its last."""
    ends = [_size(one[0]) if len(one) == 1 else f"{_size(one[0])} → {_size(one[-1])}" for one in stages]
    if len(stages) == 1:
        return f"from the first block to the last {ends[0]}" if len(stages[0]) > 1 else f"there it is {ends[0]}"
    each = "from the first block to the last of each stage" if any(len(one) > 1 for one in stages) else "stage by stage"
    return f"{each} {', '.join(ends)}"


def _shortcut_ratios(flow: Flow, shortcuts: Sequence[tuple[str, str]], step: int) -> list[list[float]]:
    """For each shortcut the gradient along it over that along the other edges which leave the same layer, by stage."""
    (row,) = [one.edge_norms for one in flow.steps if one.step == step] or [()]
    around, beside = {source: target.partition(".")[0] for source, target in shortcuts}, {}
    known = set(shortcuts)
    for (source, target), norm in zip(flow.result.edges, row):
        if source in around:
            place = beside.setdefault(source, [0.0, 0.0])
            place[(source, target) not in known] += norm**2
    stages: dict[str, list[float]] = {}
    for source, (shortcut, branch) in beside.items():
        if branch and shortcut:
            stages.setdefault(around[source], []).append(math.sqrt(shortcut / branch))
    return list(stages.values())


def _size(number: float) -> str:
    """Two significant digits, three from 1 to 1,000: 0.016, 2.30, 402, 2.1e3, 4.6e-5."""
    if 1 <= number < 999.5:
        return f"{number:#.3g}".rstrip(".")
    digits, _, power = f"{number:.2g}".partition("e")
    return f"{digits}e{int(power)}" if power else digits


def _times(factor: float) -> str:
    return f"{factor:,.0f}-fold" if 10 <= factor < 1e6 else f"{factor:.1f}-fold" if factor < 10 else f"{_size(factor)}-fold"
