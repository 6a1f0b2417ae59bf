"""What is measured of a flow, under one name a quantity: in commands, addresses and files. Imports no torch."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from explorer.signals.flow import FlowResult, FlowStep

OWNERS = ("weights", "activations", "edges")


@dataclass(frozen=True)
class FlowQuantity:
    """`of` says what it belongs to, one of `OWNERS`; `values` gives a number for each of them at one step."""

    label: str
    of: str
    values: Callable[["FlowResult", "FlowStep"], tuple[float, ...]]


QUANTITIES = {
    "weight": FlowQuantity("L2 norm of each weight's gradient", "weights", lambda flow, step: step.norms),
    "root": FlowQuantity("root mean square of each weight's gradient (its norm per root of the weight's size)", "weights",
                         lambda flow, step: tuple(norm / sqrt(size) for norm, size in zip(step.norms, flow.sizes))),
    "signal": FlowQuantity("L2 norm of the gradient of each ReLU's result", "activations", lambda flow, step: step.signal_norms),
    "mean": FlowQuantity("mean of each ReLU's result", "activations", lambda flow, step: step.means),
    "std": FlowQuantity("standard deviation of each ReLU's result", "activations", lambda flow, step: step.stds),
    "dead": FlowQuantity("share of each ReLU's channels that are 0 in the whole batch", "activations", lambda flow, step: step.dead),
    "edge": FlowQuantity("L2 norm of the gradient that comes back along each edge", "edges", lambda flow, step: step.edge_norms),
}  # fmt: skip


def parts_of(flow: "FlowResult", owner: str) -> tuple[tuple[str, str], ...]:
    """What the values of a quantity belong to, in their order: a layer's (name, kind), or an edge's (source, target)."""
    if owner == "weights":
        return tuple(zip(flow.names, flow.kinds))
    return tuple((name, "relu") for name in flow.activations) if owner == "activations" else flow.edges
