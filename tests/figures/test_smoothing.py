"""The moving average and its beginning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.smoothing import smoothed

weights = st.floats(0, 0.999)


def test_by_hand():
    # 0.5, 0.5*0.5+0.5*0 = 0.25 over 0.5, 0.75
    assert smoothed([1.0, 0.0, 0.0], 0.5) == pytest.approx([1.0, 0.25 / 0.75, 0.125 / 0.875])


@given(st.lists(st.floats(-100, 100), max_size=50), weights)
def test_it_stays_between_the_values_and_starts_at_the_first(values, weight):
    found = smoothed(values, weight)
    assert len(found) == len(values)
    for index, value in enumerate(found):
        assert min(values[: index + 1]) - 1e-6 <= value <= max(values[: index + 1]) + 1e-6
    assert found[:1] == pytest.approx(values[:1], abs=1e-9)


@given(st.lists(st.floats(-100, 100), max_size=20))
def test_no_weight_changes_nothing(values):
    assert smoothed(values, 0.0) == values


@given(st.floats(-100, 100), weights)
def test_a_level_line_stays_as_it_is(value, weight):
    assert smoothed([value] * 10, weight) == pytest.approx([value] * 10)
