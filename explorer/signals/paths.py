"""The gradient that comes back along single paths of a residual network, by their length.

A network of n residual blocks is a sum over 2^n paths, each through the branches of some blocks and the shortcuts of the
others (Veit, Wilber and Belongie 2016, 1605.06431, sections 3 and 5): y = x + F(x), so each block has two ways back.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.errors import BadInput
from explorer.networks.blocks import ResidualBlock
from explorer.signals.lesions import blocks_of
from explorer.signals.twin import twin


@dataclass(frozen=True)
class PathLength:
    """The paths through `length` branches: how many there are, and the mean L2 norm of the gradient that one picture's loss
    sends back to the picture along one of them, over `samples` paths drawn at random."""

    length: int
    paths: int
    norm: float
    samples: int

    @property
    def total(self) -> float:
        """The mean norm of a path times how many there are (figure 6, right)."""
        return self.norm * self.paths


def by_path_length(net: nn.Module, images: Tensor, labels: Tensor, *, seed: int = 0, draws: int = 1) -> Iterator[PathLength]:
    """The lengths 0, 1, … n in turn, for a residual network in evaluation mode and normalised float32 [N, C, H, W].

    The forward pass is the whole network's. Every picture draws a path of its own, `draws` times. Raises BadInput for networks
    without residual blocks.
    """
    routes = Routes(net)
    images = images.to(routes.device)
    losses, images = routes.losses(images, labels.to(routes.device))
    generator = torch.Generator().manual_seed(seed)
    count = len(routes.blocks)
    for length in range(count + 1):
        norms = []
        for _ in range(draws if 0 < length < count else 1):  # there is one path through no branch, and one through all
            taken = torch.stack([torch.randperm(count, generator=generator) < length for _ in labels])
            norms.append(routes.gradients(losses, images, taken).flatten(1).norm(dim=1))
        yield PathLength(length, math.comb(count, length), torch.cat(norms).mean().item(), sum(map(len, norms)))


def shares(lengths: Sequence[PathLength]) -> list[float]:
    """Each length's part of the sum of all totals."""
    whole = sum(one.total for one in lengths)
    return [one.total / whole if whole else math.nan for one in lengths]


class Routes:
    """A copy of a residual network, with its weights, whose gradient comes back along chosen paths only."""

    def __init__(self, net: nn.Module):
        self.net = twin(net)
        self.blocks = blocks_of(net)
        self.device = next(net.parameters()).device
        self.branches, self.shortcuts = [], []
        for name in self.blocks:
            block = self.net.get_submodule(name)
            if not isinstance(block, ResidualBlock):
                raise BadInput("Only residual blocks have two ways back, the branch and the shortcut: a plain network is one path, "
                               "and a highway layer's gate stands in both of its ways.")
            branch, shortcut = _Gate(), _Gate()
            end = block.closing[0]
            setattr(block, end, nn.Sequential(block.get_submodule(end), branch))
            block.downsample = _Shortcut(block, shortcut)
            self.branches.append(branch)
            self.shortcuts.append(shortcut)

    def losses(self, images: Tensor, labels: Tensor) -> tuple[Tensor, Tensor]:
        """The sum of the pictures' cross-entropies, ready to be taken back several times, and the pictures it depends on."""
        images = images.detach().clone().requires_grad_(True)
        with torch.enable_grad():
            return F.cross_entropy(self.net(images).float(), labels, reduction="sum"), images

    def gradients(self, losses: Tensor, images: Tensor, taken: Tensor) -> Tensor:
        """The gradient at the pictures along one path each: bool [N, blocks], true for the branch, false for the shortcut."""
        taken = taken.to(self.device)
        for place, (branch, shortcut) in enumerate(zip(self.branches, self.shortcuts, strict=True)):
            branch.opening = taken[:, place].view(-1, 1, 1, 1).to(images.dtype)
            shortcut.opening = 1 - branch.opening
        return torch.autograd.grad(losses, images, retain_graph=True)[0]


class _Gate(nn.Module):
    """Lets a signal pass as it is, and on its way back each picture's gradient times `opening`, as it then is."""

    opening: Tensor

    def forward(self, x: Tensor) -> Tensor:
        x = x.view_as(x)
        x.register_hook(lambda gradient: gradient * self.opening)
        return x


class _Shortcut(nn.Module):
    """The block's own shortcut, or its input where that is the shortcut, and a gate behind."""

    def __init__(self, block: nn.Module, gate: _Gate):
        super().__init__()
        self.shortcut, self.gate = block.downsample, gate
        self.entered: Tensor | None = None
        # A pre-activated block hands its shortcut the activated signal, where an identity takes the block's input.
        block.register_forward_pre_hook(lambda module, inputs: setattr(self, "entered", inputs[0]))

    def forward(self, signal: Tensor) -> Tensor:
        entered, self.entered = self.entered, None
        return self.gate(entered if self.shortcut is None else self.shortcut(signal))
