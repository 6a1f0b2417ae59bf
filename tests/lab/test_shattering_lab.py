"""Shattered gradients of fresh networks: the pictures, what is refused, and what the paper found."""

import pytest
import torch

from explorer.data.images import Normalise, load
from explorer.errors import BadInput
from explorer.lab.shattering import DISTANCES, check_affordable, likeness, line, two_pictures
from explorer.networks.spec import parse_spec
from explorer.signals.noise import autocorrelation, brown_covariance

SMALL = parse_spec("cifar/basic-8?width=4")


def test_the_pictures_are_examples_of_the_digits_asked_for():
    data = load("mnist-5k", channels=3)
    images = two_pictures(SMALL, "digits", 3, 8, 5)
    digits = [data.train_images[data.train_labels == digit] for digit in (3, 8)]
    normalise = Normalise(data.mean, data.std)
    assert images.shape == (2, 3, 32, 32)
    assert torch.equal(images, normalise(torch.stack([digits[0][5], digits[1][5]])))


def test_of_one_digit_there_are_two_pictures():
    images = two_pictures(SMALL, "digits", 3, 3, 0)
    assert not torch.equal(images[0], images[1])


def test_pictures_fit_the_network():
    assert two_pictures(parse_spec("cifar/basic-8?width=4&channels=1&input=28"), "digits", 0, 1, 0).shape == (2, 1, 28, 28)
    assert two_pictures(parse_spec("cifar/basic-8?width=4&channels=2&input=16"), "noise", 0, 1, 0).shape == (2, 2, 16, 16)


def test_other_noise_is_another_example():
    assert not torch.equal(two_pictures(SMALL, "noise", 3, 8, 0), two_pictures(SMALL, "noise", 3, 8, 1))


def test_an_example_that_is_not_there_is_refused():
    with pytest.raises(BadInput, match="400 examples"):
        two_pictures(SMALL, "digits", 3, 8, 400)


def test_a_part_of_the_line_lies_around_its_middle():
    series = line(SMALL, two_pictures(SMALL, "digits", 3, 8, 0), points=5, share=0.1)
    assert series.positions == pytest.approx([0.45, 0.475, 0.5, 0.525, 0.55])


def test_the_same_seed_gives_the_same_series_and_another_another():
    pictures = two_pictures(SMALL, "digits", 3, 8, 0)
    first, again, other = (line(SMALL, pictures, points=5, seed=seed) for seed in (1, 1, 2))
    assert first.slopes == again.slopes != other.slopes
    assert likeness(SMALL, seed=1) == likeness(SMALL, seed=1) != likeness(SMALL, seed=2)


def test_torchs_own_generator_is_not_drawn_from():
    state = torch.get_rng_state()
    line(SMALL, two_pictures(SMALL, "noise", 0, 0, 0), data="noise", points=5)
    likeness(SMALL, data="noise")
    assert torch.equal(torch.get_rng_state(), state)


def test_a_network_of_few_classes_has_a_score_for_every_digit():
    few = parse_spec("cifar/basic-8?width=4&classes=2")
    assert len(line(few, two_pictures(few, "digits", 9, 8, 0), points=3, output=9).slopes) == 3


@pytest.mark.parametrize(
    ("text", "said"), [("imagenet/bottleneck-152", "multiply-adds"), ("cifar/basic-8?width=1&input=1024", "GB of memory")]
)
def test_what_is_too_large_is_refused_before_it_is_built(text, said, monkeypatch):
    monkeypatch.setattr("explorer.lab.limits.free_bytes", lambda: 10**9)
    monkeypatch.setattr("explorer.lab.shattering.build", lambda *args, **keywords: pytest.fail("it was built"))
    spec = parse_spec(text)
    with pytest.raises(BadInput, match=said):
        line(spec, torch.zeros(2, spec.channels, spec.input, spec.input), points=33)
    with pytest.raises(BadInput, match=said):
        check_affordable(spec, 40)


def test_a_deep_plain_net_shatters_along_the_line_and_a_residual_one_does_not():
    """Measured, autocorrelation of neighbours among 33 points: about 0 in plain-56, 0.5 in residual-56, 0.85 expected of brown noise."""
    found = {}
    for block in ("plain", "basic"):
        spec = parse_spec(f"cifar/{block}-56?width=8&channels=1")
        found[block] = autocorrelation(line(spec, two_pictures(spec, "digits", 3, 8, 0), points=33).products)[1].item()
    brown = autocorrelation(brown_covariance(33))[1].item()
    assert abs(found["plain"]) < 0.1
    assert 0.25 < found["basic"] < brown


def test_likeness_decays_with_depth_far_faster_without_shortcuts():
    """Measured at 1% of the way, width 8, mean of three seeds: plain with BN 0.97 at 8 layers, 0.09 at 32; residual 0.98 and 0.92."""
    near = DISTANCES.index(0.01)
    kinds = [(block, depth) for block in ("plain", "basic") for depth in (8, 32)]
    at = {(block, depth): likeness(parse_spec(f"cifar/{block}-{depth}?width=8&channels=1"))[near] for block, depth in kinds}
    assert at["plain", 8] > 0.9 and at["basic", 8] > 0.95
    assert at["plain", 32] < 0.4 and at["basic", 32] > 0.8
