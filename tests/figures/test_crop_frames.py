"""The frames around what a network is shown of a picture."""

import numpy as np
from PIL import Image

from explorer.figures.crop_frames import MAP_SIDE, crop_frames


def test_frames_lie_where_the_crops_lie_and_what_is_outside_is_grey():
    image = crop_frames(Image.new("RGB", (100, 50), "white"), [(0, 0, 50, 50), (-28, 10, 22, 60)])
    pixels = np.asarray(image)
    assert image.size == (MAP_SIDE, round(60 * MAP_SIDE / 128))
    assert (pixels[5, 5] == 96).all() and (pixels[-5, -5] == 96).all()
    assert (pixels[round(30 * 2.5), round(60 * 2.5) + 70] == 255).all()
    assert not (pixels[round(25 * 2.5), 70 + 1] == 255).all()  # the left edge of the first frame
