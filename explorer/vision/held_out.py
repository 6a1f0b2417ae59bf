"""Pictures of known class that networks were not trained on: the validation part of a data set at hand, as files would be."""

import io

import numpy as np
from PIL import Image

from explorer.data.datasets import describe
from explorer.data.images import load
from explorer.data.order import drawn
from explorer.vision.sources import Source


def held_out(dataset: str, count: int, size: int = 32) -> list[Source]:
    """`count` validation pictures of a data set, or all if there are fewer, each labelled with the name of its class.

    `size` is that of pictures which are drawn as they are needed, or fitted. Raises DataError where the set is not at hand or damaged.
    """
    data = load(dataset, size=describe(dataset).size or size)
    places = drawn(len(data.val_labels), count)
    return [
        Source(f"{data.classes[label]}/{place:05d}.png", data.classes[label], _Png(image).read)
        for place, image, label in zip(places.tolist(), data.val_images[places].numpy(), data.val_labels[places].tolist(), strict=True)
    ]


class _Png:
    """A picture of a data set, uint8 [C, H, W], written as a file when it is read."""

    def __init__(self, pixels: np.ndarray):
        self._pixels = pixels

    def read(self) -> bytes:
        file = io.BytesIO()
        Image.fromarray(self._pixels[0] if len(self._pixels) == 1 else self._pixels.transpose(1, 2, 0)).save(file, "PNG", compress_level=1)
        return file.getvalue()
