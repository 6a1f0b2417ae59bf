"""Decoded pictures, kept for the next look: shared by threads, and never more of them than fit into a share of the memory."""

import time
from collections import OrderedDict
from threading import Lock

from explorer.vision.picture import Picture, open_picture

MOST_BYTES = 256 * 2**20
BYTES_PER_PIXEL = 4  # of an RGB image in Pillow


class KeptPictures:
    """Those looked at last, as many as `most_bytes` hold. One larger than that is decoded at every look."""

    def __init__(self, most_bytes: int = MOST_BYTES):
        self._most, self._bytes, self._lock = most_bytes, 0, Lock()
        self._kept: OrderedDict[str, tuple[Picture, float]] = OrderedDict()

    def picture(self, key: str, data: bytes, name: str) -> tuple[Picture, float]:
        """The picture that `data` hold, of which `key` is a digest, and the seconds that decoding it took. Raises PictureError."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        start = time.perf_counter()
        found = open_picture(data, name), time.perf_counter() - start
        with self._lock:
            self._keep(key, found)
        return found

    @property
    def bytes(self) -> int:
        """How much memory the pictures kept take."""
        return self._bytes

    def _keep(self, key: str, found: tuple[Picture, float]) -> None:
        size = _size(found)
        if key in self._kept or size > self._most:
            return
        self._kept[key] = found
        self._bytes += size
        while self._bytes > self._most:
            self._bytes -= _size(self._kept.popitem(last=False)[1])


def _size(found: tuple[Picture, float]) -> int:
    width, height = found[0].image.size
    return width * height * BYTES_PER_PIXEL
