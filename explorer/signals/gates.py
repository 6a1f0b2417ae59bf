"""The transform gates of a highway net: how far they open, and what becomes of the net where they are pushed open or shut."""

from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.errors import BadInput
from explorer.networks.blocks import HighwayBlock
from explorer.signals.twin import twin


@dataclass(frozen=True)
class GateReading:
    """The transform gates T of every highway block, in the order of the forward pass.

    `means` and `stds`, float32 [N, blocks]: for each picture the mean of T over a block's channels and places, and its standard
    deviation over these. `biases`, float32 [blocks]: the mean of the gate's bias over its channels.
    """

    blocks: tuple[str, ...]
    means: Tensor
    stds: Tensor
    biases: Tensor


def gated_blocks(net: nn.Module) -> dict[str, HighwayBlock]:
    """The highway blocks by name. Raises BadInput where there are none."""
    found = {name: module for name, module in net.named_modules() if isinstance(module, HighwayBlock)}
    if not found:
        raise BadInput("Only a highway network has gates, such as cifar/highway-20.")
    return found


@torch.no_grad()
def gate_reading(net: nn.Module, images: Tensor, batch: int = 100) -> GateReading:
    """What the gates let through for each of `images`, float32 [N, C, H, W], normalised; `net` is in evaluation mode and stays as it is.

    (In training mode what a picture opens would depend on the others of its batch.) Raises BadInput for a net without gates.
    """
    copied = twin(net).eval()
    blocks = gated_blocks(copied)
    rows: dict[str, list[Tensor]] = {name: [] for name in blocks}
    for name, block in blocks.items():
        block.sigmoid.register_forward_hook(lambda module, inputs, opening, name=name: rows[name].append(_moments(opening)))
    biases = torch.stack([block.gate.bias.mean() for block in blocks.values()])
    for some in images.split(batch):
        copied(some.to(biases.device))
    moments = torch.stack([torch.cat(rows[name]) for name in blocks], 1)
    return GateReading(tuple(blocks), moments[..., 0], moments[..., 1], biases)


def pushed(net: nn.Module, push: float, blocks: Collection[str] | None = None) -> nn.Module:
    """A twin of `net` whose gates are T' = (1 - |push|) T + max(push, 0), in all of its highway blocks or in those named.

    -1 shuts them: y = x, as if the layers were not there (but for the shortcut of changing shapes). 0 leaves them as they are.
    1 opens them: y = H(x), a plain net. Raises BadInput for another push, for an unknown block, and for a net without gates.
    """
    if not -1 <= push <= 1:
        raise BadInput(f"Gates are pushed by a number from -1 (shut) to 1 (open), not {push}.")
    copied = twin(net)
    found = gated_blocks(copied)
    unknown = [name for name in blocks or () if name not in found]
    if unknown:
        raise BadInput(f"There is no highway block {unknown[0]}: there are {', '.join(found)}.")
    for name in found if blocks is None else blocks:
        found[name].sigmoid = PushedGate(push)
    return copied


class PushedGate(nn.Module):
    """Stands in the place of a gate's sigmoid; exactly 0, T or 1 where the push is -1, 0 or 1."""

    def __init__(self, push: float):
        super().__init__()
        self.push = push

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(x) * (1 - abs(self.push)) + max(self.push, 0.0)


def _moments(opening: Tensor) -> Tensor:
    """[N, C, H, W] to [N, 2]: mean and standard deviation of each picture."""
    std, mean = torch.std_mean(opening.flatten(1).float(), 1, correction=0)
    return torch.stack([mean, std], 1)
