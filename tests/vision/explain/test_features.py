"""Feature maps: the very tensors that the layers make, by the anatomy's names, with the shared network untouched."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from signals_unchanged import unchanged
from torch import nn

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.trace import trace
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.twin import twin
from explorer.vision.explain.features import activity, anatomy_of_loaded, maps_of, read, seen_by
from explorer.vision.explain.places import Place, Signal, counterpart, levels_of, places_of
from explorer.vision.models import open_model


def net_of(text):
    return build(parse_spec(text), seed=1).eval().requires_grad_(False)


def places(net, channels=3, size=32):
    return places_of(trace(twin(net).to("meta"), (channels, size, size)))


def picture(channels=3, size=32):
    return torch.randn(1, channels, size, size, generator=torch.Generator().manual_seed(4))


def heard(net, name, images):
    """What a hook on a module of a copy hears."""
    copied, said = twin(net), []
    copied.get_submodule(name).register_forward_hook(lambda module, given, result: said.append(result.clone()))
    with torch.inference_mode():
        copied(images)
    return said[0][0].numpy()


@pytest.mark.parametrize("text", ["cifar/basic-8?width=4", "cifar/plain-8?width=4", "cifar/preact-8?width=4",
                                  "cifar/highway-8?width=4", "imagenet/vgg-16?width=2&input=32"])  # fmt: skip
def test_maps_are_what_the_layers_make_and_the_network_stays_as_it_is(text):
    net = net_of(text)
    images = picture()
    with unchanged(net):
        for place in places(net):
            found = maps_of(net, images, place.signals)
            assert list(found) == [signal.name for signal in place.signals]
            for signal in place.signals:
                assert found[signal.name].shape == (signal.channels, signal.side, signal.side)
                if signal.kind in ("conv", "bn", "relu", "maxpool", "sigmoid"):
                    np.testing.assert_array_equal(found[signal.name], heard(net, signal.name, images))


def test_a_loaded_model_is_followed_as_it_is_fed_and_stays_as_it_is():
    loaded = open_model("mnist-residual-20")
    with unchanged(loaded.net):
        anatomy = anatomy_of_loaded(loaded)
    assert [(layer.name, layer.out_shape) for layer in anatomy.layers] == [
        (layer.name, layer.out_shape) for layer in anatomy_of(loaded.model.spec).layers]  # fmt: skip
    assert not any(tensor.is_meta for tensor in loaded.net.state_dict().values())


def test_places_are_stem_blocks_and_head_in_order():
    found = places(net_of("cifar/basic-8?width=4"))
    assert [place.name for place in found] == ["stem", "layer1.0", "layer2.0", "layer3.0"]
    assert [signal.name for signal in found[0].signals] == ["conv1", "bn1", "relu"]
    assert [signal.name.removeprefix("layer2.0.") for signal in found[2].signals] == [
        "downsample.pad", "conv1", "bn1", "relu1", "conv2", "bn2", "add", "relu2"]  # fmt: skip
    assert found[2].output == Signal("layer2.0.relu2", "relu", 8, 16, False, 13, 2)
    assert [place.stage for place in found] == ["stem", "layer1", "layer2", "layer3"]


def test_low_mid_and_high_level_are_the_ends_of_stages():
    assert {level: place.name for level, place in levels_of(places(net_of("cifar/basic-20?width=4"))).items()} == {
        "low": "layer1.2", "mid": "layer2.2", "high": "layer3.2"}  # fmt: skip
    four = places(net_of("imagenet/basic-18?width=2&input=64"), size=64)
    assert [place.name for place in levels_of(four).values()] == ["layer1.1", "layer2.1", "layer4.1"]
    one = tuple(Place(str(number), "", (Signal(str(number), "conv", 1, 8, False, 3, 1),)) for number in range(7))
    assert [place.name for place in levels_of(one).values()] == ["1", "4", "6"]
    assert [place.name for place in levels_of(one[:1]).values()] == ["0", "0", "0"]


def test_the_counterpart_in_another_network_has_the_name_or_the_share_of_the_way():
    deep, flat = places(net_of("cifar/basic-20?width=4")), places(net_of("cifar/plain-8?width=4"))
    assert counterpart("layer2.0", deep, flat).name == "layer2.0"
    assert counterpart("layer3.2", deep, flat).name == "layer3.0"
    assert counterpart("layer1.1", deep, flat).name == "layer1.0"
    assert counterpart("stem", deep, flat).name == "stem"


def test_layers_that_work_in_place_do_not_change_what_was_read():
    net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(inplace=True)).eval()
    images = picture(size=8)
    found = read(net, images, ["0", "1", "2"])
    assert found["1"].min() < 0 and found["2"].min() == 0
    assert torch.equal(found["1"].relu(), found["2"])


def test_channels_behind_the_places_are_brought_to_the_front():
    class Behind(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = nn.Conv2d(3, 5, 4, 4), nn.LayerNorm(5)

        def forward(self, x):
            return self.norm(self.conv(x).permute(0, 2, 3, 1)).mean((1, 2))

    net = Behind().eval().requires_grad_(False)
    (_, norm) = (signal for place in places(net) for signal in place.signals)
    assert (norm.name, norm.channels, norm.side, norm.channels_last) == ("norm", 5, 8, True)
    images = picture()
    maps = maps_of(net, images, [norm])["norm"]
    np.testing.assert_array_equal(maps, net.norm(net.conv(images).permute(0, 2, 3, 1))[0].permute(2, 0, 1).numpy())


def test_channels_are_ordered_by_mean_or_largest_absolute_value():
    maps = np.zeros((4, 2, 2), np.float32)
    maps[1] = [[3, 0], [0, 0]]
    maps[2] = -1
    maps[3] = [[0, 0], [0, 3]]
    found = activity(maps)
    assert found.mean.tolist() == [0, 0.75, 1, 0.75] and found.max.tolist() == [0, 3, 1, 3]
    assert found.above_zero.tolist() == [0, 0.25, 0, 0.25]
    assert found.order("mean").tolist() == [2, 1, 3, 0] and found.order("max").tolist() == [1, 3, 2, 0]


def test_what_a_value_sees_is_where_its_gradient_comes_from():
    net = net_of("cifar/plain-8?width=4&norm=none")
    place = next(place for place in places(net) if place.name == "layer2.0")
    images = picture().requires_grad_()
    with torch.enable_grad():
        x = net.relu(net.bn1(net.conv1(images)))
        x = net.layer1(x)
        x = net.layer2[0].conv2(net.layer2[0].conv1(x))  # without the ReLUs all gradients get through
        x[0, :, 6, 7].sum().backward()
    rows, columns = np.nonzero(images.grad[0].abs().sum(0).numpy())
    left, top, right, bottom = seen_by(place.output, 6, 7, 32)
    for told, true in zip((left, top, right - 1, bottom - 1), (columns.min(), rows.min(), columns.max(), rows.max()), strict=True):
        assert abs(told - true) <= place.output.jump
    assert seen_by(Signal("a", "conv", 1, 1, False, 99, 32), 0, 0, 32) == (0, 0, 32, 32)


def test_ten_readers_at_once_read_the_same():
    net = net_of("cifar/basic-8?width=4")
    output = places(net)[2].output
    images = [torch.full((1, 3, 32, 32), float(number)) + picture() for number in range(10)]
    alone = [maps_of(net, one, [output])[output.name] for one in images]
    with unchanged(net), ThreadPoolExecutor(10) as pool:
        together = list(pool.map(lambda one: maps_of(net, one, [output])[output.name], images))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("name", ["swin_t", "mobilenet_v2", "googlenet"])
def test_torchvision_networks_are_read_by_the_same_names(name):
    net = net_of(f"torchvision/{name}")
    found = places(net, size=64)
    signals = [place.output for place in (found[0], found[len(found) // 2], found[-1])]
    maps = maps_of(net, picture(size=64), signals)
    assert [maps[one.name].shape for one in signals] == [(one.channels, one.side, one.side) for one in signals]
