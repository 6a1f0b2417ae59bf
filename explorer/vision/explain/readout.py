"""The answer of a network read out after every block, by its own head: as if the blocks behind it were switched off.

What is left of a block that is switched off is its shortcut (`signals.lesions.in_its_place`; Veit, Wilber and Belongie 2016,
1605.06431). Of transformers the same is called the logit lens.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor, nn

from explorer.signals.lesions import Lesion, blocks_of, in_its_place, lesioned

STEM = "stem"  # the place before the first block


@dataclass(frozen=True)
class Readout:
    """The answer to one picture after the stem and after every block.

    `places` are `stem` and the blocks' names, input side first; `probabilities` float64 [places, classes], NaN in the rows of
    places whose outputs were not all finite. In the last row stands the answer of the whole network, or of the last read-out.
    """

    places: tuple[str, ...]
    probabilities: np.ndarray

    @cached_property
    def answers(self) -> tuple[int | None, ...]:
        """The likeliest class at each place; None where there is none."""
        finite = np.isfinite(self.probabilities).all(axis=1)
        return tuple(int(row.argmax()) if is_one else None for row, is_one in zip(self.probabilities, finite, strict=True))

    @property
    def entropy(self) -> np.ndarray:
        """-Σ p log2 p at each place, in bits: 0 is certainty, log2(classes) is knowing nothing."""
        p = self.probabilities
        return 0.0 - np.where(p > 0, p * np.log2(np.where(p > 0, p, 1.0)), p * 0).sum(axis=1)  # never -0

    @property
    def margin(self) -> np.ndarray:
        """By how much the likeliest class leads the next, at each place."""
        highest = np.sort(self.probabilities, axis=1)[:, ::-1]
        return highest[:, 0] - highest[:, 1] if highest.shape[1] > 1 else highest[:, 0]

    @property
    def settled(self) -> int | None:
        """The first place from which on the likeliest class is the last place's; None where that has none."""
        if self.answers[-1] is None:
            return None
        return max((at + 1 for at, answer in enumerate(self.answers) if answer != self.answers[-1]), default=0)


def read_out(net: nn.Module, image: Tensor, lesion: Lesion = Lesion()) -> Readout:
    """By the network's own head, of one picture, normalised [1, C, H, W]. Raises BadInput for networks without blocks of this project,
    and for a lesion that cannot be."""
    return readout_of(stem_and_blocks(net), logits_by_depth(net, image, lesion)[:, 0].cpu().double())  # MPS has no float64


def readout_of(places: Sequence[str], logits: Tensor) -> Readout:
    """The softmax of logits [places, classes]."""
    finite = logits.isfinite().all(dim=1, keepdim=True)
    return Readout(tuple(places), torch.where(finite, logits.softmax(dim=1), torch.nan).numpy())


def stem_and_blocks(net: nn.Module) -> tuple[str, ...]:
    """The stem and the blocks. Raises BadInput for networks without blocks of this project."""
    return (STEM, *blocks_of(net))


@torch.inference_mode()
def logits_by_depth(net: nn.Module, images: Tensor, lesion: Lesion = Lesion()) -> Tensor:
    """Normalised images [N, C, H, W] to logits [places, N, classes]: in row i those of `lesioned(net, all blocks after place i)`.

    One forward pass: every block takes the whole network's signal further, and hands the signals of the places before it on by
    what is left of it. With a `lesion`, the whole network is the one that has it. `net`, in evaluation mode, stays as it is.
    """
    growing = lesioned(net, lesion)
    for name in blocks_of(net):
        block = growing.get_submodule(name)
        bare = block if name in lesion.removed else in_its_place(block)
        stage, _, number = name.partition(".")
        growing.get_submodule(stage)[int(number)] = _Beside(block, bare, len(images))
    logits = growing(images)
    return logits.unflatten(0, (-1, len(images)))


class _Beside(nn.Module):
    """[places · N, …] to [(places + 1) · N, …]: the last N are the whole network's signal, which alone goes through the block."""

    def __init__(self, block: nn.Module, bare: nn.Module, count: int):
        super().__init__()
        self.block, self.bare, self.count = block, bare, count

    def forward(self, signals: Tensor) -> Tensor:
        return torch.cat([self.bare(signals), self.block(signals[-self.count :])])
