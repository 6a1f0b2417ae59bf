"""A user's picture, made safe and uniform: a file or an upload in, eight-bit RGB out. No torch."""

import io
import os
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from explorer.errors import BadInput

MAX_BYTES = 20 * 2**20
MAX_PIXELS = 64_000_000
# What Pillow may decode. Its other plug-ins (EPS calls Ghostscript, for one) are never tried on a user's file.
FORMATS = {"PNG": "PNG", "JPEG": "JPEG", "WEBP": "WebP", "GIF": "GIF", "BMP": "BMP", "TIFF": "TIFF"}
SUFFIXES = ("png", "jpg", "jpeg", "webp", "gif", "bmp", "tif", "tiff")
EXIF_ORIENTATION = 0x0112

# Pillow warns of large pictures (MAX_PIXELS turns them down) and of odd metadata (which nobody here reads).
warnings.filterwarnings("ignore", module=r"PIL\.")


class PictureError(BadInput):
    """The file is no picture that can be classified."""


@dataclass(frozen=True)
class Picture:
    """An RGB image of eight bits a channel, and what was done to the file's pixels to get it."""

    image: Image.Image
    notes: tuple[str, ...] = ()


def open_picture(source: bytes | str | os.PathLike, name: str | None = None) -> Picture:
    """Decode a picture from bytes or a file; `name` is what an error calls it, else the path.

    The first frame, turned upright, transparency laid on white, reduced to eight bits. Sizes are checked on the
    header, before any pixel is decoded. Raises PictureError.
    """
    name = name or ("The file" if isinstance(source, bytes) else str(source))
    data = source if isinstance(source, bytes) else _read(Path(source), name)
    if not data:
        raise PictureError(f"{name} is empty; a picture was expected.")
    _check_bytes(len(data), name)
    try:
        with Image.open(io.BytesIO(data), formats=tuple(FORMATS)) as image:
            _check_pixels(image.size, name)
            return _decode(image, name)
    except PictureError:
        raise
    except Image.DecompressionBombError as error:
        raise PictureError(f"{name} has too many pixels; at most {MAX_PIXELS / 1e6:.0f} megapixels are accepted.") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{name} is not a picture that can be read; accepted are {', '.join(FORMATS.values())}.") from error
    except Exception as error:  # decoders answer damaged data with nearly any exception
        raise PictureError(f"{name} is damaged or incomplete and cannot be read ({error}).") from error


def _read(path: Path, name: str) -> bytes:
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


def _decode(image: Image.Image, name: str) -> Picture:
    notes = []
    frames = getattr(image, "n_frames", 1)
    # An MPO is a photograph with its own preview or second eye behind it, not an animation.
    if frames > 1 and image.format != "MPO":
        notes.append(f"the first of its {frames} frames was taken")
    orientation = image.getexif().get(EXIF_ORIENTATION, 1)
    upright = ImageOps.exif_transpose(image)  # loads the first frame
    if orientation in range(2, 9):
        notes.append("it was turned upright as its EXIF data say")
    if upright.mode.startswith("I;16"):
        upright = _eight_bits(upright)
        notes.append("its 16-bit grey values were reduced to 8 bits")
    elif upright.mode in ("I", "F"):
        raise PictureError(f"{name} has 32-bit grey values; save it with 8 or 16 bits a channel.")
    if upright.has_transparency_data:
        notes.append("its transparent parts were laid on white")
        upright = Image.alpha_composite(Image.new("RGBA", upright.size, "white"), upright.convert("RGBA"))
    if upright.mode == "CMYK":
        notes.append("its CMYK colours were converted to RGB")
    return Picture(upright.convert("RGB"), tuple(notes))


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen-bit grey to eight, 65535 to 255; Pillow's own conversion clips at 255."""
    values = np.asarray(image).astype(np.uint32)
    return Image.fromarray(((values * 255 + 32767) // 65535).astype(np.uint8))
