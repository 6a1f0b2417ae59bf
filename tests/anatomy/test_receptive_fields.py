"""Receptive fields: published ones, the formula's closed form, and what gradients see."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.receptive import Field, Window, seen, widest, window_of
from explorer.anatomy.trace import trace
from explorer.networks.spec import parse_spec


# Araujo, Norris and Sim (Distill, 2019), table of popular networks; the last layer that still has height and width.
@pytest.mark.parametrize("network, layer, side", [
    ("torchvision/alexnet", "features.12", 195),
    ("imagenet/vgg-16", "pool5", 212),
    ("imagenet/bottleneck-50", "layer4.2.relu3", 483),
    ("imagenet/bottleneck-101", "layer4.2.relu3", 1027),
    ("imagenet/bottleneck-152", "layer4.2.relu3", 1507),
    ("torchvision/inception_v3", "Mixed_7c.cat_3", 1311),
])
def test_published_receptive_fields(network, layer, side):
    assert {one.name: one.receptive_field for one in anatomy_of(parse_spec(network)).layers}[layer] == side


@pytest.mark.parametrize("depth", [20, 56, 110])
def test_residual_nets_of_the_cifar_form(depth):
    """By hand: n = (depth - 2) / 6 blocks a stage, each of two 3x3 windows on values 1, 2, 4 pixels apart; the first
    window of a later stage still reads values of the stage before."""
    n = (depth - 2) // 6
    expected = 3 + 2 * 2 * n + (2 * 1 + (2 * n - 1) * 4) + (2 * 2 + (2 * n - 1) * 8)
    layers = anatomy_of(parse_spec(f"cifar/basic-{depth}")).layers
    assert max(layer.receptive_field for layer in layers if layer.stage == "layer3") == expected


def test_whole_images():
    layers = {layer.name: layer for layer in anatomy_of(parse_spec("cifar/plain-20")).layers}
    # 8 x 8 values 4 pixels apart are averaged.
    assert layers["avgpool"].receptive_field == layers["layer3.2.relu2"].receptive_field + 7 * 4
    vgg = {layer.name: layer for layer in anatomy_of(parse_spec("imagenet/vgg-16")).layers}
    assert vgg["fc1"].receptive_field == 212 + 6 * 32
    attention = next(one for one in anatomy_of(parse_spec("torchvision/vit_b_16")).layers if one.kind == "attention")
    assert attention.receptive_field == 224


kernels = st.integers(1, 4)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(kernels, st.integers(1, 2), st.integers(1, 2), st.booleans()), min_size=1, max_size=4))
def test_formula_is_what_gradients_see(windows):
    """The gradient of one result of convolutions and pools of positive weights is non-zero exactly in its field."""
    side = 48
    layers = []
    for kernel, stride, dilation, pools in windows:
        if pools:
            layers.append(nn.AvgPool2d(kernel, stride))
        else:
            layers.append(nn.Conv2d(1, 1, kernel, stride, dilation=dilation, bias=False))
            nn.init.ones_(layers[-1].weight)
    net = nn.Sequential(*layers)
    image = torch.ones(1, 1, side, side, requires_grad=True)
    try:
        net(image)[0, 0, 0, 0].backward()
    except RuntimeError:
        return  # the windows do not fit
    columns = image.grad[0, 0].abs().sum(0).nonzero().flatten()
    field = trace(net.to("meta"), (1, side, side)).layers[-1].receptive_field
    assert field == int(columns.max() - columns.min()) + 1


@settings(deadline=None)
@given(st.lists(st.tuples(kernels, kernels), max_size=6))
def test_fields_only_grow(windows):
    field = Field()
    for kernel, stride in windows:
        after = seen(field, Window((kernel, kernel), (stride, stride)))
        assert after.size >= field.size and after.jump >= field.jump
        field = after


def test_a_merge_sees_what_the_widest_input_sees():
    assert widest([Field((3, 9), (1, 1)), Field((5, 5), (2, 2))]) == Field((5, 9), (2, 2))
    assert widest([]) == Field((1, 1), (1, 1))


def test_windows_of_operators():
    image = (1, 8, 12, 12)
    assert window_of("conv2d", (image, (4, 8, 3, 5), None, 2, 1, 3), {}, (1, 4, 4, 2)) == Window((3, 5), (2, 2), (3, 3))
    assert window_of("max_pool2d", (image, 2), {}, (1, 8, 6, 6)) == Window((2, 2), (2, 2))
    assert window_of("avg_pool2d", (image, 3, 2, 1, False), {}, (1, 8, 6, 6)) == Window((3, 3), (2, 2))
    assert window_of("adaptive_avg_pool2d", (image, 5), {}, (1, 8, 5, 5)) == Window((4, 4), (2, 2))
    steps = (slice(None), slice(None), slice(None, None, 2), slice(None, None, 3))
    assert window_of("__getitem__", (image, steps), {}, (1, 8, 6, 4)) == Window((1, 1), (2, 3))
    assert window_of("__getitem__", (image, 0), {}, (8, 12, 12)) is None
    assert window_of("relu", (image,), {}, image) is None
