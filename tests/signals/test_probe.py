import pytest
import torch
import torch.nn.functional as F
from torch import nn

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.probe import GradientProbe, norms_of


def test_norms_equal_those_of_autograd_layer_by_layer():
    net = build(parse_spec("cifar/basic-8?width=4&input=8"), seed=1).double()
    images = torch.randn(5, 3, 8, 8, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    labels = torch.arange(5)
    probe = GradientProbe(net)
    F.cross_entropy(net(images), labels).backward()
    weights = [net.get_submodule(name).weight for name in probe.names]
    exact = torch.autograd.grad(F.cross_entropy(net(images), labels), weights)
    assert probe.norms() == pytest.approx([gradient.square().sum().sqrt().item() for gradient in exact], rel=1e-6)


def test_the_norm_of_one_linear_layer_equals_the_formula():
    """d/dW of cross-entropy is (softmax - onehot) xT: the norm of an outer product is the product of the norms."""
    layer, x = nn.Linear(3, 2, bias=False), torch.tensor([[3.0, 0.0, 4.0]])
    nn.init.zeros_(layer.weight)
    probe = GradientProbe(layer)
    F.cross_entropy(layer(x), torch.tensor([0])).backward()
    assert probe.norms() == pytest.approx([(0.5**2 + 0.5**2) ** 0.5 * 5.0])


def test_layers_come_from_the_input_to_the_classifier_with_their_kinds():
    probe = GradientProbe(build(parse_spec("cifar/plain-8?width=4"), meta=True))
    assert probe.names == ("conv1", "layer1.0.conv1", "layer1.0.conv2", "layer2.0.conv1", "layer2.0.conv2",
                           "layer3.0.conv1", "layer3.0.conv2", "fc")
    assert probe.kinds == ("conv",) * 7 + ("linear",)


def test_a_weight_that_the_loss_does_not_reach_has_norm_0():
    net = nn.ModuleList([nn.Linear(2, 2), nn.Linear(2, 2)])
    probe = GradientProbe(net)
    net[1](torch.ones(1, 2)).sum().backward()
    first, second = probe.norms()
    assert first == 0 and second == pytest.approx(2.0)


def test_before_a_backward_pass_there_is_nothing_to_read():
    with pytest.raises(ValueError, match="run a backward pass first"):
        GradientProbe(nn.Linear(2, 2)).norms()


def test_the_fallback_without_the_private_function_gives_the_same_norms(monkeypatch):
    gradients = [torch.randn(4, 3), torch.randn(7)]
    fast = norms_of(gradients)
    monkeypatch.delattr(torch, "_foreach_norm")
    assert torch.allclose(norms_of(gradients), fast)


def test_the_probe_leaves_no_hook_behind():
    net = build(parse_spec("cifar/basic-8?width=4"))
    GradientProbe(net)
    assert not any(module._forward_hooks or module._backward_hooks for module in net.modules())
