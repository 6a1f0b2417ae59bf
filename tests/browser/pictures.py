"""Screenshots held against golden pictures: small, and with a tolerance for how a machine smooths its letters."""

import io
from pathlib import Path

import numpy as np
from PIL import Image

GOLDEN = Path(__file__).parent / "golden"
SMALLER = 2  # times, on both sides
COLOURS = 64
STEP = 48  # of 255: pixels that differ by more are different
TOLERANCE = 0.004  # share of such pixels


def picture(png: bytes) -> Image.Image:
    """A screenshot, smaller and of few colours, as the golden files are."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    return image.reduce(SMALLER).quantize(COLOURS, dither=Image.Dither.NONE).convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """Share of the pixels that differ visibly; 1 for pictures of different sizes."""
    if one.size != other.size:
        return 1.0
    apart = np.abs(np.asarray(one, dtype=np.int16) - np.asarray(other, dtype=np.int16)).max(axis=2)
    return float((apart > STEP).mean())


def check_golden(name: str, png: bytes, refresh: bool) -> None:
    """Hold a screenshot against `golden/NAME.png`, or write that file."""
    image, file = picture(png), GOLDEN / f"{name}.png"
    if refresh:
        file.parent.mkdir(exist_ok=True)
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    assert file.is_file(), f"no golden file {file.name}: run pytest --refresh once and look at what it writes"
    share = difference(image, Image.open(file).convert("RGB"))
    assert share <= TOLERANCE, f"{share:.2%} of {file.name} differ; look at it, and if it is right, run pytest --refresh"
