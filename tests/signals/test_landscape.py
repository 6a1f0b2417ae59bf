"""The loss around a network is that of networks whose weights were moved by hand; in the middle it is the evaluation loss."""

import copy
import math

import pytest
import torch
import torch.nn.functional as F

from explorer.lab.trained import validation
from explorer.networks.build import build
from explorer.networks.spec import parse_spec
from explorer.signals.landscape import Landscape, directions
from explorer.vision.models import open_model

NETWORKS = ["cifar/plain-8?width=4", "cifar/basic-8?width=4", "cifar/basic-8?width=4&shortcut=B", "cifar/bottleneck-11?width=4",
            "cifar/preact-8?width=4", "cifar/highway-8?width=4", "cifar/plain-8?width=4&norm=none"]  # fmt: skip


def network(text):
    """A network whose batch statistics and affine parameters are not those it began with."""
    net = build(parse_spec(f"{text}&input=8"), seed=1)
    generator = torch.Generator().manual_seed(2)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(generator=generator)
            module.running_var.uniform_(0.5, 2, generator=generator)
            module.weight.data.uniform_(0.5, 2, generator=generator)
    return net.eval()


def pictures(count=70):
    generator = torch.Generator().manual_seed(5)
    return torch.randn(count, 3, 8, 8, generator=generator), torch.randint(10, (count,), generator=generator)


def by_hand(net, images, labels):
    with torch.no_grad():
        logits = net(images)
    return F.cross_entropy(logits, labels).item(), (logits.argmax(1) != labels).float().mean().item()


@pytest.mark.parametrize("text", NETWORKS)
def test_a_filter_of_a_direction_is_as_long_as_the_networks_own_and_the_rest_stays(text):
    net = network(text)
    for axis in directions(net, 2, seed=0):
        for (name, weight), drawn in zip(net.named_parameters(), axis, strict=True):
            assert drawn.shape == weight.shape
            if weight.dim() == 1:  # biases and batch normalisation's parameters
                assert not drawn.any(), name
            else:
                torch.testing.assert_close(drawn.flatten(1).norm(dim=1), weight.detach().flatten(1).norm(dim=1))


@pytest.mark.parametrize("seed", range(4))
def test_directions_are_independent_of_the_weights_that_the_same_seed_began_with(seed):
    net = build(parse_spec("cifar/basic-20?width=16"), seed)
    large = [(axis, weight) for axis, weight in zip(directions(net, 1, seed)[0], net.parameters()) if weight.dim() > 1 and weight.numel() > 400]
    assert len(large) > 15
    assert all(abs(F.cosine_similarity(axis.flatten(), weight.detach().flatten(), dim=0)) < 0.25 for axis, weight in large)


def test_directions_follow_their_seed_leave_the_generator_alone_and_hardly_overlap():
    net, before = network(NETWORKS[1]), torch.get_rng_state()
    first, second = directions(net, 2, seed=4)
    assert torch.equal(torch.get_rng_state(), before)
    (alone,) = directions(net, 1, seed=4)
    assert all(map(torch.equal, first, alone))
    (other,) = directions(net, 1, seed=5)
    flat, across, elsewhere = (torch.cat([one.flatten() for one in axis]) for axis in (first, second, other))
    assert abs(F.cosine_similarity(flat, across, dim=0)) < 0.1 and abs(F.cosine_similarity(flat, elsewhere, dim=0)) < 0.1


@pytest.mark.parametrize("text", NETWORKS)
def test_the_middle_is_the_evaluation_loss_and_every_place_that_of_weights_moved_by_hand(text):
    net, (images, labels) = network(text), pictures()
    axes = directions(net, 2, seed=0)
    landscape = Landscape(copy.deepcopy(net), axes, images, labels, batch=32)
    loss, error = by_hand(net, images, labels)
    for place in ((0.3, -0.7), (-1.0, 1.0), (0.0, 0.0)):  # the origin last: what was before leaves nothing behind
        moved = copy.deepcopy(net)
        with torch.no_grad():
            for weight, first, second in zip(moved.parameters(), *axes):
                weight += place[0] * first + place[1] * second
        expected = by_hand(moved, images, labels)
        found = landscape.at(*place)
        assert found.loss == pytest.approx(expected[0], rel=1e-5) and found.error == pytest.approx(expected[1], abs=1e-6)
    assert found.loss == pytest.approx(loss, abs=1e-6) and found.error == pytest.approx(error, abs=1e-6)


def test_the_middle_of_a_shipped_network_is_its_evaluation_loss_to_a_millionth():
    loaded = open_model("mnist-residual-20")
    judged = validation(loaded, "mnist-5k", 60)
    landscape = Landscape(copy.deepcopy(loaded.net), directions(loaded.net, 1, 0), judged.images, judged.labels)
    assert landscape.at(0.0).loss == pytest.approx(by_hand(loaded.net, judged.images, judged.labels)[0], abs=1e-6)
    assert landscape.at(1.0).loss > 10 * landscape.at(0.0).loss


def test_a_network_is_left_as_it_was():
    net, (images, labels) = network(NETWORKS[1]), pictures(8)
    net.train()
    state, before = copy.deepcopy(net.state_dict()), torch.get_rng_state()
    Landscape(copy.deepcopy(net), directions(net, 2, 0), images, labels).at(1.0, 1.0)
    assert net.training and all(weight.requires_grad and weight.grad is None for weight in net.parameters())
    assert all(torch.equal(value, net.state_dict()[name]) for name, value in state.items())
    assert not any(module._forward_hooks or module._backward_hooks for module in net.modules())
    assert torch.equal(torch.get_rng_state(), before)


def test_what_is_not_finite_is_said_and_answers_without_numbers_are_wrong():
    net, (images, labels) = network(NETWORKS[6]), pictures(20)
    found = Landscape(net, directions(net, 1, 0), images, labels).at(1e20)
    assert not math.isfinite(found.loss) and found.error == 1.0


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_on_a_gpu_in_full_float32_the_loss_is_that_of_the_cpu():
    net, (images, labels) = network(NETWORKS[1]), pictures()
    axes, gpu = directions(net, 2, seed=0), torch.device("cuda")
    here = Landscape(copy.deepcopy(net), axes, images, labels)
    there = Landscape(copy.deepcopy(net).to(gpu), [[axis.to(gpu) for axis in one] for one in axes], images.to(gpu), labels.to(gpu))
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        for place in ((0.0, 0.0), (0.5, -0.5)):
            assert there.at(*place).loss == pytest.approx(here.at(*place).loss, rel=1e-5)
