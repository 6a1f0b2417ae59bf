"""Pictures of every shape under heat: tiny, thin and long ones, and what of them is shown."""

import numpy as np
import pytest
from PIL import Image

from explorer.ui.classify.heat.controls import Asked
from explorer.ui.classify.heat.drawing import BASE_SIDE, drawn
from explorer.ui.classify.heat.measured import Measured
from explorer.ui.classify.shown import Chosen
from explorer.vision.explain.heat import Heat
from explorer.vision.models import open_model
from explorer.vision.picture import Picture
from explorer.vision.prepare import prepare

ASKED = Asked("gradcam", None, None, 4, "mean", "probability", False, False, True, 60)


def only(size, asked=ASKED, values=np.eye(4, dtype=np.float32)):
    picture = Picture(Image.new("RGB", size, "navy"))
    loaded = open_model("cifar10-residual-20")
    prepared = prepare(picture, loaded.preparation)
    one = Measured("A net", loaded, prepared, Heat(values, 3, 1.0, 0.5), None, False, False)
    (found,) = drawn([one], Chosen(picture, "it", f"{size} of the test", 0.0), asked)
    return found


@pytest.mark.parametrize("size", [(1, 1), (2, 3), (5000, 1), (1, 5000), (900, 40), (3000, 2000)])
def test_a_picture_of_any_shape_is_shown_at_a_size_to_look_at(size):
    found = only(size)
    assert max(found.width, found.height) <= BASE_SIDE and max(found.width, found.height) <= 3 * min(found.width, found.height) + 3
    left, top, right, bottom = found.frame
    # What the network gets is a square in the middle of what is shown, to half a pixel of the picture.
    assert (right - left) * found.width == pytest.approx((bottom - top) * found.height, rel=0.02)
    half = 0.02 + 1 / (3 * min(size))
    assert left + right == pytest.approx(1, abs=half) and top + bottom == pytest.approx(1, abs=half)


def test_ends_and_units_are_those_of_what_is_drawn():
    values = np.array([[-3.0, 1.0]], np.float32)
    assert only((32, 32), values=values).ends == (0, 1) and only((32, 32)).filename == "gradcam-A-net"
    signed = Asked(**vars(ASKED) | {"signed": True})
    assert only((32, 32), signed, values).ends == (-3, 3)
    occlusion = only((32, 32), Asked(**vars(ASKED) | {"method": "occlusion"}), values)
    assert occlusion.ends == (0, 100) and occlusion.unit == "points" and occlusion.values.tolist() == [[-300, 100]]
    assert only((32, 32), values=-np.ones((2, 2), np.float32)).ends == (0, 0)
