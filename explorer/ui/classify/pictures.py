"""The picture that is looked at: a sample or an upload, decoded and timed."""

import hashlib
import time
from collections.abc import Sequence

from explorer.ui.classify.shown import Chosen
from explorer.ui.picture import choose_picture
from explorer.vision.models import Model
from explorer.vision.samples import samples


def choose(models: Sequence[Model]) -> Chosen:
    """The controls, and the picture that they choose. Raises PictureError."""
    start = time.perf_counter()
    picture, name = choose_picture(samples(models[0].knows_digits))
    seconds = time.perf_counter() - start
    return Chosen(picture, name, hashlib.sha256(picture.image.tobytes()).hexdigest(), seconds)
