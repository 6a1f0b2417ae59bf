"""Networks that cannot be followed by shapes alone: the reason in words, and nothing left behind."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from explorer.anatomy import of
from explorer.anatomy.of import anatomy_of
from explorer.anatomy.trace import trace
from explorer.anatomy.untraceable import Untraceable
from explorer.errors import BadInput
from explorer.networks.spec import TorchvisionSpec


class Gate(nn.Module):
    """Decides by a value."""

    def forward(self, x):
        return x if x.sum() > 0 else -x


class Selection(nn.Module):
    """Makes as many results as there are large values."""

    def forward(self, x):
        return x[x > 0.5]


class Foreign(nn.Module):
    """Leaves PyTorch."""

    def forward(self, x):
        return torch.from_numpy(x.numpy())


class Endless(nn.Module):
    def forward(self, x):
        return self(x)


class Missing(nn.Module):
    def forward(self, x):
        return {"out": x}["logits"]


class Number(nn.Module):
    def forward(self, x):
        return 3


class Constant(nn.Module):
    def forward(self, x):
        return torch.zeros(1, 10)


class Nothing(nn.Module):
    def forward(self, x):
        F.relu(x)


class Silent(nn.Module):
    def forward(self, x):
        raise AssertionError


class Pools(nn.Module):
    """Halves what it is given four times."""

    def __init__(self):
        super().__init__()
        self.pools = nn.Sequential(*(nn.MaxPool2d(2) for _ in range(4)))

    def forward(self, x):
        return self.pools(x)


REASONS = {
    Gate: "needs values to go on",
    Selection: "needs values to go on",
    Foreign: "needs values to go on",
    Endless: "calls itself without end",
    Missing: "stopped with: KeyError 'logits'",
    Number: "returns nothing that is computed from the images",
    Constant: "returns nothing that is computed from the images",
    Nothing: "returns nothing that is computed from the images",
    Silent: "stopped with: AssertionError",
}


@pytest.mark.parametrize("kind", REASONS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("inside", [False, True], ids=["alone", "inside"])
def test_the_reason_and_the_module_are_said(kind, inside):
    net = nn.Sequential(nn.Conv2d(3, 3, 1), nn.Sequential(kind())) if inside else kind()
    with pytest.raises(BadInput) as raised:
        trace(net.to("meta"), (3, 8, 8), network="mine")
    message = str(raised.value)
    if inside and kind in (Number, Constant):
        assert message.startswith("mine cannot be analysed for an input of 3×8×8: ") and REASONS[kind] in message
    else:
        where = f"1.0 ({kind.__name__})" if inside and "returns" not in REASONS[kind] else "the forward of"
        assert message.startswith(f"mine cannot be analysed for an input of 3×8×8: {where}")
        assert REASONS[kind] in message
    assert "\n" not in message
    assert torch._C._len_torch_function_stack() == 0
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())


@pytest.mark.parametrize("net, where, why", [
    (Pools(), "pools.3 (MaxPool2d)", "Output size is too small"),
    (nn.Sequential(nn.Conv2d(3, 4, 9)), "0 (Conv2d)", "Kernel size can't be greater than actual input size"),
    (nn.Sequential(nn.AvgPool2d(3), nn.AvgPool2d(3)), "1 (AvgPool2d)", "too small"),
    (nn.Sequential(nn.Conv2d(4, 4, 1)), "0 (Conv2d)", "hannel"),
    (nn.Sequential(nn.BatchNorm2d(4)), "0 (BatchNorm2d)", "running_mean should contain 3 elements not 4"),
    (nn.Sequential(nn.Flatten(), nn.Linear(5, 5)), "1 (Linear)", "192"),
], ids=["pools", "kernel", "average", "channels", "norm", "features"])
def test_what_does_not_fit_is_said(net, where, why):
    with pytest.raises(Untraceable) as raised:
        trace(net.to("meta"), (3, 8, 8))
    assert f"3×8×8: {where} stopped with: " in str(raised.value) and why in str(raised.value)


def test_a_torchvision_model_is_too_deep_for_a_small_picture():
    from explorer.networks.build import build

    with pytest.raises(Untraceable, match=r"torchvision/alexnet cannot .* 3×32×32: features\.12 \(MaxPool2d\) .*too small"):
        trace(build(TorchvisionSpec("alexnet"), meta=True), (3, 32, 32), "torchvision/alexnet")


def test_without_torchvision_its_models_say_so(monkeypatch):
    def build(spec, meta):
        raise ImportError("torchvision is not installed: install requirements.txt.")

    monkeypatch.setattr(of, "build", build)
    anatomy_of.cache_clear()
    with pytest.raises(BadInput, match="torchvision/resnet18 cannot be built: torchvision is not installed"):
        anatomy_of(TorchvisionSpec("resnet18"))
    anatomy_of.cache_clear()
