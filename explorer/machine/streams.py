"""Random numbers of which every purpose has a stream of its own."""

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


def stream(purpose: str, seed: int) -> "torch.Generator":
    """A generator on the CPU for that purpose and seed.

    Initial weights are drawn from `manual_seed(seed)` itself. Pictures or directions drawn from there with the same seed
    would be the very numbers of the first weights, but for their scale.
    """
    import torch

    return torch.Generator().manual_seed(random.Random(f"{purpose} {seed}").getrandbits(63))
