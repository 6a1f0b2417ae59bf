"""A user's picture, made safe and uniform: a file or an upload in, eight-bit RGB out. No torch."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from PIL import Image, UnidentifiedImageError

from explorer.data.colours import UnknownColours, to_eight_bits
from explorer.data.formats import FORMATS, MAX_BYTES, MAX_PIXELS
from explorer.errors import BadInput
from explorer.machine.allocator import give_back_freed_memory

EXIF_ORIENTATION = 0x0112
TURNED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM, 5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
# Pictures of more pixels are decoded one at a time: whatever ten sessions upload at once, few gigabytes are never reached.
LARGE = 16_000_000
COUNTED = 4 * 2**20  # frames are counted by walking through the file: in a larger one millions of them would take seconds

_ONE_AT_A_TIME = Lock()


class PictureError(BadInput):
    """The file is no picture that can be classified."""


@dataclass(frozen=True)
class Picture:
    """An RGB image of eight bits a channel, what was done to the file's pixels to get it, and the format it came in."""

    image: Image.Image
    notes: tuple[str, ...] = ()
    format: str = ""


@dataclass(frozen=True)
class Thumbnail:
    """A picture in small, RGB, and the width and height that the whole picture has, upright."""

    image: Image.Image
    size: tuple[int, int]
    format: str


def open_picture(source: bytes | str | os.PathLike, name: str | None = None) -> Picture:
    """Decode a picture from bytes or a file; `name` is what an error calls it, else the path.

    The first frame, turned upright, transparency laid on white, reduced to eight bits. Sizes are checked on the
    header, before any pixel is decoded. Raises PictureError.
    """
    name = name or ("The file" if isinstance(source, bytes) else str(source))
    data = source if isinstance(source, bytes) else read_file(source, name)
    with _opened(data, name) as image:
        kind, frames = _kind(image), _frames(image, data)
        # Pillow turns TIFFs itself on decoding, and then their EXIF data no longer say so; PNGs are decoded by asking for theirs.
        was_turned = image.format == "TIFF" and _turn(image) > 0
        eight_bits, notes = to_eight_bits(image)
        if left := _turn(image):
            eight_bits = eight_bits.transpose(TURNED[left])
        rgb = eight_bits if eight_bits.mode == "RGB" and eight_bits is not image else eight_bits.convert("RGB")
    turned = ("it was turned upright as its EXIF data say",) if was_turned or left else ()
    return Picture(rgb, (*frames, *turned, *notes), kind)


def thumbnail(data: bytes, name: str, side: int) -> Thumbnail:
    """The picture with no side longer than `side` pixels; a large JPEG is decoded at a fraction. Raises PictureError."""
    with _opened(data, name) as image:
        kind, size = _kind(image), image.size
        image.draft(None, (side, side))
        small = to_eight_bits(image)[0].convert("RGB")
        left = _turn(image)
    small.thumbnail((side, side))
    size = size[::-1] if left >= 5 else size
    return Thumbnail(small.transpose(TURNED[left]) if left else small, size, kind)


def read_file(path: str | os.PathLike, name: str | None = None) -> bytes:
    """A file's bytes, if there are not too many; `name` is what an error calls it. Raises PictureError."""
    path, name = Path(path), name or str(path)
    try:
        if not path.exists():
            raise PictureError(f"There is no file {name}.")
        if not path.is_file():  # opening a pipe or a device could wait for ever
            raise PictureError(f"{name} is not a file; a picture was expected.")
        with path.open("rb") as file:
            _check_bytes(os.fstat(file.fileno()).st_size, name)
            return file.read(MAX_BYTES + 1)
    except PictureError:
        raise
    except (OSError, ValueError) as error:
        raise PictureError(f"{name} cannot be read ({error}).") from error


@contextmanager
def _opened(data: bytes, name: str) -> Iterator[Image.Image]:
    """The picture, no pixel of it decoded yet. Raises PictureError, also for what goes wrong inside the `with`."""
    if not data:
        raise PictureError(f"{name} is empty; a picture was expected.")
    _check_bytes(len(data), name)
    try:
        with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
            _check_pixels(image.size, name)
            with _alone() if image.width * image.height > LARGE else nullcontext():
                yield image
    except PictureError:
        raise
    except UnknownColours as error:
        raise PictureError(f"{name} has {error}.") from error
    except Image.DecompressionBombError as error:
        raise PictureError(f"{name} has too many pixels; at most {MAX_PIXELS / 1e6:.0f} megapixels are accepted.") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{name} is not a picture that can be read; accepted are {', '.join(FORMATS.values())}.") from error
    except Exception as error:  # decoders answer damaged data with nearly any exception
        raise PictureError(f"{name} is damaged or incomplete and cannot be read ({error}).") from error


@contextmanager
def _alone() -> Iterator[None]:
    with _ONE_AT_A_TIME:
        give_back_freed_memory()  # of the one before, which another thread may have decoded
        yield


def _check_bytes(size: int, name: str) -> None:
    if size > MAX_BYTES:
        raise PictureError(f"{name} has {size:,} bytes; at most {MAX_BYTES // 2**20} MB ({MAX_BYTES:,} bytes) are accepted.")


def _check_pixels(size: tuple[int, int], name: str) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise PictureError(
            f"{name} has {width} x {height} pixels, {width * height / 1e6:.0f} megapixels; "
            f"at most {MAX_PIXELS / 1e6:.0f} are accepted."
        )


def _kind(image: Image.Image) -> str:
    """The format as people call it: also of a photograph with its own preview behind it, which Pillow calls MPO."""
    return FORMATS.get(image.format, "JPEG")


def _frames(image: Image.Image, data: bytes) -> tuple[str, ...]:
    """The note that of several frames the first is taken. An MPO's second picture is a preview or another eye's, no frame."""
    if image.format in ("GIF", "TIFF"):
        # Looking for more frames moves on to them, and a damaged one would spoil the first: it is done on another reader.
        with Image.open(io.BytesIO(data), formats=(image.format,)) as other:
            return _frames_after(other, len(data) < COUNTED)
    return _frames_after(image, True) if image.format in ("PNG", "WEBP") else ()


def _frames_after(image: Image.Image, counted: bool) -> tuple[str, ...]:
    try:
        if not image.is_animated:
            return ()
        count = f"{image.n_frames} " if counted else ""
    except Exception:  # decoders answer damaged data with nearly any exception
        return ("what follows its first frame is damaged and was left out",)
    return (f"the first of its {count}frames was taken",)


def _turn(image: Image.Image) -> int:
    """The EXIF orientation (2 to 8) by which the picture is yet to be turned, or 0."""
    orientation = image.getexif().get(EXIF_ORIENTATION, 1)
    return orientation if orientation in TURNED else 0
