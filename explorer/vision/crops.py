"""Which parts of a picture a network is shown: the centre, ten crops, or the whole picture at several sizes. No torch."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import ImageOps

from explorer.errors import BadInput
from explorer.vision.picture import Picture
from explorer.vision.prepare import IMAGENET_MARGIN, Box, Preparation, Prepared, Scaled, longest_at, middle, prepare, scaled

# The shorter sides of the paper's test at several scales (1512.03385, section 3.4), in networks that know 224 pixels.
SIDES, SIDES_FOR = (224, 256, 384, 480, 640), 224
# Ten crops of nets of small pictures lie in the picture with a black border of an eighth, 4 pixels of 32: what the paper's CIFAR nets
# were trained on (section 4.2). Larger networks see the corners of a picture a little larger than their input.
PADDED_UP_TO, PADDING = 64, 1 / 8


class CropsError(BadInput):
    """A network that cannot be shown a picture in this way."""


@dataclass(frozen=True)
class Crop:
    """What the network is shown; `box` is the part of the upright picture that it shows, `mirrored` from left to right."""

    title: str
    prepared: Prepared
    mirrored: bool = False

    @property
    def box(self) -> Box:
        return self.prepared.box


def crops_of(picture: Picture, preparation: Preparation, kind: str = "single") -> tuple[Crop, ...]:
    """The crops of a kind, one of `KINDS`: at least one. Raises CropsError where the network's pictures allow none of it."""
    if kind not in KINDS:
        raise CropsError(f"There are no crops named {kind}: use {', '.join(KINDS)}.")
    if preparation.digits and kind != "single":
        raise CropsError("A network of digits sees the ink cut out and centred, at one size and never in a mirror: it is shown one crop.")
    return KINDS[kind](picture, preparation)


def is_padded(preparation: Preparation) -> bool:
    """Whether ten crops lie in the picture with a border around it."""
    return preparation.size <= PADDED_UP_TO and preparation.shorter <= preparation.size


def sides_of(preparation: Preparation) -> tuple[int, ...]:
    """The shorter sides of the kind "scales": the paper's, or in the same proportions to what the network was trained on."""
    return tuple(round(side * preparation.size / SIDES_FOR) for side in SIDES)


def _single(picture: Picture, preparation: Preparation) -> tuple[Crop, ...]:
    return (Crop("centre", prepare(picture, preparation)),)


def _ten(picture: Picture, preparation: Preparation) -> tuple[Crop, ...]:
    """Four corners and the centre, then the same of the mirrored picture: torchvision's TenCrop to the pixel, and in its order."""
    whole, border = _for_ten(picture, preparation)
    five = list(_five(whole, border, preparation.size))
    mirrored = list(_five(_mirrored(whole), border, preparation.size))
    return tuple(Crop(title, prepared) for title, prepared in five) + tuple(
        Crop(f"{title}, mirrored", _as_it_lies(prepared, whole), True) for title, prepared in mirrored
    )


def _for_ten(picture: Picture, preparation: Preparation) -> tuple[Scaled, int]:
    """The picture whose corners are taken, and the border around it."""
    size, padded = preparation.size, is_padded(preparation)
    to = preparation.shorter if padded or preparation.shorter > size else round(size * IMAGENET_MARGIN)
    return scaled(picture, preparation, to, longest_at(to)), round(size * PADDING) if padded else 0


def _five(whole: Scaled, border: int, size: int) -> Iterator[tuple[str, Prepared]]:
    """The corners and the centre with their titles; what is shown of a border is black."""
    right, bottom = (side + border - size for side in whole.image.size)
    centre = [middle(side, size) for side in whole.image.size]
    places = {"top left": (-border, -border), "top right": (right, -border), "bottom left": (-border, bottom),
              "bottom right": (right, bottom), "centre": centre}  # fmt: skip
    for title, (left, top) in places.items():
        yield title, whole.cut(left, top, size, size, step=f"{size} x {size} at the {title} were cut out")


def _mirrored(whole: Scaled) -> Scaled:
    """The same picture in a mirror; its box still tells widths and heights, but from the right."""
    return Scaled(ImageOps.mirror(whole.image), (*whole.steps, "left and right were exchanged"), whole.box)


def _as_it_lies(prepared: Prepared, whole: Scaled) -> Prepared:
    """A crop of the mirrored picture with the box of where it lies in the picture as it is."""
    left, top, right, bottom = prepared.box
    both = whole.box[0] + whole.box[2]
    return Prepared(prepared.image, prepared.steps, (both - right, top, both - left, bottom))


def _scales(picture: Picture, preparation: Preparation) -> tuple[Crop, ...]:
    """The whole picture at five sizes, not square unless it is: for networks that run over a picture of any size."""
    found = []
    for side in sides_of(preparation):
        whole = scaled(picture, preparation, side)
        size = " x ".join(map(str, whole.image.size))
        found.append(Crop(f"shorter side {side}", whole.cut(0, 0, *whole.image.size, step=f"all of these {size} pixels were taken")))
    return tuple(found)


KINDS: dict[str, Callable[[Picture, Preparation], tuple[Crop, ...]]] = {"single": _single, "ten": _ten, "scales": _scales}
