"""Fewer points, the same line: ends and extremes stay."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.downsample import kept

values = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=400)


@given(values, st.integers(4, 60), st.booleans())
def test_ends_extremes_order_and_limit(y, at_most, log):
    y = np.array(y)
    indices = kept(np.arange(len(y)) * 10, y, at_most, log)
    assert len(indices) <= at_most
    assert list(indices) == sorted(set(indices))
    assert indices[0] == 0 and indices[-1] == len(y) - 1
    assert y[indices].min() == y.min() and y[indices].max() == y.max()
    if len(y) <= at_most:
        assert len(indices) == len(y)


@given(st.lists(st.floats(0, 100), min_size=100, max_size=100))
def test_every_stretch_keeps_its_own_extremes(y):
    x, y = np.arange(100), np.array(y)
    chosen = kept(x, y, 22)
    for number in range(10):
        inside = [index for index in x if min(int(index / 99 * 10), 9) == number]
        shown = [y[index] for index in chosen if index in inside]
        assert (min(shown), max(shown)) == (y[inside].min(), y[inside].max())


def test_one_wild_step_among_a_hundred_thousand_is_still_drawn():
    x = np.arange(100_000)
    y = np.ones(100_000)
    y[54_321], y[54_322] = 7.0, -3.0
    indices = kept(x, y, 600)
    assert len(indices) <= 600
    assert {54_321, 54_322} <= set(indices)


def test_on_a_log_axis_the_beginning_keeps_as_many_points_as_the_end():
    x = np.arange(1, 100_001)
    indices = kept(x, np.sin(x), 602, log=True)
    shown = x[indices]
    early, late = (shown < 316).sum(), (shown > 31_600).sum()
    assert early > 80 and late == pytest.approx(60, abs=8)
    assert (x[kept(x, np.sin(x), 602)] < 316).sum() <= 4


def test_points_at_zero_or_at_one_place_are_no_error():
    assert list(kept(np.zeros(50), np.arange(50.0), 4)) == [0, 49]
    assert kept(np.arange(50) * 0 + np.arange(50), np.arange(50.0), 8, log=True)[0] == 0
