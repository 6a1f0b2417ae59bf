"""The names of a network's layers: the module's path, or for arithmetic outside modules its kind behind the path."""

from collections import Counter

from torch import nn

from explorer.anatomy.layers import WEIGHTED
from explorer.anatomy.recorder import Operation

# A module without children gives its name to its arithmetic, not to the rearranging it does around it.
MOVING = ("slice", "pad", "permute", "reshape", "split", "copy", "cat", "roll")


class LayerNames:
    """Names the operations of one forward pass of `net`, which are to be asked for in their order.

    "layer1.0.conv1" is a module's, "layer1.0.add" an operation's without a module; from the second use on with its number ("_2").
    """

    def __init__(self, net: nn.Module):
        self._leaves = {path: module for path, module in net.named_modules() if path and next(module.children(), None) is None}
        self._owners = {id(p): path for path, leaf in self._leaves.items() for p in leaf.parameters()}
        self._uses: Counter[str] = Counter()

    def name(self, op: Operation) -> str:
        """The name of the next operation."""
        path = op.module
        if path not in self._leaves:
            # Swin's attention calls functions with the weights of layers that it does not call.
            owner = {self._owners.get(id(p)) for p in op.parameters}
            path = owner.pop() if len(owner) == 1 and op.kind in WEIGHTED else None
        own = path and op.kind not in MOVING
        name = path if own else f"{op.module}.{op.kind}" if op.module else op.kind
        self._uses[name] += 1
        return name if self._uses[name] == 1 else f"{name}_{self._uses[name]}"
