"""Which images a step sees, and how they are cropped and flipped: pure functions of (seed, step).

So two networks trained with one seed see identical batches, and a resumed run goes on as if it had never stopped.
"""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

PAD = 4
# Streams of random numbers, one for each purpose, so that none shifts another.
ORDER, AUGMENT, DROPOUT = 0, 1, 2


def stream(seed: int, purpose: int, index: int) -> np.random.Generator:
    """The random numbers of one purpose at one epoch or step."""
    return np.random.default_rng([seed, purpose, index])


class BatchOrder:
    """The image indices of each step: a new shuffle every epoch, full batches only."""

    def __init__(self, seed: int, images: int, batch: int, per_epoch: int, device: torch.device | str = "cpu"):
        self.seed, self.images, self.per_epoch, self.device = seed, images, per_epoch, device
        self.batch = min(batch, images)
        self._epoch, self._order = -1, None

    def indices(self, step: int) -> Tensor:
        """int64 [batch], on the device; the shuffle travels there once an epoch."""
        epoch, within = divmod(step, self.per_epoch)
        if epoch != self._epoch:
            order = stream(self.seed, ORDER, epoch).permutation(self.images)
            self._epoch, self._order = epoch, torch.from_numpy(order).to(self.device)
        return self._order[within * self.batch : (within + 1) * self.batch]


def crop_flip(images: Tensor, seed: int, step: int, flip: bool = True) -> Tensor:
    """Every image of [N, C, H, W] shifted by up to 4 pixels over a zero border and, with `flip`, half of them mirrored.

    The paper's augmentation for CIFAR-10 (section 4.2). One gather does both; dtype and device stay.
    """
    count, _, height, width = images.shape
    random = stream(seed, AUGMENT, step)
    top, left = (torch.from_numpy(random.integers(0, 2 * PAD + 1, count)) for _ in range(2))
    mirrored = torch.from_numpy(random.random(count) < (0.5 if flip else 0.0))
    columns = torch.arange(width)
    columns = left[:, None] + torch.where(mirrored[:, None], columns.flip(0), columns)
    rows = top[:, None] + torch.arange(height)
    places = (rows[:, :, None] * (width + 2 * PAD) + columns[:, None, :]).to(images.device, non_blocking=True)
    padded = F.pad(images, (PAD, PAD, PAD, PAD)).flatten(2)
    index = places.view(count, 1, -1).expand(-1, images.shape[1], -1)
    return padded.gather(2, index).view_as(images)
