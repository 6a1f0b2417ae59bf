"""Networks run over pictures of any size: equal to themselves at their own size, and to the mean over all windows at others."""

import pytest
import torch
from torch import nn

from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.networks.torchvision_models import torchvision
from explorer.vision.dense import SizeError, scores_at_any_size


def noise(*size, seed=0):
    return torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def vgg():
    return build(parse_spec("imagenet/vgg-16?width=4&classes=10"), 1).eval()


@torch.no_grad()
def test_a_network_that_pools_all_of_its_last_map_runs_as_it_is():
    net = build(parse_spec("cifar/basic-8?width=4"), 1).eval()
    x = noise(41, 64)
    assert torch.equal(scores_at_any_size(net, x), net(x))


@torch.no_grad()
def test_a_vgg_of_its_own_size_answers_as_it_does_with_linear_layers(vgg):
    x = noise(224, 224)
    torch.testing.assert_close(scores_at_any_size(vgg, x), vgg(x))


@torch.no_grad()
def test_a_vgg_over_a_larger_picture_is_its_classifier_at_every_place(vgg):
    """Each 7 x 7 window of the last map through the linear layers by hand."""
    x = noise(256, 320)
    map = x
    for number in range(1, 6):
        map = vgg.get_submodule(f"pool{number}")(vgg.get_submodule(f"layer{number}")(map))
    assert map.shape[2:] == (8, 10)
    windows = [map[:, :, top : top + 7, left : left + 7].flatten(1) for top in range(2) for left in range(4)]
    expected = torch.stack([vgg.fc(vgg.fc2(vgg.fc1(window).relu()).relu()) for window in windows]).mean(0)
    found = scores_at_any_size(vgg, x)
    torch.testing.assert_close(found, expected)
    assert not torch.allclose(found, vgg(x))  # pooling to 7 x 7, as torchvision does it, is something else


@torch.no_grad()
def test_torchvisions_nets_with_linear_layers_have_the_same_form():
    net = torchvision().models.AlexNet(num_classes=7).eval()
    x = noise(224, 224)
    torch.testing.assert_close(scores_at_any_size(net, x), net(x))
    larger = noise(300, 288)
    map = net.features(larger)
    windows = [map[:, :, top : top + 6, left : left + 6].flatten(1) for top in range(map.shape[2] - 5) for left in range(map.shape[3] - 5)]
    assert len(windows) > 1
    torch.testing.assert_close(scores_at_any_size(net, larger), torch.stack([net.classifier(window) for window in windows]).mean(0))


@torch.no_grad()
@pytest.mark.parametrize("name", ["mobilenet_v3_small", "squeezenet1_1", "shufflenet_v2_x0_5"])
def test_torchvisions_nets_that_pool_their_last_map_run_as_they_are(name):
    net = torchvision().models.get_model(name, num_classes=5).eval()
    x = noise(96, 131)
    assert torch.equal(scores_at_any_size(net, x), net(x))


@pytest.mark.parametrize("name", ["vit_b_32", "swin_t", "maxvit_t"])
def test_attention_to_a_number_of_places_is_refused(name):
    with torch.device("meta"):
        net = torchvision().models.get_model(name).eval()
    with pytest.raises(SizeError, match="attends"):
        scores_at_any_size(net, torch.zeros(1, 3, 256, 256, device="meta"))


def test_a_picture_too_small_for_the_classifier_is_refused(vgg):
    with pytest.raises(SizeError, match="7 x 7"):
        scores_at_any_size(vgg, noise(128, 300))


@torch.no_grad()
def test_the_network_is_left_as_it_was(vgg):
    before = {name: value.clone() for name, value in vgg.state_dict().items()}
    names = [name for name, _ in vgg.named_modules()]
    scores_at_any_size(vgg, noise(224, 256))
    assert names == [name for name, _ in vgg.named_modules()] and not any(module._forward_hooks for module in vgg.modules())
    assert all(torch.equal(before[name], value) for name, value in vgg.state_dict().items())
    assert isinstance(vgg.fc1, nn.Linear)
