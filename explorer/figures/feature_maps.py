"""Feature maps as small pictures: from numbers to colours that are even to the eye and told apart by the colour-blind."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw

from explorer.figures.overlay_colours import VIRIDIS

# Below zero blue, above zero orange (of Okabe and Ito's palette), the darker the further from it; lightness is even on both sides.
SIGNED = ("#00263D", "#0072B2", "#86BEDC", "#F5F5F5", "#EEA57C", "#D55E00", "#5A2300")
NO_NUMBER = (136, 136, 136)
FRAMES = ((0, 0, 0), (255, 255, 255))


def painted(values: np.ndarray, most: float, signed: bool) -> Image.Image:
    """A map [H, W] as a picture of W x H pixels. Its colours go from 0 to `most`, or where `signed` from -`most` to `most`; what is
    beyond has the last colour, what is no number is grey."""
    shares = np.nan_to_num(values / most) if most > 0 else np.zeros_like(values)
    shares = (shares + 1) / 2 if signed else shares
    colours = _table(SIGNED if signed else VIRIDIS)[np.clip(np.rint(shares * 255), 0, 255).astype(int)]
    colours[~np.isfinite(values)] = NO_NUMBER
    return Image.fromarray(colours)


def enlarged(image: Image.Image, side: int) -> Image.Image:
    """With its pixels as squares, at least `side` pixels wide and high unless it is that already."""
    factor = max(1, -(-side // min(image.size)))
    return image.resize([length * factor for length in image.size], Image.Resampling.NEAREST)


def reduced(image: Image.Image, side: int) -> Image.Image:
    """For a tile of `side` pixels on a screen of twice as many points: the means of squares, where there is more than can be seen."""
    return image.reduce(max(1, min(image.size) // (2 * side)))


def framed(image: Image.Image, box: tuple[int, int, int, int], side: int) -> Image.Image:
    """`image` enlarged to at least `side` pixels, and the pixels from left, top to right, bottom framed in black and white."""
    large = enlarged(image.convert("RGB"), side)
    factor = large.width / image.width
    left, top, right, bottom = (round(edge * factor) for edge in box)
    draw = ImageDraw.Draw(large)
    for inset, colour in enumerate(FRAMES):
        width = max(2, large.width // 160)
        at = inset * width
        draw.rectangle((left + at, top + at, max(left + at, right - 1 - at), max(top + at, bottom - 1 - at)), outline=colour, width=width)
    return large


def gradient(signed: bool) -> str:
    """The scale from its lowest to its highest value as a CSS gradient."""
    return f"linear-gradient(to right, {', '.join(SIGNED if signed else VIRIDIS)})"


def beside(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures of one size in a row, with white between them."""
    width, height = pictures[0].size
    gap = width // 20
    row = Image.new("RGB", (len(pictures) * (width + gap) - gap, height), "white")
    for number, picture in enumerate(pictures):
        row.paste(picture, (number * (width + gap), 0))
    return row


def map_csv(values: np.ndarray) -> str:
    """A map [H, W]: a line a row, from the top; numbers as exact as 32-bit floats are."""
    return _csv([f"{value:.9g}" for value in row] for row in values.tolist())


def places_csv(maps: Mapping[str, np.ndarray]) -> str:
    """Maps of one shape [H, W], by their titles: a line a place."""
    columns = [values.ravel().tolist() for values in maps.values()]
    (rows, width) = next(iter(maps.values())).shape
    places = [(row, column) for row in range(rows) for column in range(width)]
    lines = ([*place, *(f"{value:.9g}" for value in values)] for place, *values in zip(places, *columns, strict=True))
    return _csv([["row", "column", *maps], *lines])


def _csv(lines: Iterable[Sequence]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(lines)
    return file.getvalue()


def _table(stops: tuple[str, ...]) -> np.ndarray:
    """uint8 [256, 3]: the colours between the stops."""
    known = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in stops], float)
    places = np.linspace(0, len(stops) - 1, 256)
    return np.stack([np.interp(places, range(len(stops)), channel) for channel in known.T], 1).round().astype(np.uint8)
