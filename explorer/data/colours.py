"""Pixels of any kind that a picture file may hold, turned to eight bits of grey or colour. Imports no torch."""

from collections.abc import Callable

import numpy as np
from PIL import Image

# Pictures are converted in bands of so many pixels: of a large one there are never more than two whole copies.
BAND = 2**20
DIRECT = {"1": "L", "L": "L", "RGB": "RGB", "P": "RGB", "CMYK": "RGB", "YCbCr": "RGB", "LA": "L", "RGBA": "RGB", "RGBX": "RGB", "PA": "RGB",
          "La": "L", "RGBa": "RGB"}  # fmt: skip
TRANSPARENT, CMYK = "its transparent parts were laid on white", "its CMYK colours were converted to RGB"
SIXTEEN_GREY, SIXTEEN = "its 16-bit grey values were reduced to 8 bits", "its 16-bit values were reduced to 8 bits"
BITS_PER_SAMPLE = 258  # the TIFF tag


class UnknownColours(ValueError):
    """Pixels that have no agreed meaning as eight bits; the message says of what kind they are."""


def to_eight_bits(image: Image.Image) -> tuple[Image.Image, tuple[str, ...]]:
    """The image in mode L or RGB, the very object where it is that already, and what was done to its pixels.

    Best given as it was opened: once its pixels are loaded, a PNG no longer tells of bits that were cut. Transparent parts are laid on
    white; 16 bits are scaled (65535 to 255), where Pillow's own conversion clips. CMYK is converted without
    a colour profile, as 255 (1 - c)(1 - k). Raises UnknownColours for 32-bit values, and for colours that are not grey, RGB or CMYK.
    """
    notes = _notes_before(image)
    image.load()  # which turns a TIFF: its size is not known before
    mode = image.mode
    if mode.startswith("I;16"):
        clear = image.info.get("transparency")  # a grey value, which eight bits could no longer tell from its neighbours
        clear = clear if isinstance(clear, int) else None
        return _in_bands(image, "L", lambda band: _scaled(band, clear)), (SIXTEEN_GREY, *([TRANSPARENT] if clear is not None else []))
    if mode not in DIRECT:
        raise UnknownColours("32-bit grey values; save it with 8 or 16 bits a channel" if mode in "IF" else
                             f"colours of the kind {mode}; save it as RGB")  # fmt: skip
    if image.has_transparency_data:
        clear_bands = []
        opaque = _in_bands(image, "RGB", lambda band: _on_white(band, clear_bands))
        return opaque, (*notes, TRANSPARENT) if any(clear_bands) else notes
    if mode in ("L", "RGB"):
        return image, notes
    done = () if mode != "CMYK" else (CMYK + ", without their colour profile",) if image.info.get("icc_profile") else (CMYK,)
    return _in_bands(image, DIRECT[mode], lambda band: band.convert(DIRECT[mode])), (*notes, *done)


def _notes_before(image: Image.Image) -> tuple[str, ...]:
    """What Pillow did itself on decoding, which it does not tell: of 16-bit colours it keeps the higher byte."""
    of_tiff = 16 in getattr(image, "tag_v2", {}).get(BITS_PER_SAMPLE, ())
    of_png = any(str(tile.args).endswith(";16B") for tile in getattr(image, "tile", ()) if tile.codec_name == "zip")
    return (SIXTEEN,) if of_tiff or of_png else ()


def _in_bands(image: Image.Image, mode: str, convert: Callable[[Image.Image], Image.Image]) -> Image.Image:
    out = Image.new(mode, image.size)
    rows = max(1, BAND // max(1, image.width))
    for top in range(0, image.height, rows):
        out.paste(convert(image.crop((0, top, image.width, min(top + rows, image.height)))), (0, top))
    return out


def _on_white(band: Image.Image, clear_bands: list[bool]) -> Image.Image:
    """The band without transparency; whether it had any, which a channel for it does not say, is added to `clear_bands`."""
    band = band.convert("RGBA")
    clear_bands.append(band.getextrema()[3][0] < 255)
    return Image.alpha_composite(Image.new("RGBA", band.size, "white"), band).convert("RGB")


def _scaled(band: Image.Image, clear: int | None) -> Image.Image:
    values = np.asarray(band).astype(np.uint32)
    grey = ((values * 255 + 32767) // 65535).astype(np.uint8)
    if clear is not None:
        grey[values == clear] = 255
    return Image.fromarray(grey)
