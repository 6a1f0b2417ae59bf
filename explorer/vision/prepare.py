"""From a picture to the pixels a network was trained on: sized, cropped, grey or colour. No torch."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from explorer.vision.picture import Picture

# MNIST's digits fill a box of 20 pixels in images of 28, which are padded to 32 for training.
MNIST_BOX, MNIST_SIZE, MNIST_PADDED = 20, 28, 32
# Of a picture longer than this many times its shorter side, the ends are cut off before it is scaled.
LONGEST = 4
# Ink is looked for on a picture reduced to this many pixels a side.
INK_SIDE = 1024


@dataclass(frozen=True)
class Preparation:
    """What a network expects: `size` pixels square, cut from a picture whose shorter side was scaled to `shorter`.

    `mean` and `std` belong to channel values between 0 and 1. `digits`: trained on MNIST's white ink on black,
    which a network of three channels gets three times.
    """

    size: int
    shorter: int
    channels: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    resample: Image.Resampling = Image.Resampling.BILINEAR
    digits: bool = False


@dataclass(frozen=True)
class Prepared:
    """The image as the network gets it (mode L or RGB, before normalisation), and how it came from the picture."""

    image: Image.Image
    steps: tuple[str, ...]

    @property
    def pixels(self) -> np.ndarray:
        """uint8 [channels, size, size]."""
        pixels = np.asarray(self.image)
        return pixels.reshape(*pixels.shape[:2], -1).transpose(2, 0, 1).copy()


def prepare(picture: Picture, preparation: Preparation) -> Prepared:
    """Fit a picture to a network. One that has the network's size already keeps its pixels unchanged."""
    image, steps = picture.image, list(picture.notes)
    if preparation.channels == 1 or preparation.digits:
        if not _is_grey(image):
            steps.append("its colours were turned to grey")
        image = image.convert("L")
    fitted, done = (_fit_digit if preparation.digits else _fit_photo)(image, preparation)
    return Prepared(fitted.convert("RGB") if preparation.channels == 3 else fitted, (*steps, *done))


def _fit_photo(image: Image.Image, preparation: Preparation) -> tuple[Image.Image, tuple[str, ...]]:
    """Scale the shorter side and cut the centre, to the pixel as torchvision's `Resize` and `CenterCrop` do."""
    size, shorter = preparation.size, min(image.size)
    if image.size == (size, size):
        return image, ()
    cut = f"the centre {size} x {size} was cut out"
    image = _centre(image, *(min(side, LONGEST * shorter) for side in image.size))
    if shorter == preparation.shorter:
        return _centre(image, size, size), (cut,)
    scaled = [int(preparation.shorter * side / shorter) for side in image.size]
    scaling = f"its shorter side was scaled from {shorter} to {preparation.shorter} pixels"
    return _centre(image.resize(scaled, preparation.resample), size, size), (scaling, cut)


def _centre(image: Image.Image, width: int, height: int) -> Image.Image:
    left, top = round((image.width - width) / 2), round((image.height - height) / 2)
    return image.crop((left, top, left + width, top + height))


def _fit_digit(grey: Image.Image, preparation: Preparation) -> tuple[Image.Image, tuple[str, ...]]:
    """White ink on black, placed as MNIST places its digits (LeCun et al. 1998: a 20-pixel box, centred by mass)."""
    size, steps = preparation.size, []
    grey = grey.copy()
    grey.thumbnail((INK_SIDE, INK_SIDE))
    pixels = np.asarray(grey)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    if np.median(border) > 127:
        pixels, border = 255 - pixels, 255 - border
        steps.append("light and dark were exchanged, as the network knows white ink on black")
    if grey.size == (size, size):
        return Image.fromarray(pixels), tuple(steps)
    if grey.size == (MNIST_SIZE, MNIST_SIZE):
        margin = (MNIST_PADDED - MNIST_SIZE) // 2
        digit = _place(pixels, margin, margin)
        steps.append(f"a black border of {margin} pixels was added")
    else:
        digit = _centre_ink(np.clip(pixels.astype(np.int16) - int(np.median(border)), 0, None))
        steps.append(f"the ink was cut out, scaled to {MNIST_BOX} pixels and centred by its mass, as MNIST's digits were")
    return (digit if size == MNIST_PADDED else digit.resize((size, size), preparation.resample)), tuple(steps)


def _centre_ink(ink: np.ndarray) -> Image.Image:
    """Ink (0 = paper, on any scale) cut out, scaled into MNIST's box, its centre of mass in the middle of 32 x 32."""
    if ink.max() == 0:
        return _place(np.zeros((0, 0), np.uint8), 0, 0)
    strokes = ink > ink.max() / 2
    rows, columns = np.flatnonzero(strokes.any(1)), np.flatnonzero(strokes.any(0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    cut = Image.fromarray((cut * (255 / ink.max())).astype(np.uint8))
    scale = MNIST_BOX / max(cut.size)
    small = np.asarray(cut.resize([max(1, round(side * scale)) for side in cut.size], Image.Resampling.BILINEAR))
    mass_at = [np.average(np.arange(side) + 0.5, weights=small.sum(axis=1 - axis)) for axis, side in enumerate(small.shape)]
    top, left = (
        min(max(round(MNIST_PADDED / 2 - at), 0), MNIST_PADDED - side) for at, side in zip(mass_at, small.shape, strict=True)
    )
    return _place(small, top, left)


def _place(pixels: np.ndarray, top: int, left: int) -> Image.Image:
    """Pixels on a black canvas of 32 x 32."""
    canvas = np.zeros((MNIST_PADDED, MNIST_PADDED), np.uint8)
    canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return Image.fromarray(canvas)


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = image.split()
    return red.tobytes() == green.tobytes() == blue.tobytes()
