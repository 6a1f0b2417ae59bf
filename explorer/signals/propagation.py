"""Signal propagation plots: how a signal's mean and variance change from block to block (Brock et al. 2021, 2101.08692)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.errors import BadInput
from explorer.networks.blocks import HighwayBlock, PlainBlock, ResidualBlock
from explorer.networks.vgg import VggLayer
from explorer.signals.moments import exact_channel_moments

BLOCKS = (PlainBlock, ResidualBlock, HighwayBlock, VggLayer)


@dataclass(frozen=True)
class BlockSignals:
    """What leaves a block, in the two numbers of section 3 of the paper, and the variance of the two signals that it adds.

    `squared_mean` is the average channel squared mean: each channel's mean over pictures and places, squared, then averaged over
    the channels, so that means of opposite signs do not cancel. `variance` is the average channel variance. `branch` is the average
    channel variance at the end of the residual branch (for a highway layer of T H) and `shortcut` that of the signal it is added to
    (of (1 - T) x); None where nothing is added. Numbers that are not finite stay as they are.
    """

    block: str
    squared_mean: float
    variance: float
    branch: float | None = None
    shortcut: float | None = None


class PropagationProbe:
    """Reads every block of one of this project's own networks during a forward pass.

    The net is one that nobody else uses (see `twin`): while it is watched, others' passes would be read too.
    Raises BadInput for a network without such blocks, as torchvision's are.
    """

    def __init__(self, net: nn.Module):
        self._blocks = {name: module for name, module in net.named_modules() if isinstance(module, BLOCKS)}
        if not self._blocks:
            raise BadInput("Signal propagation is read from block to block, and this network has none of this project's blocks.")
        self._seen: dict[str, dict[str, Tensor]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the forward pass made inside; outside no hook is left."""
        self._seen = {name: {} for name in self._blocks}
        hooks = [hook for name, block in self._blocks.items() for hook in _hooks(block, self._seen[name])]
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def signals(self) -> tuple[BlockSignals, ...]:
        """The blocks of the last pass watched, input side first. Raises ValueError where none was watched to its end."""
        if not self._seen or not all(self._seen.values()):
            raise ValueError("There are no signals to read: watch a whole forward pass first.")
        figures = [figure for seen in self._seen.values() for figure in seen.values()]
        numbers = iter(torch.stack(figures).tolist())
        return tuple(BlockSignals(name, **{key: next(numbers) for key in seen}) for name, seen in self._seen.items())


def _hooks(block: nn.Module, seen: dict[str, Tensor]) -> list:
    """Hooks that put a block's figures into `seen`, none of which keeps a signal longer than the block's own pass."""
    parts: dict[str, Tensor] = {}

    def keep(name: str):
        return lambda module, inputs, result: parts.__setitem__(name, result)

    def read(module, inputs, result) -> None:
        mean, variance = exact_channel_moments(result)
        seen.update(squared_mean=mean.square().mean(), variance=variance.mean())
        if not isinstance(block, (ResidualBlock, HighwayBlock)):
            return
        carried = parts.get("carried", inputs[0])
        branch, shortcut = (_gated(parts, carried) if isinstance(block, HighwayBlock) else (parts["branch"], carried))
        seen.update(branch=exact_channel_moments(branch)[1].mean(), shortcut=exact_channel_moments(shortcut)[1].mean())
        parts.clear()

    hooks = [block.register_forward_hook(read)]
    if isinstance(block, ResidualBlock):
        hooks.append(block.branch_end().register_forward_hook(keep("branch")))
    if isinstance(block, HighwayBlock):
        hooks.append(block.relu1.register_forward_hook(keep("transformed")))
        hooks.append(block.sigmoid.register_forward_hook(keep("opening")))
    if getattr(block, "downsample", None) is not None:
        hooks.append(block.downsample.register_forward_hook(keep("carried")))
    return hooks


@torch.no_grad()
def _gated(parts: dict[str, Tensor], carried: Tensor) -> tuple[Tensor, Tensor]:
    """T H and (1 - T) x, the two that a highway layer adds."""
    return parts["transformed"] * parts["opening"], carried * (1 - parts["opening"])
