"""The mean and the band over seeds, by hand."""

import numpy as np
import pytest

from explorer.figures.seeds import over_seeds


def line(x, y):
    return np.array(x, float), np.array(y, float)


THREE = [line([10, 20], [1, 2]), line([10, 20], [2, 4]), line([10, 20], [3, 9])]


def test_mean_and_range():
    found = over_seeds(THREE, "range")
    assert (list(found.x), list(found.mean), list(found.count)) == ([10, 20], [2, 5], [3, 3])
    assert (list(found.low), list(found.high)) == ([1, 2], [3, 9])


def test_mean_and_sample_standard_deviation():
    found = over_seeds(THREE, "sd")
    assert found.low == pytest.approx([2 - 1, 5 - np.sqrt(13)])
    assert found.high == pytest.approx([2 + 1, 5 + np.sqrt(13)])


def test_a_seed_that_is_behind_counts_only_as_far_as_it_has_come():
    found = over_seeds([line([10, 20, 30], [1, 1, 1]), line([10, 20], [3, 3])], "range")
    assert (list(found.mean), list(found.count)) == ([2, 2, 1], [2, 2, 1])
    assert list(found.high - found.low) == [2, 2, 0]


def test_between_its_points_a_seed_is_read_linearly():
    found = over_seeds([line([0, 10], [0, 10]), line([0, 5, 10], [0, 0, 0])], "range")
    assert (list(found.x), list(found.mean)) == ([0, 5, 10], [0, 2.5, 5])


@pytest.mark.parametrize("band", ["range", "sd"])
def test_one_seed_or_none_at_all(band):
    alone = over_seeds([line([10, 20], [1, 2]), line([], [])], band)
    assert list(alone.mean) == list(alone.low) == list(alone.high) == [1, 2]
    assert not len(over_seeds([], band).x)
    apart = over_seeds([line([0, 1], [1, 1]), line([5, 6], [2, 2])], band)
    assert list(apart.mean) == [1, 1, 2, 2]
