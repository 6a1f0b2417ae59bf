"""How large the results of a network's ReLUs are, and how many of their channels are dead: read during one forward pass."""

from collections import Counter
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from explorer.signals.moments import channel_moments, exact_channel_moments, overall_std

RELUS = {F.relu, F.relu6, F.relu_, torch.relu, torch.relu_, Tensor.relu, Tensor.relu_}
RELU_MODULES = (nn.ReLU, nn.ReLU6)


class ActivationProbe:
    """Sees every ReLU (and ReLU6) of a network, whether a module, a module used several times or a function.

    `names`, `stds` and `dead` are those of the last pass watched, in the order of that pass. A name is that of the ReLU's
    module, or of the module that calls the function with ".relu" behind; from the second use on with its number (":2").
    """

    def __init__(self, net: nn.Module):
        self.net = net
        self.names: tuple[str, ...] = ()
        self._figures: list[Tensor] = []

    @contextmanager
    def watching(self):
        """Watch the forward pass made inside. Outside no hook is left, so a step that is not watched costs nothing more."""
        open_modules: list[str] = []
        seen: list[tuple[str, Tensor]] = []
        hooks = []
        for name, module in self.net.named_modules():
            name = name if isinstance(module, RELU_MODULES) else f"{name}.relu".lstrip(".")
            hooks.append(module.register_forward_pre_hook(lambda module, inputs, name=name: open_modules.append(name)))
            hooks.append(module.register_forward_hook(lambda module, inputs, result: open_modules.pop() and None))
        try:
            with _Relus(lambda result: seen.append((open_modules[-1] if open_modules else "relu", figures_of(result)))):
                yield
        finally:
            for hook in hooks:
                hook.remove()
        self.names = _numbered([name for name, _ in seen])
        self._figures = [figures for _, figures in seen]

    def figures(self) -> Tensor:
        """float32 [2, ReLUs] on the device, without waiting for it: the standard deviation of each ReLU's result over batch,
        channels and places, and the share of its channels (units) that are zero in the whole batch."""
        return torch.stack(self._figures, 1)[1:] if self._figures else torch.zeros(2, 0, device=next(self.net.parameters()).device)


class _Relus(TorchFunctionMode):
    """Hands the result of every ReLU to `see`."""

    def __init__(self, see):
        super().__init__()
        self.see = see

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **(kwargs or {}))
        if function in RELUS or function is F.hardtanh and _is_relu6(*args, **(kwargs or {})):
            self.see(result)
        return result


def _is_relu6(signal: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> bool:
    return (min_val, max_val) == (0.0, 6.0)  # what nn.ReLU6 calls


@torch.no_grad()
def figures_of(result: Tensor) -> Tensor:
    """[N, C, …] of what is never negative to float32 [3]: mean and standard deviation over all of it, and the share of its
    channels (units) that are zero in the whole batch: a mean is zero only there."""
    return _figures(*channel_moments(result))


def exact_figures_of(result: Tensor) -> Tensor:
    """As `figures_of`, from `exact_channel_moments`."""
    return _figures(*exact_channel_moments(result))


def _figures(mean: Tensor, variance: Tensor) -> Tensor:
    return torch.stack([mean.mean(), overall_std(mean, variance), (mean == 0).to(mean.dtype).mean()])


def _numbered(names: list[str]) -> tuple[str, ...]:
    uses: Counter[str] = Counter()
    found = []
    for name in names:
        uses[name] += 1
        found.append(name if uses[name] == 1 else f"{name}:{uses[name]}")
    return tuple(found)
