"""Parameters and MACs to the unit, held against published numbers, FlopCounterMode and torchinfo."""

import pytest
import torch
import torchinfo
from torch.utils.flop_counter import FlopCounterMode

from explorer.anatomy.of import anatomy_of
from explorer.networks.build import build
from explorer.networks.spec import TorchvisionSpec, parse_spec

# Parameters and MACs measured with torch 2.13 and torchvision 0.28; the rows of "the paper's" nets are known to 4 digits.
EXACT = {
    "torchvision/resnet18": (11_689_512, 1_814_073_344),
    "torchvision/resnet34": (21_797_672, 3_663_761_408),
    "torchvision/resnet50": (25_557_032, 4_089_184_256),
    "torchvision/resnet101": (44_549_160, 7_801_405_440),
    "torchvision/resnet152": (60_192_808, 11_513_626_624),
    "imagenet/basic-18": (11_689_512, 1_814_073_344),
    "imagenet/basic-34": (21_797_672, 3_663_761_408),
    "imagenet/bottleneck-50?stride=3x3": (25_557_032, 4_089_184_256),
    "imagenet/bottleneck-101?stride=3x3": (44_549_160, 7_801_405_440),
    "imagenet/bottleneck-152?stride=3x3": (60_192_808, 11_513_626_624),
    "imagenet/bottleneck-50": (25_557_032, "3.858"),
    "imagenet/bottleneck-101": (44_549_160, "7.570"),
    "imagenet/bottleneck-152": (60_192_808, "11.282"),
    "imagenet/basic-18?shortcut=A": (11_515_688, "1.795"),
    "imagenet/basic-34?shortcut=A": (21_623_848, "3.644"),
    "imagenet/plain-18": (11_515_688, "1.795"),
    "imagenet/plain-34": (21_623_848, "3.644"),
    "imagenet/vgg-16": (138_357_544, 15_470_264_320),
    "imagenet/vgg-19": (143_667_240, 19_632_062_464),
    "imagenet/vgg-19?norm=batch": (143_678_248, 19_632_062_464),
    "cifar/basic-20": (269_722, 40_551_040),
    "cifar/basic-32": (464_154, 68_862_592),
    "cifar/basic-44": (658_586, 97_174_144),
    "cifar/basic-56": (853_018, 125_485_696),
    "cifar/basic-110": (1_727_962, 252_887_680),
    "cifar/basic-1202": (19_421_274, 2_829_238_912),
    "cifar/plain-20": (269_722, 40_551_040),
    "cifar/plain-56": (853_018, 125_485_696),
    "cifar/basic-20?shortcut=B": (269_722 + 2_752, None),
    "cifar/basic-110?shortcut=B": (1_727_962 + 2_752, None),
}

# Every kind of block and operator that this project builds, and torchvision's rarer ones.
CROSS_CHECKED = ["cifar/highway-20", "cifar/preact-20?shortcut=C", "cifar/preact-bottleneck-29", "cifar/bottleneck-29",
                 "imagenet/preact-bottleneck-50", "cifar/basic-20?norm=none&channels=1&width=8", "imagenet/plain-18",
                 "imagenet/vgg-16?input=64&dropout=0.5", "torchvision/mobilenet_v2", "torchvision/resnext50_32x4d"]


@pytest.mark.parametrize("network", EXACT)
def test_costs_are_the_published_ones(network):
    params, macs = EXACT[network]
    anatomy = anatomy_of(parse_spec(network))
    assert anatomy.params == params
    if isinstance(macs, int):
        assert anatomy.macs == macs
    elif macs:
        assert f"{anatomy.macs / 1e9:.3f}" == macs
    assert anatomy.uncounted == ()


@pytest.mark.parametrize("network", CROSS_CHECKED)
def test_costs_agree_with_other_counters(network):
    spec = parse_spec(network)
    anatomy, net = anatomy_of(spec), build(spec, meta=True).eval()
    images = torch.empty(1, spec.channels, spec.input, spec.input, device="meta")
    with FlopCounterMode(display=False) as counter:
        net(images)
    assert 2 * anatomy.macs == counter.get_total_flops()
    assert anatomy.params == torchinfo.summary(net, verbose=0).total_params


def test_what_is_not_counted_is_said():
    googlenet = anatomy_of(TorchvisionSpec("googlenet"))
    assert "3,188,968 parameters of aux1, which takes no part in inference" in googlenet.uncounted
    assert any("attention over windows" in note for note in anatomy_of(TorchvisionSpec("swin_t")).uncounted)


def test_elementwise_work_and_memory_of_residual_20():
    """By hand: 19 BN of 2 and 19 ReLU of 1 operation a value, 9 additions, the pooling's 64 x 8 x 8, fc's biases."""
    anatomy = anatomy_of(parse_spec("cifar/basic-20"))
    values = [7 * 16 * 32 * 32, 6 * 32 * 16 * 16, 6 * 64 * 8 * 8]
    sums = 3 * (16 * 32 * 32 + 32 * 16 * 16 + 64 * 8 * 8)
    assert anatomy.elementwise == 3 * sum(values) + sums + 64 * 8 * 8 + 10
    padded = 32 * 16 * 16 + 64 * 8 * 8
    assert anatomy.activation_bytes == 4 * (3 * 32 * 32 + 3 * sum(values) + sums + padded + 64 + 10)
