"""The norm of the loss gradient at every weight layer, read in one go."""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

# The kinds of modules that are weight layers and where they hold their weight.
WEIGHTS = {
    nn.Conv1d: ("conv", "weight"),
    nn.Conv2d: ("conv", "weight"),
    nn.Conv3d: ("conv", "weight"),
    nn.Linear: ("linear", "weight"),
    nn.MultiheadAttention: ("attention", "in_proj_weight"),  # of queries, keys and values
}


class GradientProbe:
    """Reads the L2 norm of the gradient of every convolution, linear and attention weight, input side first.

    It keeps references to the parameters and leaves no hook behind. The order is that of the network's definition, which
    for our networks is the order of the forward pass (a projection shortcut stands after the convolutions it bridges).
    """

    def __init__(self, net: nn.Module):
        layers = [(name, module, *WEIGHTS[type(module)]) for name, module in net.named_modules() if type(module) in WEIGHTS]
        self.names: tuple[str, ...] = tuple(name for name, _, _, _ in layers)
        self.kinds: tuple[str, ...] = tuple(kind for _, _, kind, _ in layers)
        self.weights: tuple[nn.Parameter, ...] = tuple(getattr(module, weight) for _, module, _, weight in layers)

    def norms(self) -> list[float]:
        """The norms after a backward pass, in the order of `names`; 0 for a weight the loss does not depend on.

        Waits for the device once. Raises ValueError before any backward pass.
        """
        return self.gradient_norms().tolist()

    def gradient_norms(self) -> Tensor:
        """As `norms`, a vector on the device of the weights: asking for it does not wait."""
        reached = [i for i, weight in enumerate(self.weights) if weight.grad is not None]
        if not reached:
            raise ValueError("There are no gradients to read: run a backward pass first.")
        found = norms_of([self.weights[i].grad for i in reached])
        if len(reached) == len(self.weights):
            return found
        return found.new_zeros(len(self.weights)).index_copy(0, torch.tensor(reached, device=found.device), found)


@torch.no_grad()
def norms_of(tensors: Iterable[Tensor]) -> Tensor:
    """The L2 norm of each tensor, as one float32 vector on their device."""
    foreach_norm = getattr(torch, "_foreach_norm", None)  # private: half the time of a loop on a CPU, one launch on a GPU
    if foreach_norm is None:
        return torch.stack([tensor.float().norm() for tensor in tensors])
    return torch.stack(foreach_norm([tensor.float() for tensor in tensors]))
