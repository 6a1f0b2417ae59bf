"""From a picture to the pixels a network was trained on: sized, cropped, grey or colour. No torch."""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from explorer.vision.picture import Picture

# MNIST's digits fill a box of 20 pixels in images of 28, which are padded to 32 for training.
MNIST_BOX, MNIST_SIZE, MNIST_PADDED = 20, 28, 32
# Trained on 224-pixel crops, ImageNet's nets see the centre of a picture whose shorter side is 256.
IMAGENET_MARGIN = 256 / 224
# Of a picture longer than this many times its shorter side, the ends are cut off before it is scaled to be shown in several crops,
LONGEST = 4
# and to be shown in one only where it would have more than this many pixels then: else every pixel is torchvision's.
MOST_SCALED = 16_000_000
# Ink is looked for on a picture reduced to this many pixels a side.
INK_SIDE = 1024

# A part of a picture: left, top, right and bottom in the pixels of the upright picture, fractions and places outside included.
Box = tuple[float, float, float, float]


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
    """The image as the network gets it (mode L or RGB, before normalisation), how it came from the picture, and from which part."""

    image: Image.Image
    steps: tuple[str, ...]
    box: Box

    @property
    def pixels(self) -> np.ndarray:
        """uint8 [channels, height, width]."""
        pixels = np.asarray(self.image)
        return pixels.reshape(*pixels.shape[:2], -1).transpose(2, 0, 1).copy()


@dataclass(frozen=True)
class Scaled:
    """A whole picture in a network's colours, its shorter side scaled, and how that was done; `box` is the part that is left of it."""

    image: Image.Image
    steps: tuple[str, ...]
    box: Box

    def cut(self, left: int, top: int, width: int, height: int, *, step: str) -> Prepared:
        """A part, in pixels of this image; what lies outside is black."""
        image = self.image.crop((left, top, left + width, top + height))
        return Prepared(image, (*self.steps, step), within(self.box, self.image.size, (left, top, left + width, top + height)))

    def centre(self, size: int) -> Prepared:
        """The square in the middle."""
        left, top = (middle(side, size) for side in self.image.size)
        return self.cut(left, top, size, size, step=f"the centre {size} x {size} was cut out")


def prepare(picture: Picture, preparation: Preparation) -> Prepared:
    """Fit a picture to a network: to the pixel as torchvision's transforms do, where the network's weights are torchvision's.

    A picture of the network's size stays as it is where the shorter side is scaled to that, as CIFAR's nets have it.
    """
    if preparation.digits:
        image, steps = _in_colours(picture, preparation)
        fitted, done, box = _fit_digit(image, preparation)
        return Prepared(fitted.convert("RGB") if preparation.channels == 3 else fitted, (*steps, *done), box)
    if picture.image.size == (preparation.size, preparation.size) == (preparation.shorter, preparation.shorter):
        image, steps = _in_colours(picture, preparation)
        return Prepared(image, steps, (0, 0, *image.size))
    return scaled(picture, preparation, preparation.shorter, longest_at(preparation.shorter)).centre(preparation.size)


def longest_at(shorter: int) -> int:
    """How many times as long as its shorter side, scaled to so many pixels, a picture may be before its ends are cut off."""
    return max(LONGEST, MOST_SCALED // shorter**2)


def scaled(picture: Picture, preparation: Preparation, to: int, longest: int = LONGEST) -> Scaled:
    """A picture whose shorter side has `to` pixels, as torchvision's `Resize` makes it, to the pixel. Not for digits.

    What is more than `longest` times as long as that is cut off at both ends first.
    """
    image, steps = _in_colours(picture, preparation)
    shorter = min(image.size)
    box = _centre(image, *(min(side, longest * shorter) for side in image.size))
    if box != (0, 0, *image.size):
        cut, whole = (f"{right - left} x {bottom - top}" for left, top, right, bottom in (box, (0, 0, *image.size)))
        steps = (*steps, f"its ends were cut off: of its {whole} pixels the {cut} in the middle were taken")
        image = image.crop(box)
    if shorter == to:
        return Scaled(image, steps, box)
    size = [int(to * side / shorter) for side in image.size]
    scaling = f"its shorter side was scaled from {shorter} to {to} pixels"
    return Scaled(image.resize(size, preparation.resample), (*steps, scaling), box)


def within(box: Box, size: tuple[int, int], part: Box) -> Box:
    """The part, in pixels of an image of that size, of what the whole image shows: `box`."""
    across, down = (box[2] - box[0]) / size[0], (box[3] - box[1]) / size[1]
    return (box[0] + part[0] * across, box[1] + part[1] * down, box[0] + part[2] * across, box[1] + part[3] * down)


def middle(side: int, part: int) -> int:
    """Where a part begins that lies in the middle of a side."""
    return round((side - part) / 2)


def _in_colours(picture: Picture, preparation: Preparation) -> tuple[Image.Image, tuple[str, ...]]:
    """The picture grey, where that is what the network knows."""
    if preparation.channels != 1 and not preparation.digits:
        return picture.image, picture.notes
    turned = () if _is_grey(picture.image) else ("its colours were turned to grey",)
    return picture.image.convert("L"), (*picture.notes, *turned)


def _centre(image: Image.Image, width: int, height: int) -> tuple[int, int, int, int]:
    left, top = middle(image.width, width), middle(image.height, height)
    return left, top, left + width, top + height


def _fit_digit(grey: Image.Image, preparation: Preparation) -> tuple[Image.Image, tuple[str, ...], Box]:
    """White ink on black, placed as MNIST places its digits (LeCun et al. 1998: a 20-pixel box, centred by mass)."""
    size, steps, whole = preparation.size, [], (0, 0, *grey.size)
    grey = grey.copy()
    grey.thumbnail((INK_SIDE, INK_SIDE))
    pixels = np.asarray(grey)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    if np.median(border) > 127:
        pixels, border = 255 - pixels, 255 - border
        steps.append("light and dark were exchanged, as the network knows white ink on black")
    if grey.size == (size, size):
        return Image.fromarray(pixels), tuple(steps), whole
    if grey.size == (MNIST_SIZE, MNIST_SIZE):
        margin = (MNIST_PADDED - MNIST_SIZE) // 2
        digit, shown = _place(pixels, margin, margin), (-margin, -margin, MNIST_SIZE + margin, MNIST_SIZE + margin)
        steps.append(f"a black border of {margin} pixels was added")
    else:
        digit, shown = _centre_ink(np.clip(pixels.astype(np.int16) - int(np.median(border)), 0, None))
        steps.append(f"the ink was cut out, scaled to {MNIST_BOX} pixels and centred by its mass, as MNIST's digits were")
    fitted = digit if size == MNIST_PADDED else digit.resize((size, size), preparation.resample)
    return fitted, tuple(steps), within(whole, grey.size, shown)


def _centre_ink(ink: np.ndarray) -> tuple[Image.Image, Box]:
    """Ink (0 = paper, on any scale) cut out, scaled into MNIST's box, its centre of mass in the middle of 32 x 32.

    With it which part of the ink's own pixels the 32 x 32 are.
    """
    if ink.max() == 0:
        return _place(np.zeros((0, 0), np.uint8), 0, 0), (0, 0, ink.shape[1], ink.shape[0])
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
    canvas = (-left, -top, MNIST_PADDED - left, MNIST_PADDED - top)
    inked = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    return _place(small, top, left), tuple(map(float, within(inked, small.shape[::-1], canvas)))


def _place(pixels: np.ndarray, top: int, left: int) -> Image.Image:
    """Pixels on a black canvas of 32 x 32."""
    canvas = np.zeros((MNIST_PADDED, MNIST_PADDED), np.uint8)
    canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]] = pixels
    return Image.fromarray(canvas)


def _is_grey(image: Image.Image) -> bool:
    red, green, blue = image.split()
    return red.tobytes() == green.tobytes() == blue.tobytes()
