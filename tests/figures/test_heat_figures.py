"""Heat as colours: the ends of the scales, what is see-through, and where the heat lands on the picture."""

import numpy as np
import pytest
from PIL import ImageColor

from explorer.figures.heat import AGAINST, FOR, FOR_SIGNED, HeatScale, heat_overlay


def rgb(stop):
    return list(ImageColor.getrgb(stop))


def test_what_speaks_for_a_class_is_opaque_and_what_does_not_is_clear():
    colours = HeatScale(2.0, signed=False).colours(np.array([-5.0, 0.0, 2.0, 9.0]))
    assert colours[:, 3].tolist() == [0, 0, 255, 255] and colours[2, :3].tolist() == rgb(FOR[-1])
    half = HeatScale(2.0, signed=False).colours(np.array(1.0))
    assert half[:3].tolist() == rgb(FOR[4]) and half[3] == round(255 * 0.5**0.75)


def test_a_signed_scale_has_a_side_for_each_sign():
    colours = HeatScale(2.0, signed=True).colours(np.array([[-2.0, 2.0], [-1.0, 1.0]]))
    assert colours[0, 0].tolist() == [*rgb(AGAINST[-1]), 255] and colours[0, 1].tolist() == [*rgb(FOR_SIGNED[-1]), 255]
    assert colours[1, 0, 3] == colours[1, 1, 3] and colours[1, 0, 2] > colours[1, 0, 0] and colours[1, 1, 0] > colours[1, 1, 2]


@pytest.mark.parametrize("signed", [True, False])
def test_the_more_heat_the_further_from_grey(signed):
    """Opacity rises with the value, and so does the lightness or the depth of what is laid over a middle grey."""
    colours = HeatScale(1.0, signed).colours(np.linspace(0, 1, 50)).astype(float)
    assert (np.diff(colours[:, 3]) > 0).all()
    seen = 128 + (colours[:, :3] - 128) * colours[:, 3:] / 255
    away = np.linalg.norm(seen - 128, axis=1)
    assert away[0] == 0 and away[-1] > 100 and (np.diff(away[::7]) > 0).all()


def test_without_any_heat_all_is_clear():
    for signed in (False, True):
        assert not HeatScale(0.0, signed).colours(np.full((3, 3), -0.0))[..., 3].any()


def test_the_legend_runs_from_end_to_end():
    places, colours = zip(*HeatScale(3.0, signed=True).legend())
    assert (places[0], places[-1]) == (0, 1) and colours[len(colours) // 2].endswith(", 0.000)")
    assert colours[0] == "rgba(33, 102, 172, 1.000)" and colours[-1] == "rgba(178, 24, 43, 1.000)"


def test_heat_lies_in_its_box_and_what_reaches_outside_is_cut_off():
    values = np.array([[1.0, 0.0], [0.0, 0.0]], np.float32)
    opaque = np.asarray(heat_overlay(values, HeatScale(1.0, False), (40, 20), (10, 0, 30, 20)))[..., 3]
    assert opaque.shape == (20, 40) and not opaque[:, :10].any() and not opaque[:, 30:].any()
    assert opaque[2, 12] == 255 and opaque[18, 28] == 0
    outside = np.asarray(heat_overlay(values, HeatScale(1.0, False), (10, 10), (-10, -10, 30, 30)))[..., 3]
    assert outside[0, 0] < 255 and outside.max() > 0
    assert heat_overlay(values, HeatScale(1.0, False), (3, 1), (1, 0, 1.2, 0.4)).size == (3, 1)
