import subprocess
import sys

import pytest
import torch
from torch import nn

from explorer.signals.sgd import Sgd


def train(weights, step, clear, rates):
    generator = torch.Generator().manual_seed(1)
    for rate in rates:
        clear()
        sum((weight * torch.randn(weight.shape, generator=generator)).square().sum() for weight in weights).backward()
        step(rate)


def test_steps_equal_those_of_torch_optim_bit_for_bit():
    start = [torch.randn(4, 3), torch.randn(7)]
    ours, theirs = ([nn.Parameter(tensor.clone()) for tensor in start] for _ in range(2))
    sgd = Sgd(ours, momentum=0.9, weight_decay=0.01)
    reference = torch.optim.SGD(theirs, lr=1.0, momentum=0.9, weight_decay=0.01, foreach=True)

    def reference_step(rate):
        reference.param_groups[0]["lr"] = rate
        reference.step()

    rates = [0.01, 0.05, 0.02, 0.001]
    train(ours, sgd.step, sgd.clear, rates)
    train(theirs, reference_step, reference.zero_grad, rates)
    assert all(torch.equal(a, b) for a, b in zip(ours, theirs, strict=True))


def stepped(start, gradients, step):
    weights = [nn.Parameter(tensor.clone()) for tensor in start]
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = gradient.clone()
    step(weights)
    return weights


@pytest.mark.parametrize("clip", [0.5, 1000.0])
def test_clipping_is_torchs_and_leaves_the_gradients_to_be_read(clip):
    start, gradients = [torch.randn(4, 3), torch.randn(7)], [torch.randn(4, 3), torch.randn(7)]

    def reference(weights):
        nn.utils.clip_grad_norm_(weights, clip)
        torch.optim.SGD(weights, lr=0.1, momentum=0.9, weight_decay=0.01).step()

    ours = stepped(start, gradients, lambda weights: Sgd(weights, 0.9, 0.01, clip=clip).step(0.1))
    theirs = stepped(start, gradients, reference)
    assert all(torch.allclose(a, b, atol=1e-7) for a, b in zip(ours, theirs, strict=True))
    assert all(torch.equal(weight.grad, gradient) for weight, gradient in zip(ours, gradients, strict=True))


def test_scales_shifts_and_biases_need_not_decay():
    start, gradients = [torch.randn(4, 3), torch.randn(7)], [torch.randn(4, 3), torch.randn(7)]

    def reference(weights):
        groups = [{"params": weights[:1], "weight_decay": 0.5}, {"params": weights[1:], "weight_decay": 0.0}]
        torch.optim.SGD(groups, lr=0.1, momentum=0.9).step()

    ours = stepped(start, gradients, lambda weights: Sgd(weights, 0.9, 0.5, decay_all=False).step(0.1))
    assert all(torch.equal(a, b) for a, b in zip(ours, stepped(start, gradients, reference), strict=True))


def test_weights_without_a_gradient_stay_as_they_are():
    used, unused = nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2))
    sgd = Sgd([unused, used], weight_decay=0.1)
    used.sum().backward()
    sgd.step(0.5)
    assert unused.tolist() == [1, 1] and used.tolist() != [1, 1]


def test_a_step_does_not_import_torchs_compiler():
    code = """
import sys, torch
from explorer.networks.spec import parse_spec
from explorer.signals.flow import gradient_flow
spec = parse_spec("cifar/basic-8?width=4&input=8")
gradient_flow(spec, torch.randn(4, 3, 8, 8), torch.arange(4), steps=(0, 1), batch=4)
print("torch._dynamo" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
