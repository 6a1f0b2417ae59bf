"""The norm of the loss gradient at every weight layer, read in one go."""

import torch
from torch import Tensor, nn

KINDS = {nn.Conv1d: "conv", nn.Conv2d: "conv", nn.Conv3d: "conv", nn.Linear: "linear"}


class GradientProbe:
    """Reads the L2 norm of the gradient of every convolution and linear weight, input side first.

    It keeps references to the parameters and leaves no hook behind. The order is that of the network's definition, which
    for our networks is the order of the forward pass (a projection shortcut stands after the convolutions it bridges).
    """

    def __init__(self, net: nn.Module):
        layers = [(name, KINDS[type(module)], module.weight) for name, module in net.named_modules() if type(module) in KINDS]
        self.names: tuple[str, ...] = tuple(name for name, _, _ in layers)
        self.kinds: tuple[str, ...] = tuple(kind for _, kind, _ in layers)
        self._weights = [weight for _, _, weight in layers]

    def norms(self) -> list[float]:
        """The norms after a backward pass, in the order of `names`; 0 for a weight the loss does not depend on.

        Waits for the device once. Raises ValueError before any backward pass.
        """
        reached = [i for i, weight in enumerate(self._weights) if weight.grad is not None]
        if not reached:
            raise ValueError("There are no gradients to read: run a backward pass first.")
        norms = [0.0] * len(self._weights)
        for i, norm in zip(reached, gradient_norms([self._weights[i].grad for i in reached]).tolist(), strict=True):
            norms[i] = norm
        return norms


def gradient_norms(gradients: list[Tensor]) -> Tensor:
    """The L2 norm of each tensor, as one float32 vector on their device."""
    foreach_norm = getattr(torch, "_foreach_norm", None)  # private: half the time of a loop on a CPU, one launch on a GPU
    if foreach_norm is None:
        return torch.stack([gradient.float().norm() for gradient in gradients])
    return torch.stack(foreach_norm([gradient.float() for gradient in gradients]))
