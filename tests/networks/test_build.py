"""Whole networks: exact parameter counts, shapes, first values, and that building disturbs nobody."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from hypothesis import given, settings
from network_strategies import specs
from torch import nn
from torch.nn import functional as F

from explorer.networks.blocks import HighwayBlock, ResidualBlock
from explorer.networks.build import build
from explorer.networks.spec import SpecError, TorchvisionSpec, parse_spec
from explorer.networks.torchvision_models import torchvision


def parameters(spec):
    return sum(parameter.numel() for parameter in build(spec, meta=True).parameters())


def images(spec, count=2):
    generator = torch.Generator().manual_seed(1)
    return torch.randn(count, spec.channels, spec.input, spec.input, generator=generator)


@pytest.mark.parametrize("text, count", [
    ("imagenet/basic-18", 11_689_512), ("imagenet/basic-34", 21_797_672),
    ("imagenet/bottleneck-50", 25_557_032), ("imagenet/bottleneck-101", 44_549_160),
    ("imagenet/bottleneck-152", 60_192_808), ("imagenet/bottleneck-50?stride=3x3", 25_557_032),
    ("imagenet/basic-18?shortcut=A", 11_515_688), ("imagenet/basic-34?shortcut=A", 21_623_848),
    ("imagenet/plain-18", 11_515_688), ("imagenet/plain-34", 21_623_848),
    ("imagenet/vgg-16", 138_357_544), ("imagenet/vgg-19", 143_667_240), ("imagenet/vgg-19?norm=batch", 143_678_248),
    ("cifar/basic-20", 269_722), ("cifar/basic-32", 464_154), ("cifar/basic-44", 658_586), ("cifar/basic-56", 853_018),
    ("cifar/basic-110", 1_727_962), ("cifar/basic-1202", 19_421_274), ("cifar/plain-20", 269_722),
    ("cifar/plain-110", 1_727_962), ("cifar/basic-20?shortcut=B", 269_722 + 2_752),
    ("cifar/basic-1202?shortcut=B", 19_421_274 + 2_752),
])
def test_parameters_are_the_papers(text, count):
    assert parameters(parse_spec(text)) == count


def cost_by_hand(spec):
    """Parameters from the definition of the families, without looking at any module."""
    bias = spec.norm == "none"

    def conv(inputs, outputs, kernel, normalised=True):
        extra = outputs if bias else 2 * outputs * normalised
        return inputs * outputs * kernel**2 + extra

    def projection(inputs, outputs, stride):
        changes = stride != 1 or inputs != outputs
        needed = spec.shortcut == "C" or (spec.shortcut == "B" and changes)
        return conv(inputs, outputs, 1, spec.family != "preactivation") if needed else 0

    if spec.block == "vgg":
        total, inputs = 0, spec.channels
        for width, blocks in zip(spec.stage_widths, spec.stage_blocks):
            for _ in range(blocks):
                total += inputs * width * 9 + width + (0 if bias else 2 * width)
                inputs = width
        hidden = 64 * spec.width
        return total + (49 * inputs + 1) * hidden + (hidden + 1) * hidden + (hidden + 1) * spec.classes
    # In a pre-activation net every BN stands before its convolution, but the sum of all is that of BN after each, with
    # the last one in place of the first block's missing one.
    total, inputs = conv(spec.channels, spec.width, 3 if spec.stem == "cifar" else 7), spec.width
    for stage, (width, blocks) in enumerate(zip(spec.stage_widths, spec.stage_blocks)):
        for number in range(blocks):
            stride = 2 if stage and not number else 1
            outputs = width * (4 if "bottleneck" in spec.block else 1)
            total += projection(inputs, outputs, stride)
            if "bottleneck" in spec.block:
                total += conv(inputs, width, 1) + conv(width, width, 3) + conv(width, outputs, 1)
            elif spec.block == "highway":
                total += conv(inputs, width, 3) + inputs * width * 9 + width
            else:
                total += conv(inputs, width, 3) + conv(width, width, 3)
            inputs = outputs
    return total + (inputs + 1) * spec.classes


@settings(max_examples=40, deadline=None)
@given(specs())
def test_parameters_of_any_network_are_those_of_its_definition(spec):
    assert parameters(spec) == cost_by_hand(spec)


@settings(max_examples=40, deadline=None)
@given(specs(small=True))
def test_any_network_gives_finite_scores_for_each_class_and_gradients_to_all_its_weights(spec):
    net = build(spec).eval()
    scores = net(images(spec))
    assert scores.shape == (2, spec.classes) and scores.isfinite().all()
    F.cross_entropy(scores, torch.zeros(2, dtype=torch.long)).backward()
    assert all(parameter.grad.isfinite().all() for parameter in net.parameters())


@settings(max_examples=25, deadline=None)
@given(specs(small=True))
def test_a_meta_net_has_the_same_names_and_shapes(spec):
    real, meta = build(spec).state_dict(), build(spec, meta=True).state_dict()
    assert all(tensor.is_meta for tensor in meta.values())
    assert [(name, tensor.shape, tensor.dtype) for name, tensor in real.items()] == \
           [(name, tensor.shape, tensor.dtype) for name, tensor in meta.items()]


@settings(max_examples=25, deadline=None)
@given(specs(small=True))
def test_without_normalisation_there_is_none_and_every_convolution_has_a_bias(spec):
    modules = list(build(spec, meta=True).modules())
    has_norm = any(isinstance(module, nn.BatchNorm2d) for module in modules)
    assert has_norm == (spec.norm == "batch")
    if spec.norm == "none":
        assert all(module.bias is not None for module in modules if isinstance(module, nn.Conv2d))


@pytest.mark.parametrize("text, classes", [("cifar/basic-1202?input=8", 10),
                                           ("cifar/preact-bottleneck-1001?input=8", 10),
                                           ("imagenet/bottleneck-152?input=32", 1000)])
def test_the_deepest_give_scores(text, classes):
    spec = parse_spec(text)
    with torch.no_grad():
        scores = build(spec).eval()(images(spec, count=1))
    assert scores.shape == (1, classes)


@pytest.mark.parametrize("spec", [parse_spec("cifar/highway-8"), parse_spec("imagenet/vgg-16?width=2&norm=batch"),
                                  TorchvisionSpec(name="mobilenet_v3_small"), TorchvisionSpec(name="swin_v2_t")])
def test_equal_seeds_give_equal_nets_and_the_global_generator_is_left_alone(spec):
    torchvision()
    before = torch.get_rng_state()
    first, second, other = (build(spec, seed=seed).state_dict() for seed in (3, 3, 4))
    build(spec, meta=True)
    assert torch.equal(torch.get_rng_state(), before)
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert any(not torch.equal(first[name], other[name]) for name in first)


def test_nets_built_at_the_same_time_are_those_built_one_after_another():
    names = ["cifar/basic-56", "torchvision/resnet18", "cifar/preact-20", "torchvision/mobilenet_v3_small"] * 2
    alone = [build(parse_spec(name), seed=7).state_dict() for name in names[:4]] * 2
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda name: build(parse_spec(name), seed=7).state_dict(), names))
    for expected, given_ in zip(alone, together):
        assert all(torch.equal(expected[name], given_[name]) for name in expected)


@pytest.mark.parametrize("init, variance", [("he", 2 / (32 * 9)), ("xavier", 2 / (32 * 9 + 32 * 9)),
                                            ("torch", 1 / (3 * 32 * 9))])
def test_variance_of_first_weights(init, variance):
    net = build(parse_spec(f"cifar/basic-20?init={init}"))
    weights = torch.cat([block.conv1.weight.flatten() for block in net.layer2[1:]])
    assert weights.var().item() == pytest.approx(variance, rel=0.05)
    assert weights.mean().item() == pytest.approx(0, abs=0.01)


def test_a_net_larger_than_the_memory_is_refused_before_it_takes_any():
    with pytest.raises(SpecError, match="GB of memory are free: choose a smaller width or depth."):
        build(parse_spec("imagenet/highway-1202?width=256&blocks=1-1-1-1197"))  # 361 GB


def test_batch_normalisation_starts_fresh():
    net = build(parse_spec("cifar/basic-8"))
    assert all(torch.equal(bn.weight, torch.ones_like(bn.weight)) and not bn.bias.any() and not bn.running_mean.any()
               and torch.equal(bn.running_var, torch.ones_like(bn.bias)) and bn.num_batches_tracked == 0
               for bn in net.modules() if isinstance(bn, nn.BatchNorm2d))


@pytest.mark.parametrize("text", ["cifar/basic-8?zero_init=true", "cifar/bottleneck-11?zero_init=true&norm=none",
                                  "cifar/preact-8?zero_init=true",
                                  "cifar/preact-bottleneck-11?zero_init=true&norm=none"])
def test_zero_init_makes_every_residual_branch_silent(text):
    spec = parse_spec(text)
    net = build(spec)
    blocks = [module for module in net.modules() if isinstance(module, ResidualBlock)]
    assert len(blocks) == 3 and not any(block.branch_end().weight.any() for block in blocks)
    # What is left is the shortcuts: the stem's signal, subsampled twice, among padded zeros.
    net.eval()
    x = images(spec)
    signal = F.relu(net.bn1(net.conv1(x)))
    for stage in (net.layer1, net.layer2, net.layer3):
        shortcut = stage[0].downsample
        signal = signal if shortcut is None else shortcut(signal)
    signal = net.relu_last(net.bn_last(signal))
    torch.testing.assert_close(net(x), net.fc(signal.mean((2, 3))), rtol=1e-5, atol=1e-5)


def test_gates_start_at_the_bias_that_is_asked_for():
    net = build(parse_spec("cifar/highway-20?gate_bias=-3"))
    gates = [block.gate for block in net.modules() if isinstance(block, HighwayBlock)]
    assert len(gates) == 18 and all(torch.equal(gate.bias, torch.full_like(gate.bias, -3)) for gate in gates)


def test_dropout_acts_in_training_only():
    spec = parse_spec("cifar/plain-8?dropout=0.5")
    net, x = build(spec), images(parse_spec("cifar/plain-8"))
    assert isinstance(net.dropout, nn.Dropout) and net.dropout.p == 0.5
    net.eval()
    assert torch.equal(net(x), net(x))
    assert not any(isinstance(module, nn.Dropout) for module in build(parse_spec("cifar/plain-8")).modules())
