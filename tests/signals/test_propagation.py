"""Signal propagation against forward passes written out by hand, and against what is known of ReLUs and of BN."""

import math

import pytest
import torch
import torch.nn.functional as F
from signals_unchanged import unchanged

from explorer.errors import BadInput
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.edges import SignalProbe
from explorer.signals.moments import channel_moments, exact_channel_moments
from explorer.signals.propagation import PropagationProbe
from explorer.signals.responses import ResponseProbe


def noise(count=8, channels=3, seed=0):
    return torch.randn(count, channels, 32, 32, generator=torch.Generator().manual_seed(seed))


@torch.no_grad()
def propagated(net, images):
    probe = PropagationProbe(net)
    with probe.watching():
        net(images)
    return probe.signals()


def built(text, **keywords):
    return build(parse_spec(text), **keywords)


def bn(x, scale, shift):
    """Batch normalisation with the batch's own statistics."""
    mean = x.mean((0, 2, 3), keepdim=True)
    variance = ((x - mean) ** 2).mean((0, 2, 3), keepdim=True)
    return (x - mean) / (variance + 1e-5).sqrt() * scale.view(1, -1, 1, 1) + shift.view(1, -1, 1, 1)


def moments(x):
    """Average channel squared mean and average channel variance, channel by channel."""
    channels = [x[:, channel].double() for channel in range(x.shape[1])]
    squared_means = [float(one.mean()) ** 2 for one in channels]
    variances = [float(((one - one.mean()) ** 2).mean()) for one in channels]
    return sum(squared_means) / len(channels), sum(variances) / len(channels)


def shuffled(net, seed=1):
    """BN's scales and shifts away from 1 and 0, as after training."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in net.named_parameters():
        if parameter.dim() == 1:
            parameter.data += 0.3 * torch.randn(parameter.shape, generator=generator)
    return net


def by_hand(weights, images, width=4):
    """A residual net of one block a stage and shortcut A: (block, what leaves it, branch, shortcut) for each."""
    x = F.relu(bn(F.conv2d(images, weights["conv1.weight"], padding=1), weights["bn1.weight"], weights["bn1.bias"]))
    for number in (1, 2, 3):
        block, stride = f"layer{number}.0", 1 if number == 1 else 2
        carried = x
        if number > 1:
            empty = x.new_zeros(len(x), width // 2 * (number - 1), x.shape[2] // 2, x.shape[3] // 2)
            carried = torch.cat([empty, x[:, :, ::2, ::2], empty], 1)
        branch = F.conv2d(x, weights[f"{block}.conv1.weight"], stride=stride, padding=1)
        branch = F.relu(bn(branch, weights[f"{block}.bn1.weight"], weights[f"{block}.bn1.bias"]))
        branch = F.conv2d(branch, weights[f"{block}.conv2.weight"], padding=1)
        branch = bn(branch, weights[f"{block}.bn2.weight"], weights[f"{block}.bn2.bias"])
        x = F.relu(branch + carried)
        yield block, x, branch, carried


def test_a_residual_net_equals_the_forward_pass_by_hand():
    net, images = shuffled(built("cifar/basic-8?width=4")), noise()
    found = propagated(net, images)
    with torch.no_grad():
        expected = list(by_hand(net.state_dict(), images))
    assert [signals.block for signals in found] == [block for block, *_ in expected] == ["layer1.0", "layer2.0", "layer3.0"]
    for signals, (_, output, branch, shortcut) in zip(found, expected, strict=True):
        assert (signals.squared_mean, signals.variance) == pytest.approx(moments(output), rel=1e-4)
        assert signals.branch == pytest.approx(moments(branch)[1], rel=1e-4)
        assert signals.shortcut == pytest.approx(moments(shortcut)[1], rel=1e-4)


def test_a_preactivation_block_is_read_before_and_after_its_addition():
    net, images = shuffled(built("cifar/preact-8?width=4&shortcut=B")), noise()
    found = propagated(net, images)
    with torch.no_grad():
        x = net.relu(net.bn1(net.conv1(images)))
        for signals, block in zip(found, (net.layer1[0], net.layer2[0], net.layer3[0]), strict=True):
            signal = block.relu1(block.bn1(x))
            shortcut = x if block.downsample is None else block.downsample(signal)
            branch = block.conv2(block.relu2(block.bn2(block.conv1(signal))))
            x = branch + shortcut
            assert (signals.squared_mean, signals.variance) == pytest.approx(moments(x), rel=1e-4)
            assert (signals.branch, signals.shortcut) == pytest.approx((moments(branch)[1], moments(shortcut)[1]), rel=1e-4)


def test_a_highway_layer_adds_what_its_gate_weighs():
    net, images = shuffled(built("cifar/highway-8?width=4")), noise()
    found = propagated(net, images)
    with torch.no_grad():
        x = net.relu(net.bn1(net.conv1(images)))
        for signals in found:
            block = net.get_submodule(signals.block)
            gate = torch.sigmoid(block.gate(x))
            branch = F.relu(block.bn1(block.conv1(x))) * gate
            shortcut = (x if block.downsample is None else block.downsample(x)) * (1 - gate)
            x = branch + shortcut
            assert (signals.squared_mean, signals.variance) == pytest.approx(moments(x), rel=1e-4)
            assert (signals.branch, signals.shortcut) == pytest.approx((moments(branch)[1], moments(shortcut)[1]), rel=1e-4)


@pytest.mark.parametrize("text", ["cifar/plain-8?width=4", "imagenet/vgg-16?width=2&input=32"])
def test_a_plain_net_has_outputs_and_adds_nothing(text):
    net, images = built(text).eval(), noise(4)
    found = propagated(net, images)
    outputs = {}
    for signals in found:
        net.get_submodule(signals.block).register_forward_hook(lambda m, i, result, name=signals.block: outputs.setdefault(name, result))
    with torch.no_grad():
        net(images)
    for signals in found:
        assert (signals.squared_mean, signals.variance) == pytest.approx(moments(outputs[signals.block]), rel=1e-4)
        assert signals.branch is None and signals.shortcut is None


def test_without_bn_a_branch_ends_in_its_convolution():
    net, images = built("cifar/basic-8?width=4&norm=none"), noise()
    first = propagated(net, images)[0]
    with torch.no_grad():
        x = F.relu(net.conv1(images))
        branch = net.layer1[0].conv2(F.relu(net.layer1[0].conv1(x)))
    assert (first.branch, first.shortcut) == pytest.approx((moments(branch)[1], moments(x)[1]), rel=1e-4)


def test_a_branch_that_ends_in_bn_has_variance_1_and_one_that_follows_a_relu_loses_1_in_pi():
    """1 - 1/pi: a ReLU of Gaussian noise keeps 1/pi of its mean square in its mean (Brock 2021; the paper says 0.68)."""
    images = noise(16)
    residual = propagated(built("cifar/basic-20?width=8"), images)
    assert [signals.branch for signals in residual] == pytest.approx([1.0] * 9, abs=1e-3)
    preactivation = propagated(built("cifar/preact-20?width=32"), images)
    assert sum(signals.branch for signals in preactivation) / 9 == pytest.approx(1 - 1 / math.pi, abs=0.05)


def test_a_plain_net_with_bn_keeps_the_variance_of_a_relus_output():
    """Half of Gaussian noise: mean square 1/2, of which 1/pi is the squared mean."""
    for signals in propagated(built("cifar/plain-20?width=16"), noise(16)):
        assert signals.variance == pytest.approx((1 - 1 / math.pi) / 2, abs=0.04)
        assert signals.squared_mean == pytest.approx(1 / (2 * math.pi), abs=0.04)


def test_a_preactivation_net_grows_by_a_branch_a_block_and_starts_afresh_with_each_stage():
    found = {signals.block: signals.variance for signals in propagated(built("cifar/preact-56?width=8"), noise(16))}
    for stage in (1, 2, 3):
        steps = [found[f"layer{stage}.{block + 1}"] - found[f"layer{stage}.{block}"] for block in range(8)]
        assert sum(steps) / 8 == pytest.approx(1 - 1 / math.pi, abs=0.15)
    assert found["layer2.0"] < found["layer1.8"] / 3 and found["layer3.0"] < found["layer2.8"] / 3


def test_infinite_signals_are_told():
    net = built("cifar/basic-8?width=4&norm=none")
    with torch.no_grad():
        net.layer2[0].conv1.weight.fill_(1e38)
    found = {signals.block: signals for signals in propagated(net, noise(2))}
    assert math.isfinite(found["layer1.0"].variance) and not math.isfinite(found["layer2.0"].variance)


@pytest.mark.parametrize("text", ["cifar/basic-8?width=4", "cifar/highway-8?width=4", "cifar/plain-8?width=4"])
def test_the_net_is_left_as_it_was_found(text):
    net = built(text).eval()
    with unchanged(net):
        propagated(net, noise(2))
    with unchanged(net), pytest.raises(RuntimeError):
        propagated(net, noise(2, channels=4))


def test_a_network_of_other_blocks_is_refused():
    with pytest.raises(BadInput, match="none of this project's blocks"):
        PropagationProbe(torch.nn.Sequential(torch.nn.Conv2d(3, 3, 1)))


@pytest.mark.parametrize("size", [1e-30, 1.0, 7e21, 1e30])
def test_moments_are_exact_whatever_the_size_and_a_finite_signal_has_finite_ones(size):
    signal = size * (noise(4, channels=5) + torch.arange(5.0).view(1, -1, 1, 1))
    mean, variance = exact_channel_moments(signal)
    assert (mean.double() / size).tolist() == pytest.approx((signal.double() / size).mean((0, 2, 3)).tolist(), rel=1e-3, abs=1e-4)
    assert (variance.double() / size**2).tolist() == pytest.approx((signal.double() / size).var((0, 2, 3), correction=0).tolist(), rel=1e-3)


def test_signals_beyond_float32s_squares_are_told_and_not_infinite():
    net = built("cifar/plain-8?width=4&norm=none")
    with torch.no_grad():
        net.conv1.weight *= 1e21
    probe, responses = PropagationProbe(net), ResponseProbe(net)
    with probe.watching(), responses.watching(), torch.no_grad():
        net(noise(4))
    assert all(math.isfinite(block.variance) and block.variance > 1e38 for block in probe.signals())
    assert all(math.isfinite(one.std) and one.std > 1e19 for one in responses.responses())


@pytest.mark.parametrize("probed", [lambda net: PropagationProbe(net).signals(), lambda net: ResponseProbe(net).responses(),
                                    lambda net: SignalProbe(net).signals()])  # fmt: skip
def test_before_a_pass_there_is_nothing_to_read(probed):
    with pytest.raises(ValueError, match="to read: watch a"):
        probed(built("cifar/plain-8?width=4"))


def test_after_half_a_pass_there_is_nothing_to_read():
    net = built("cifar/plain-8?width=4")
    net.layer2[0].register_forward_hook(lambda *_: 1 / 0)
    probe, responses = PropagationProbe(net), ResponseProbe(net)
    with pytest.raises(ZeroDivisionError), probe.watching(), responses.watching():
        net(noise(4))
    for read in (probe.signals, responses.responses):
        with pytest.raises(ValueError, match="watch a whole forward pass"):
            read()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_channel_moments_are_those_of_the_definition(dtype):
    signal = (3 * noise(4, channels=5) + torch.arange(5.0).view(1, -1, 1, 1)).to(dtype)
    mean, variance = channel_moments(signal)
    exact = signal.double()
    assert mean.tolist() == pytest.approx(exact.mean((0, 2, 3)).tolist(), rel=1e-3, abs=1e-4)
    assert variance.tolist() == pytest.approx(exact.var((0, 2, 3), correction=0).tolist(), rel=1e-3)
    assert mean.dtype == variance.dtype == torch.float32
