"""One picture of a user, from its bytes to pixels. Imports no torch.

Pillow gives up Python's lock while it decodes and scales, so threads that call these work side by side.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from explorer.data.colours import UnknownColours, to_eight_bits
from explorer.data.formats import FORMATS, MAX_BYTES, MAX_PIXELS
from explorer.data.listing import TOO_LARGE, open_zip

TOO_MANY_PIXELS = f"of more than {MAX_PIXELS // 1_000_000} megapixels"
BROKEN = "broken: cannot be decoded as a picture"


class BrokenPicture(Exception):
    """A picture that is left out; the message is the reason, as in a report."""


Read = Callable[[str], bytes]


@contextmanager
def opened(path: Path) -> Iterator[Read]:
    """A function from a picture's name in a folder or zip to its bytes, for several threads. It raises BrokenPicture."""
    if path.is_dir():
        yield lambda name: whole((path / name).open, "rb")
    else:
        with open_zip(path) as archive:
            yield lambda name: whole(archive.open, name)


def square(content: bytes, size: int, channels: int) -> np.ndarray:
    """The centre square scaled to uint8 [channels, size, size]. Raises BrokenPicture."""
    with upright(content, channels, least=2 * size) as picture:
        if picture.size != (size, size):
            picture = ImageOps.fit(picture, (size, size), Image.Resampling.BICUBIC)
        return pixels(picture)


def pixels(picture: Image.Image) -> np.ndarray:
    """uint8 [channels, height, width]."""
    values = np.asarray(picture)
    return values[None] if values.ndim == 2 else values.transpose(2, 0, 1)


@contextmanager
def upright(content: bytes, channels: int, least: int) -> Iterator[Image.Image]:
    """The picture as its EXIF data turn it, grey for one channel, else RGB; transparent parts on white.

    A JPEG much larger is decoded at a half, a quarter or an eighth, its sides no shorter than `least` pixels. Raises
    BrokenPicture, also for what goes wrong inside the `with`.
    """
    mode = "L" if channels == 1 else "RGB"
    try:
        with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as picture:
            if picture.width * picture.height > MAX_PIXELS:  # by the header, before any pixel is decoded
                raise BrokenPicture(TOO_MANY_PIXELS)
            picture.draft(None, (least, least))
            yield to_eight_bits(ImageOps.exif_transpose(picture))[0].convert(mode)
    except (BrokenPicture, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise BrokenPicture(TOO_MANY_PIXELS) from None
    except UnknownColours as error:
        raise BrokenPicture(f"of {error}") from None
    except Exception as error:  # decoders answer damaged data with nearly any exception
        raise BrokenPicture(BROKEN) from error


def whole(open_file: Callable, *arguments) -> bytes:
    """All bytes of a file, which may have grown since it was listed. Raises BrokenPicture."""
    try:
        with open_file(*arguments) as file:
            content = file.read(MAX_BYTES + 1)
    except MemoryError:
        raise
    except Exception as error:  # a damaged zip gives nearly any exception
        raise BrokenPicture(BROKEN) from error
    if len(content) > MAX_BYTES:
        raise BrokenPicture(TOO_LARGE)
    return content
