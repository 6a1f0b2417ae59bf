"""What is said of heats: how concentrated, where, and how alike over the part of the picture that both networks saw."""

import numpy as np
import pytest

from explorer.vision.explain.heat import half_area, hottest, likeness, pairs


def test_half_of_the_heat_needs_as_many_places_as_it_is_spread_over():
    even = np.ones((4, 4))
    assert half_area(even) == 0.5 and hottest(even) == (0.5, 0.5)
    one = np.full((4, 4), -3.0)
    one[0, 3] = 2
    assert half_area(one) == pytest.approx(0.5 / 16) and hottest(one) == (7 / 8, 1 / 8)
    two = np.zeros((1, 4))
    two[0, :2] = 3, 1
    assert half_area(two) == pytest.approx(2 / 3 / 4) and hottest(two) == (0.125, 0.5)


def test_where_nothing_is_above_zero_there_is_no_place():
    assert half_area(-np.ones((2, 2))) is None and hottest(-np.ones((2, 2))) is None


def test_heats_are_compared_over_the_part_that_both_saw():
    rng = np.random.default_rng(0)
    heat = rng.normal(size=(8, 8))
    whole = (0, 0, 8, 8)
    assert likeness(heat, 2 * heat + 1, (whole, whole)) == pytest.approx(1)
    assert likeness(heat, -heat, (whole, whole)) == pytest.approx(-1)
    # A line that rises over the picture, of which the other saw the right half only, in its own pixels.
    rising = np.tile(np.arange(8.0), (8, 1))
    half = np.tile(np.arange(4.0, 8.0, 0.5), (8, 1)) + 0.25
    assert likeness(rising, half, (whole, (4, 0, 8, 8))) == pytest.approx(1, abs=0.01)
    assert likeness(heat, heat, (whole, (9, 0, 12, 8))) is None
    assert likeness(heat, np.ones((3, 3)), (whole, whole)) is None
    assert pairs([heat, np.ones((2, 2)), -heat], [whole] * 3) == [(0, 2, pytest.approx(-1))]
