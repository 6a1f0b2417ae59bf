"""What one shape-only forward pass finds, on small networks of every awkward kind."""

import threading

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.trace import trace
from explorer.anatomy.untraceable import Untraceable
from explorer.networks.spec import parse_spec


class Sequence(nn.Sequential):
    """Layers in a row, made on the meta device."""

    def __init__(self, *layers):
        super().__init__(*layers)
        self.to("meta")


def traced(net, shape=(3, 8, 8)):
    return trace(net.to("meta"), shape)


def names(anatomy):
    return [layer.name for layer in anatomy.layers]


def named(anatomy, name):
    return next(layer for layer in anatomy.layers if layer.name == name)


class Block(nn.Module):
    """A residual block with one ReLU module for both places, in place, as torchvision has it."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(3, 3, 3, padding=1), nn.Conv2d(3, 3, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.conv2(self.relu(self.conv1(x)))
        out += x
        return self.relu(out)


def test_a_residual_block():
    anatomy = traced(Block())
    assert names(anatomy) == ["input", "conv1", "relu", "conv2", "add", "relu_2"]
    assert [(edge.source, edge.target) for edge in anatomy.edges if edge.kind == "shortcut"] == [("input", "add")]
    assert named(anatomy, "add").inputs == ("conv2", "input")
    assert named(anatomy, "relu_2").inputs == ("add",)
    assert [layer.activation_bytes for layer in anatomy.layers] == [768, 768, 0, 768, 0, 0]  # in place: nothing new


def test_a_layer_says_all_about_itself():
    anatomy = traced(Sequence(nn.Conv2d(3, 8, (3, 5), stride=2, padding=(1, 2), bias=False), nn.BatchNorm2d(8)))
    conv = named(anatomy, "0")
    assert (conv.kind, conv.in_shape, conv.out_shape) == ("conv", (3, 8, 8), (8, 4, 4))
    assert (conv.kernel, conv.stride) == ((3, 5), (2, 2))
    assert (conv.params, conv.macs, conv.elementwise) == (8 * 3 * 15, 8 * 4 * 4 * 3 * 15, 0)
    assert conv.activation_bytes == 4 * 8 * 4 * 4
    assert conv.receptive_field == 5
    assert conv.inputs == ("input",)
    norm = named(anatomy, "1")
    assert (norm.kind, norm.kernel, norm.params, norm.elementwise) == ("bn", None, 16, 2 * 8 * 4 * 4)


def test_functions_without_a_module_are_layers_too():
    class Net(nn.Module):
        def forward(self, x):
            x = F.max_pool2d(F.relu(x), 2)
            return torch.flatten(x, 1) * 2

    assert [(layer.name, layer.kind) for layer in traced(Net()).layers] == [
        ("input", "input"), ("relu", "relu"), ("maxpool", "maxpool"), ("flatten", "flatten"), ("mul", "mul")]


def test_arguments_by_name_are_the_same_call():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.weight, self.bias = nn.Parameter(torch.ones(6, 3, 3, 3)), nn.Parameter(torch.ones(6))

        def forward(self, x):
            x = F.conv2d(input=x, weight=self.weight, bias=self.bias, stride=2)
            x = F.max_pool2d(F.relu(input=x), kernel_size=2, stride=1)
            x = torch.mul(torch.add(input=x, other=x), other=x)
            x = F.layer_norm(F.dropout(input=x, p=0.5), normalized_shape=x.shape[2:])
            return F.linear(input=torch.flatten(input=x, start_dim=1), weight=torch.matmul(input=self.weight.flatten(1), other=x.new_ones(27, 24)))

    anatomy = traced(Net())
    assert [layer.kind for layer in anatomy.layers] == ["input", "conv", "relu", "maxpool", "add", "mul", "dropout", "layernorm",
                                                        "flatten", "linear"]
    assert (anatomy.layers[1].stride, anatomy.layers[1].macs, anatomy.layers[3].receptive_field) == ((2, 2), 6 * 9 * 27, 5)
    assert anatomy.layers[-1].macs == 6 * 24


def test_shared_parameters_count_once_and_bare_ones_where_they_are_used():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = nn.Conv2d(3, 3, 1)
            self.gain = nn.Parameter(torch.ones(3))
            self.idle = nn.Linear(10, 10)

        def forward(self, x):
            return self.conv(self.conv(x)) * self.gain.view(1, 3, 1, 1)

    anatomy = traced(Net())
    assert [(layer.name, layer.params) for layer in anatomy.layers] == [("input", 0), ("conv", 12), ("conv_2", 0), ("mul", 3)]
    assert anatomy.uncounted == ("110 parameters of idle, which takes no part in inference",)


def test_an_operator_without_a_formula_is_reported():
    class Net(nn.Module):
        def forward(self, x):
            return torch.cumsum(x, 1) + torch.cumsum(x, 2)

    anatomy = traced(Net())
    assert anatomy.uncounted == ("arithmetic of cumsum (2 layers)",
                                 "what exactly cumsum keeps for the backward pass (2 layers), taken as all it reads and returns")


def test_what_comes_from_weights_alone_is_no_layer_and_said():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.embed, self.table = nn.Linear(4, 6), nn.Parameter(torch.ones(5, 4))

        def forward(self, x):
            return x + self.embed(self.table).sum()

    anatomy = traced(Net())
    assert [(layer.name, layer.params) for layer in anatomy.layers] == [("input", 0), ("add", 4 * 6 + 6 + 5 * 4)]
    assert anatomy.uncounted == ("120 MACs on weights alone, the same for any number of images",)


def test_results_that_share_memory_occupy_none():
    anatomy = traced(Sequence(nn.Flatten(), nn.Linear(192, 4), nn.Dropout(0.5)))
    assert [layer.activation_bytes for layer in anatomy.layers] == [768, 0, 16, 0]


def test_a_slice_and_padding_make_option_a():
    anatomy = anatomy_of(parse_spec("cifar/basic-8"))
    shortcut = [(edge.source, edge.target) for edge in anatomy.edges if edge.kind == "shortcut" and "layer2" in edge.target]
    assert shortcut == [("layer1.0.relu2", "layer2.0.downsample.slice"),
                        ("layer2.0.downsample.slice", "layer2.0.downsample.pad"), ("layer2.0.downsample.pad", "layer2.0.add")]
    assert named(anatomy, "layer2.0.downsample.slice").out_shape == (16, 16, 16)
    assert named(anatomy, "layer2.0.downsample.pad").out_shape == (32, 16, 16)


@pytest.mark.parametrize("network, count", [("cifar/plain-56", 0), ("imagenet/vgg-16", 0), ("cifar/basic-56", 27),
                                            ("cifar/highway-32", 30), ("imagenet/bottleneck-152", 50), ("cifar/preact-110", 54)])
def test_every_residual_block_has_one_sum_that_a_shortcut_ends_in(network, count):
    anatomy = anatomy_of(parse_spec(network))
    kinds = {layer.name: layer.kind for layer in anatomy.layers}
    ends = [edge.target for edge in anatomy.edges if edge.kind == "shortcut" and kinds[edge.target] == "add"]
    assert len(ends) == len(set(ends)) == count


def test_a_frozen_layer_is_not_trainable():
    net = Sequence(nn.Conv2d(3, 4, 1), nn.Conv2d(4, 4, 1))
    net[0].requires_grad_(False)
    anatomy = traced(net)
    assert [(layer.params, layer.trainable) for layer in anatomy.layers] == [(0, 0), (16, 0), (20, 20)]
    assert (anatomy.params, anatomy.trainable) == (36, 20)


def test_jumps():
    anatomy = anatomy_of(parse_spec("imagenet/basic-18"))
    assert [named(anatomy, name).jump for name in ("input", "conv1", "maxpool", "layer1.1.conv2", "layer2.0.conv1",
                                                   "layer2.0.downsample.0", "layer4.1.conv2")] == [1, 2, 4, 4, 8, 8, 32]


def test_what_is_in_use_at_one_time():
    """Plain convolutions: input and result. A residual block: its input too, and the name that each result still has."""
    class Net(nn.Module):
        def forward(self, x):
            branch = F.relu(x)
            branch = F.relu(branch)
            return branch + x

    image = 4 * 3 * 8 * 8
    assert [layer.occupied_bytes for layer in traced(Net()).layers] == [image, 2 * image, 3 * image, 3 * image]
    row = Sequence(nn.ReLU(), nn.ReLU(), nn.ReLU(inplace=True))
    assert [layer.occupied_bytes for layer in traced(row).layers] == [image, 2 * image, 3 * image, 2 * image]


def test_a_function_with_the_weights_of_a_layer_has_the_layers_name():
    names_of_swin = names(anatomy_of(parse_spec("torchvision/swin_t")))
    assert {"features.1.0.attn.qkv", "features.1.0.attn.proj", "features.1.0.attn.matmul"} <= set(names_of_swin)


def test_stages_and_blocks():
    anatomy = anatomy_of(parse_spec("imagenet/basic-18"))
    places = {(layer.stage, layer.block) for layer in anatomy.layers}
    blocks = {(f"layer{i}", f"layer{i}.{j}") for i in (1, 2, 3, 4) for j in (0, 1)}
    assert places == blocks | {("", ""), ("stem", ""), ("head", "")}
    assert {layer.stage for layer in anatomy.layers if layer.kind in ("maxpool", "avgpool")} == {"stem", "head"}
    assert named(anatomy, "layer3.1.add").block == "layer3.1"


@pytest.mark.parametrize("network, place", [
    ("torchvision/densenet121", ("features.denseblock3", "features.denseblock3.denselayer7")),
    ("torchvision/vit_b_16", ("encoder.layers", "encoder.layers.encoder_layer_5")),
    ("torchvision/mobilenet_v2", ("features", "features.4")),
    ("torchvision/efficientnet_b0", ("features.4", "features.4.1")),
    ("torchvision/regnet_y_400mf", ("trunk_output.block3", "trunk_output.block3.block3-2")),
    ("torchvision/inception_v3", ("Mixed_6c", "")),
    ("torchvision/vgg16", ("features", "")),
])
def test_stages_and_blocks_of_other_designs(network, place):
    assert place in {(layer.stage, layer.block) for layer in anatomy_of(parse_spec(network)).layers}


def test_layers_come_in_order_with_unique_names_and_known_inputs():
    for network in ("cifar/highway-20", "torchvision/swin_t", "torchvision/googlenet", "imagenet/preact-bottleneck-50"):
        seen = set()
        for layer in anatomy_of(parse_spec(network)).layers:
            assert seen.issuperset(layer.inputs) and layer.name not in seen
            seen.add(layer.name)


def test_tracing_leaves_nothing_behind():
    net = Sequence(nn.Conv2d(3, 3, 3), nn.ReLU())
    trace(net, (3, 8, 8))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())
    with pytest.raises(Untraceable):
        trace(net, (4, 8, 8))
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in net.modules())
    assert torch._C._len_torch_function_stack() == 0


def test_several_threads_trace_at_once():
    networks = ["cifar/basic-56", "cifar/plain-110", "cifar/highway-20", "imagenet/bottleneck-50"] * 3
    expected = {network: anatomy_of(parse_spec(network)) for network in networks}
    anatomy_of.cache_clear()
    found = []
    threads = [threading.Thread(target=lambda n=n: found.append((n, anatomy_of(parse_spec(n))))) for n in networks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == len(networks)
    assert all(anatomy == expected[network] for network, anatomy in found)


def test_a_live_net_elsewhere_is_not_watched():
    live = nn.Sequential(nn.Linear(4, 4), nn.ReLU())
    before = live(torch.ones(1, 4))
    anatomy = trace(Sequence(nn.Flatten(), nn.Linear(192, 4)), (3, 8, 8))
    assert torch.equal(live(torch.ones(1, 4)), before)
    assert len(anatomy.layers) == 3


class Refusing(nn.Module):
    """Raises when it is called."""

    def forward(self, x):
        raise ValueError("not today")


class Catching(nn.Module):
    """Goes on where a part of it fails."""

    def __init__(self):
        super().__init__()
        self.refusing, self.conv = Refusing(), nn.Conv2d(3, 4, 1)

    def forward(self, x):
        try:
            x = self.refusing(x)
        except ValueError:
            x = x + 1
        return self.conv(x)


def test_an_error_that_the_network_catches_leaves_no_trace():
    assert names(traced(Catching())) == ["input", "add", "conv"]
    assert names(traced(nn.Sequential(Catching(), nn.Conv2d(4, 2, 1)))) == ["input", "0.add", "0.conv", "1"]


def test_an_error_says_the_module_that_it_comes_from():
    class Failing(Catching):
        def forward(self, x):
            return self.conv(super().forward(x))  # four channels into three

    with pytest.raises(Untraceable, match=r": 1\.conv \(Conv2d\) stopped with: "):
        traced(nn.Sequential(nn.Conv2d(3, 3, 1), Failing()))
    with pytest.raises(Untraceable, match=r": 0 \(Refusing\) stopped with: not today"):
        traced(nn.Sequential(Refusing()))


@pytest.mark.parametrize("function, dtype", [
    (lambda x: (x > 0) * x, torch.float32), (lambda x: x * (x > 0), torch.float32), (lambda x: (x > 0) * (x > 1), torch.bool),
    (lambda x: (x > 0) + 1, torch.int64), (lambda x: x.half() * x, torch.float32), (lambda x: x.half() + 1, torch.float16)])
def test_results_have_the_type_that_pytorch_gives_them(function, dtype):
    found = []

    class Typed(nn.Module):
        def forward(self, x):
            found.append(function(x))
            return x + found[0]

    traced(Typed())
    assert found[0].dtype == dtype
