"""Fresh networks on digits or noise: what is measured is what was asked for, or it is refused before it is built."""

import pytest
import torch

from explorer.anatomy.of import anatomy_of
from explorer.errors import BadInput
from explorer.lab import fresh, limits
from explorer.lab.fresh import check_memory, check_work, fresh_flow, needed_bytes, usual_batch
from explorer.lab.pictures import fresh_pictures
from explorer.lab.quantities import OWNERS, QUANTITIES, parts_of
from explorer.networks.spec import parse_spec
from explorer.signals.flow import gradient_flow

SPEC = parse_spec("cifar/basic-8?width=4&channels=1")


@pytest.mark.parametrize("data", ["digits", "noise"])
def test_the_flow_is_that_of_the_pictures(data):
    images, labels = fresh_pictures(SPEC, 24, 7, data)
    exact = gradient_flow(SPEC, images, labels, seed=7, steps=(0, 2), batch=8, lr=0.1)
    *_, found = fresh_flow(SPEC, data=data, seed=7, steps=(0, 2), batch=8, lr=0.1)
    assert found == exact


@pytest.mark.parametrize("data", ["digits", "noise"])
def test_the_first_step_is_the_same_however_many_follow(data):
    assert next(fresh_flow(SPEC, data=data, batch=4, steps=(0,))) == next(fresh_flow(SPEC, data=data, batch=4, steps=(0, 9)))


def test_noise_is_standard_and_its_labels_are_of_the_networks_classes():
    images, labels = fresh_pictures(parse_spec("cifar/plain-8?classes=3&channels=2"), 500, 1, "noise")
    assert images.shape == (500, 2, 32, 32) and images.mean().abs() < 5e-3 and abs(images.std() - 1) < 5e-3
    assert labels.bincount().tolist() == pytest.approx([500 / 3] * 3, rel=0.2)
    with pytest.raises(BadInput, match="digits or noise, not cats"):
        fresh_pictures(SPEC, 2, 0, "cats")


def test_large_pictures_come_in_smaller_batches_and_come_again(monkeypatch):
    assert (usual_batch(SPEC), usual_batch(parse_spec("imagenet/basic-18"))) == (64, 8)
    asked = []
    monkeypatch.setattr(fresh, "measured_steps", lambda spec, images, labels, **how: asked.append((images.shape, how["batch"])))
    monkeypatch.setattr(fresh, "MOST_PICTURES", 3 * 8 * 4 * 32 * 32)
    fresh_flow(SPEC, batch=8, steps=(0, 50))
    fresh_flow(SPEC, batch=64, steps=(0, 50))
    assert asked == [((24, 1, 32, 32), 8), ((64, 1, 32, 32), 64)]


def test_too_large_a_network_is_refused_before_it_is_built(monkeypatch):
    monkeypatch.setattr(fresh, "measured_steps", lambda *args, **keywords: pytest.fail("measured"))
    monkeypatch.setattr(fresh, "fresh_pictures", lambda *args: pytest.fail("drew pictures"))
    with pytest.raises(BadInput, match=r"Residual-1202 need about [\d,.]+ GB of memory for 4,096 pictures, and [\d.]+ GB are free: choose"):
        fresh_flow(parse_spec("cifar/basic-1202?width=256"), batch=4096)


def test_the_estimate_is_compared_with_what_is_free_and_grows_with_the_steps(monkeypatch):
    anatomy = anatomy_of(SPEC)
    monkeypatch.setattr(limits, "free_bytes", lambda: needed_bytes(anatomy, 32))
    check_memory(anatomy, 32)
    with pytest.raises(BadInput):
        check_memory(anatomy, 32, last_step=1)  # the optimiser's velocities, and a second batch
    with pytest.raises(BadInput):
        check_memory(anatomy, 33)


def test_work_beyond_the_limit_is_refused_with_the_estimate():
    anatomy = anatomy_of(SPEC)
    work = 3 * anatomy.macs * 64 * 11
    check_work(anatomy, 64, 10, most=work)
    with pytest.raises(BadInput, match=r"multiply-adds for 64 pictures and 11 steps, this stops at .* or fewer steps\."):
        check_work(anatomy, 64, 10, most=work - 1)
    with pytest.raises(BadInput, match=r"for 64 pictures, this stops at 0 G\): .*, or a smaller input\."):
        check_work(anatomy, 64, most=1)


def test_every_quantity_has_a_value_for_each_of_its_parts():
    flow = next(fresh_flow(SPEC, batch=4, steps=(0,)))
    for quantity in QUANTITIES.values():
        assert quantity.of in OWNERS
        assert len(quantity.values(flow, flow.steps[0])) == len(parts_of(flow, quantity.of)) > 0
    roots = QUANTITIES["root"].values(flow, flow.steps[0])
    assert roots[0] == pytest.approx(flow.steps[0].norms[0] / torch.tensor(4 * 9.0).sqrt().item())
    assert parts_of(flow, "weights")[0] == ("conv1", "conv") and parts_of(flow, "activations")[0] == ("relu", "relu")
