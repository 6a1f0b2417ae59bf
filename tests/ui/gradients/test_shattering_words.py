"""What is said of shattered gradients follows from the numbers that are drawn."""

import math
import random

import pytest

from explorer.networks.spec import parse_spec
from explorer.ui.gradients.shattering.charts import DISTANCES
from explorer.ui.gradients.shattering.measured import Likeness, Line, Wanted, with_depths, with_norms
from explorer.ui.gradients.shattering.words import (
    correlation_reading,
    depth_reading,
    distance_reading,
    fall_sentences,
    kind,
    reach,
    reach_sentences,
    series_reading,
    steepest_part,
    white_band,
)

PLAIN = Wanted(parse_spec("cifar/plain-56?width=8"), "Plain-56", "with BN")
BROWN = 0.96
DRAW = random.Random(0)
EVEN = tuple(DRAW.gauss(0, 1) for _ in range(129))


def line(of_slopes=0.0, of_gradients=0.0, cosine=0.0, rank=0.5, slopes=EVEN):
    return Line(PLAIN, tuple(range(129)), slopes, (1.0, of_slopes), (1.0, of_gradients), cosine, rank, 3072)


def likeness(depth, cosines, label="Plain", panel="with BN", seed=0):
    return Likeness(Wanted(parse_spec(f"cifar/plain-{depth}"), label, panel), depth, seed, cosines)


@pytest.mark.parametrize(("correlation", "said"), [
    (0.1, "not to be told from white"), (-0.1, "not to be told from white"), (0.5, "between white and brown"), (0.95, "as smooth as brown"),
    (0.99, "smoother than brown"), (-0.5, "opposite signs"), (math.nan, "constant, or not finite"),
])  # fmt: skip
def test_a_series_is_told_by_the_correlation_of_neighbours(correlation, said):
    assert said in kind(line(correlation), BROWN)


def test_a_series_that_is_steep_in_a_few_places_is_not_called_white():
    slopes = tuple(100.0 if i in (3, 9) else 0.01 * i for i in range(129))
    assert steepest_part(slopes) > 0.98
    assert "says little" in kind(line(0.0, slopes=slopes), BROWN)
    assert 0.3 < steepest_part(EVEN) < 0.6


def test_white_noises_correlation_stays_within_two_deviations():
    assert white_band(100) == pytest.approx(0.196)


def test_the_reach_lies_where_the_cosine_falls_below_a_half():
    distances = [0.01, 0.1, 1.0]
    assert reach(distances, [0.9, 0.1, 0.0]) == pytest.approx(0.01 * 10**0.5)
    assert reach(distances, [0.4, 0.1, 0.0]) == 0
    assert reach(distances, [0.9, 0.8, 0.6]) == math.inf
    assert math.isnan(reach(distances, [0.9, math.nan, 0.0]))
    assert reach(distances, [0.9, 0.0, math.nan]) == pytest.approx(0.01 * 10 ** (4 / 9))


def test_the_fall_is_told_from_the_shallowest_to_the_deepest_as_a_mean_of_seeds():
    found = [likeness(8, (0.9, 0.5)), likeness(8, (0.7, 0.5), seed=1), likeness(56, (0.02, 0.0)), likeness(20, (0.4, 0.0))]
    assert fall_sentences(found, 0, 0.01) == ["At 1.0% of the way, mean of seeds:", "**Plain with BN**: 0.80 at 8 layers, 0.02 at 56."]
    assert fall_sentences(found[:2], 0, 0.01) == []
    assert "no number at 56" in fall_sentences([likeness(8, (0.9,)), likeness(56, (math.nan,))], 0, 0.01)[1]


def test_the_reach_is_told_of_the_deepest():
    found = [likeness(8, (1.0, 0.9)), likeness(56, (0.75, 0.25))]
    assert reach_sentences(found, [0.001, 0.1])[1] == "**Plain with BN**, 56 layers: 1.0%."
    assert "less than 0.10%" in reach_sentences([likeness(8, (0.2, 0.1))], [0.001, 0.1])[1]
    assert "all of it" in reach_sentences([likeness(8, (0.9, 0.8))], [0.001, 0.1])[1]
    assert reach_sentences([], [0.001]) == []


def test_readings_say_what_is_drawn_and_can_be_there_before_it():
    reading = series_reading([line(0.02)], 0.1, BROWN)
    assert "0.078% apart" in reading.here[0] and "±0.17" in reading.here[0] and "0.96" in reading.here[0]
    assert reading.here[1].startswith("**Plain-56 with BN**: 0.02")
    assert "at −0.20 (their slopes at 0.00)" in correlation_reading([line(-0.0, -0.2)]).here[0]
    for empty in (series_reading([], 1, BROWN), correlation_reading([]), depth_reading([], 0, 0.1), distance_reading([], [0.1])):
        assert not empty.here


def test_readings_are_short():
    for reading in (series_reading([], 1, BROWN), correlation_reading([]), depth_reading([], 0, 0.1), distance_reading([], [0.1])):
        assert len(" ".join((reading.idea, reading.paper, reading.differs)).split()) <= 150


def test_networks_are_shown_with_and_without_bn_under_one_name():
    specs = [parse_spec(text) for text in ("cifar/plain-56?width=8", "cifar/basic-56?width=8&norm=none")]
    both = with_norms(specs, "both")
    assert [(one.label, one.panel) for one in both] == [
        ("Plain-56", "with BN"), ("Residual-56", "with BN"), ("Plain-56", "without BN"), ("Residual-56", "without BN"),
    ]  # fmt: skip
    assert [one.panel for one in with_norms(specs, "named")] == ["with BN", "without BN"]
    assert {one.spec.norm for one in with_norms(specs, "without")} == {"none"}
    twice = [parse_spec("cifar/plain-56"), parse_spec("cifar/plain-56?norm=none")]
    assert len(with_norms(twice, "both")) == 2


def test_depths_are_those_that_a_network_can_have():
    made = with_depths([PLAIN], 32)
    assert [one.spec.text for one in made] == [f"cifar/plain-{depth}?width=8" for depth in (32, 20, 14, 8)]
    assert {one.label for one in made} == {"Plain"}
    bottleneck = Wanted(parse_spec("cifar/bottleneck-29"), "Residual-29 (bottleneck)", "with BN")
    assert [one.spec.depth for one in with_depths([bottleneck], 56)] == [56, 29, 20, 11]
    odd = Wanted(parse_spec("cifar/plain-10?blocks=1-1-2"), "Plain-10", "with BN")
    assert [one.spec.depth for one in with_depths([odd], 20)] == [20, 14, 8]
    assert with_depths([Wanted(parse_spec("imagenet/basic-34?width=8"), "ResNet-34", "with BN")], 20)[0].spec.depth == 18


def test_networks_that_differ_in_depth_only_are_one_by_depth_and_others_are_told_apart():
    specs = [parse_spec(text) for text in ("cifar/plain-20?width=8", "cifar/plain-56?width=8", "cifar/plain-56")]
    labels = [one.label for one in with_depths(with_norms(specs, "with"), 20)]
    assert sorted(set(labels)) == ["Plain", "Plain (width 8)"] or len(set(labels)) == 2
    assert len(labels) == 6


def test_the_distances_of_the_control_are_those_that_are_measured():
    from explorer.lab import shattering

    assert tuple(map(float, DISTANCES)) == shattering.DISTANCES
