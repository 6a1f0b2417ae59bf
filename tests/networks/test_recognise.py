"""Weights files are recognised by their tensors: every block, shortcut and stem, public files, and what is no network of ours."""

import pytest
import torch

from explorer.networks.build import build
from explorer.networks.recognise import network_of, network_of_file
from explorer.networks.spec import parse_spec
from explorer.networks.torchvision_models import torchvision
from explorer.networks.weights import save_weights


@pytest.mark.parametrize(
    "text",
    [
        "cifar/basic-8?width=4", "cifar/basic-14?shortcut=B&width=4&channels=1", "cifar/basic-8?shortcut=C&width=4&classes=7",
        "cifar/basic-8?width=4&norm=none", "cifar/bottleneck-11?width=4", "cifar/preact-8?width=4", "cifar/preact-bottleneck-11?width=4",
        "cifar/highway-8?width=4", "imagenet/basic-18?width=8&classes=5", "imagenet/basic-18?shortcut=C&width=8",
        "imagenet/bottleneck-50?stride=3x3&width=8", "imagenet/basic-14?blocks=1-2-2-1&width=8",
    ],
)  # fmt: skip
def test_a_networks_own_tensors_tell_it(tmp_path, text):
    spec = parse_spec(text)
    save_weights(build(spec, 0), tmp_path / "net.safetensors", {})
    assert network_of_file(tmp_path / "net.safetensors") == spec


def test_a_plain_net_has_the_tensors_of_its_residual_twin(tmp_path):
    save_weights(build(parse_spec("cifar/plain-8?width=4"), 0), tmp_path / "net.safetensors", {})
    assert network_of_file(tmp_path / "net.safetensors") == parse_spec("cifar/basic-8?width=4")


@pytest.mark.parametrize(("file", "text"), [("resnet20-12fca82f.th", "cifar/basic-20"), ("resnet32-d509ac18.th", "cifar/basic-32")])
def test_public_files_are_recognised(shared_data, file, text):
    assert network_of_file(shared_data / "weights" / file) == parse_spec(text)


@pytest.mark.parametrize(("name", "text"), [("resnet18", "imagenet/basic-18"), ("resnext50_32x4d", None), ("squeezenet1_1", None)])
def test_torchvisions_nets_are_ours_or_none(tmp_path, name, text):
    torch.save(getattr(torchvision().models, name)().state_dict(), tmp_path / "net.pth")
    assert network_of_file(tmp_path / "net.pth") == (parse_spec(text) if text else None)


@pytest.mark.parametrize(
    "state",
    [
        {"a": torch.zeros(3)},
        {"conv1.weight": torch.zeros(4), "fc.weight": torch.zeros(2, 2), "layer1.0.x": torch.zeros(1)},
        {"conv1.weight": torch.zeros(0, 3, 3, 3), "fc.weight": torch.zeros(10, 0), "layer1.0.conv1.weight": torch.zeros(0, 0, 3, 3)},
        {"conv1.weight": torch.zeros(16, 3, 3, 3), "fc.weight": torch.zeros(10, 64), "layer1.99999999.conv1.weight": torch.zeros(1)},
        {"conv1.weight": torch.zeros(16, 3, 3, 3), "fc.weight": torch.zeros(10, 64)}
        | {f"layer{stage}.{2**31}.conv1.weight": torch.zeros(1) for stage in (1, 2, 3)},
    ],
)
def test_foreign_tensors_are_no_network(tmp_path, state):
    torch.save(state, tmp_path / "net.pt")
    assert network_of_file(tmp_path / "net.pt") is None


@pytest.mark.parametrize("text", [
    "imagenet/vgg-19?width=4&classes=10", "imagenet/vgg-16?width=4&norm=batch", "imagenet/vgg-14?blocks=1-3-2-3-2&width=4&channels=1",
])  # fmt: skip
@pytest.mark.parametrize("theirs", [False, True])
def test_a_vgg_is_recognised_by_both_its_names(tmp_path, text, theirs):
    spec = parse_spec(text)
    net = build(spec, 0)
    names = {ours: name for name, ours in net.torchvision_names().items()} if theirs else {}
    torch.save({names.get(name, name): tensor for name, tensor in net.state_dict().items()}, tmp_path / "net.pth")
    assert network_of_file(tmp_path / "net.pth") == spec


@pytest.mark.parametrize(("name", "text"), [
    ("vgg13", "imagenet/vgg-13?blocks=2-2-2-2-2"), ("vgg19_bn", "imagenet/vgg-19?norm=batch"), ("alexnet", None),
])  # fmt: skip
def test_torchvisions_vggs_are_recognised(name, text):
    with torch.device("meta"):
        state = getattr(torchvision().models, name)().state_dict()
    assert network_of(state) == (parse_spec(text) if text else None)


def test_numbers_of_any_length_in_names_are_no_network(tmp_path):
    state = {"conv1.weight": torch.zeros(16, 3, 3, 3), "fc.weight": torch.zeros(10, 64)}
    state |= {f"layer1.{'9' * 5000}.conv1.weight": torch.zeros(1), f"features.{'9' * 5000}.weight": torch.zeros(1, 1, 1, 1)}
    torch.save(state, tmp_path / "net.pt")
    assert network_of_file(tmp_path / "net.pt") is None
