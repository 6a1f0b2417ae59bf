"""Which images a step sees, and where its random numbers come from: pure functions of (seed, step)."""

import numpy as np
import torch
from torch import Tensor

# Streams of random numbers, one for each purpose, so that none shifts another.
ORDER, AUGMENT, DROPOUT = 0, 1, 2


def stream(seed: int, purpose: int, index: int) -> np.random.Generator:
    """The random numbers of one purpose at one epoch or step."""
    return np.random.default_rng([seed, purpose, index])


def drawn(of: int, count: int | None, seed: int = 0) -> Tensor:
    """Places of `count` pictures among `of`, or all, drawn by chance and always the same, in ascending order: int64."""
    return torch.randperm(of, generator=torch.Generator().manual_seed(seed))[:count].sort().values


def steps_per_epoch(train_count: int, batch: int) -> int:
    """Full batches only: what is left over takes its turn in another epoch, since every epoch is shuffled anew."""
    return max(1, train_count // batch)


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
