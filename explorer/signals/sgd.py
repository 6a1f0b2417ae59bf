"""Stochastic gradient descent with momentum, without torch.optim.

torch.optim imports torch's compiler on its first use: three seconds more at the start of every worker and at the first
gradient flow of a session.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

from explorer.signals.probe import norms_of


class Sgd:
    """v <- momentum v + (gradient + weight_decay w);  w <- w - lr v: the formulas of torch.optim.SGD, all tensors at once.

    The learning rate is given with every step. Weights that the loss did not reach stay as they are. With `decay_all` off,
    parameters of one dimension (the scales and shifts of normalisations, and biases) do not decay. With `clip`, a gradient
    whose norm over all weights is larger is scaled down to it, as by torch.nn.utils.clip_grad_norm_.
    """

    def __init__(self, weights: Iterable[nn.Parameter], momentum: float = 0.9, weight_decay: float = 0.0, *,
                 decay_all: bool = True, clip: float | None = None):
        self.weights = list(weights)
        self.momentum, self.weight_decay, self.decay_all, self.clip = momentum, weight_decay, decay_all, clip
        self.velocities = [torch.zeros_like(weight) for weight in self.weights]

    @torch.no_grad()
    def step(self, lr: float) -> None:
        """Move every weight that has a gradient; the gradients stay as they are, unclipped, for a probe to read."""
        reached = [(w, v) for w, v in zip(self.weights, self.velocities, strict=True) if w.grad is not None]
        weights, velocities = [w for w, _ in reached], [v for _, v in reached]
        gradients: list[Tensor] = [w.grad for w in weights]
        if self.clip is not None:
            norm = norms_of(gradients).norm()
            gradients = list(torch._foreach_mul(gradients, torch.clamp(self.clip / (norm + 1e-6), max=1.0)))
        if self.weight_decay:
            gradients = self._with_decay(gradients, weights)
        torch._foreach_mul_(velocities, self.momentum)
        torch._foreach_add_(velocities, gradients)
        torch._foreach_add_(weights, velocities, alpha=-lr)

    def _with_decay(self, gradients: list[Tensor], weights: list[nn.Parameter]) -> list[Tensor]:
        decaying = [i for i, weight in enumerate(weights) if self.decay_all or weight.dim() > 1]
        pulled = torch._foreach_add([gradients[i] for i in decaying], [weights[i] for i in decaying], alpha=self.weight_decay)
        found = list(gradients)
        for i, gradient in zip(decaying, pulled, strict=True):
            found[i] = gradient
        return found

    def clear(self) -> None:
        """Forget the gradients, before the next backward pass."""
        for weight in self.weights:
            weight.grad = None
