import numpy as np
import pytest

from explorer.data import statistics
from explorer.data.statistics import channel_statistics


def test_statistics_are_those_of_all_pixels_however_they_are_cut(monkeypatch):
    monkeypatch.setattr(statistics, "AT_ONCE", 7)
    images = np.random.default_rng(0).integers(0, 256, (50, 3, 4, 5), dtype=np.uint8)
    pixels = images / 255
    for parts in ([images], [images[:11], images[11:]]):
        found = channel_statistics(parts)
        assert found.mean == pytest.approx(pixels.mean((0, 2, 3)), abs=1e-12)
        assert found.std == pytest.approx(pixels.std((0, 2, 3)), abs=1e-12)


def test_a_channel_that_never_changes_deviates_by_one_grey_level():
    assert channel_statistics([np.full((2, 1, 3, 3), 51, np.uint8)]) == ((0.2,), (1 / 255,))
