"""Stochastic gradient descent with momentum, without torch.optim.

torch.optim imports torch's compiler on its first use: three seconds more at the start of every worker and at the first
gradient flow of a session.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn


class Sgd:
    """v <- momentum v + (gradient + weight_decay w);  w <- w - lr v: the formulas of torch.optim.SGD, all tensors at once.

    The learning rate is given with every step. Weights that the loss did not reach stay as they are.
    """

    def __init__(self, weights: Iterable[nn.Parameter], momentum: float = 0.9, weight_decay: float = 0.0):
        self.weights = list(weights)
        self.momentum, self.weight_decay = momentum, weight_decay
        self.velocities = [torch.zeros_like(weight) for weight in self.weights]

    @torch.no_grad()
    def step(self, lr: float) -> None:
        """Move every weight that has a gradient; the gradients stay, for a probe to read."""
        reached = [(w, v) for w, v in zip(self.weights, self.velocities, strict=True) if w.grad is not None]
        weights, velocities = [w for w, _ in reached], [v for _, v in reached]
        gradients: list[Tensor] = [w.grad for w in weights]
        if self.weight_decay:
            gradients = torch._foreach_add(gradients, weights, alpha=self.weight_decay)
        torch._foreach_mul_(velocities, self.momentum)
        torch._foreach_add_(velocities, gradients)
        torch._foreach_add_(weights, velocities, alpha=-lr)

    def clear(self) -> None:
        """Forget the gradients, before the next backward pass."""
        for weight in self.weights:
            weight.grad = None
