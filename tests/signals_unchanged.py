"""What a probe must leave as it found it."""

from contextlib import contextmanager

import torch

HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


@contextmanager
def unchanged(net):
    """What happens inside leaves the net's tensors, modes, modules, hooks and gradients as they were, and torch's generator too."""
    before = _state(net)
    yield
    after = _state(net)
    for name, value in before.pop("tensors").items():
        assert torch.equal(after["tensors"][name], value), name
    del after["tensors"]
    assert after == before


def _state(net):
    return {
        "tensors": {name: tensor.clone() for name, tensor in net.state_dict().items()},
        "modules": [(name, id(one), one.training, [len(getattr(one, kind)) for kind in HOOKS]) for name, one in net.named_modules()],
        "gradients": [(name, id(one), one.requires_grad, one.grad is None) for name, one in net.named_parameters()],
        "generator": torch.get_rng_state().tolist(),
    }
