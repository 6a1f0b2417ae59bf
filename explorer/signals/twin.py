"""A net to operate on, in the place of one that others are using."""

import copy
import itertools

from torch import nn


def twin(net: nn.Module) -> nn.Module:
    """A copy of the modules of `net` that shares its weights and buffers, not its hooks.

    Modules of the copy may be exchanged, and hooks registered, without the original taking notice. What is written into a
    shared tensor is written for both: the running statistics of batch normalisation in training mode, above all.
    """
    shared = {id(tensor): tensor for tensor in itertools.chain(net.parameters(), net.buffers())}
    copied = copy.deepcopy(net, shared)
    for module in copied.modules():
        for hooks in (module._forward_hooks, module._forward_pre_hooks, module._backward_hooks, module._backward_pre_hooks):
            hooks.clear()
    return copied
