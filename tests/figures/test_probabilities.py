"""Bars of the likeliest classes."""

import pytest

from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.probabilities import probability_bars
from explorer.numbers import percent


def test_bars_are_the_classes_in_their_order():
    (bar,) = probability_bars([("cat", 0.9876), ("dog", 0.012), ("frog", 0.0004)], "cifar/basic-20").data
    assert bar.y == ("cat", "dog", "frog")
    assert bar.x == pytest.approx((98.76, 1.2, 0.04))
    assert bar.text == ("98.8%", "1.2%", "<0.1%")
    assert bar.marker.color == FAMILY_COLOURS["residual"]


def test_classes_of_one_name_keep_a_bar_each():
    (bar,) = probability_bars([("crane", 0.6), ("crane", 0.3), ("bus", 0.1)], "torchvision/resnet18").data
    assert bar.y == ("crane", "crane (2)", "bus")


@pytest.mark.parametrize(
    ("probability", "text"), [(1.0, "100.0%"), (0.99999, ">99.9%"), (0.9994, "99.9%"), (0.5, "50.0%"), (0.0005, "0.1%"), (1e-9, "<0.1%"), (0.0, "0.0%")]
)
def test_no_probability_is_rounded_to_certainty(probability, text):
    assert percent(probability) == text
