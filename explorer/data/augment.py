"""How the images of a step are varied: the paper's ways, as pure functions of (seed, step, place in the batch)."""

from typing import NamedTuple

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from explorer.data.decode import pixels, upright
from explorer.data.order import AUGMENT, stream

PAD = 4
AT_ONCE = 64  # steps whose random numbers travel to the device together

# The paper's augmentation for ImageNet (section 3.4): the crop is 224 pixels of a shorter side of 256 to 480, and the picture
# is validated on the centre 224 of 256. Here in proportion to the network's input.
CROP, SHORTEST, LONGEST = 224, 256, 480
# Krizhevsky et al. 2012, section 4.1: the principal components of ImageNet's RGB values, a row a channel, and their weights,
# for pixels from 0 to 1. The paper prints no numbers; these are a replication's (facebook/fb.resnet.torch, imagenet.lua).
COMPONENTS = np.array([[-0.5675, 0.7192, 0.4009], [-0.5808, -0.0045, -0.8140], [-0.5836, -0.6948, 0.4203]])
WEIGHTS = np.array([0.2175, 0.0188, 0.0045])
COLOUR_DEVIATION = 0.1


class CropFlip:
    """Every image shifted by up to 4 pixels over a zero border and, with `flip`, half of them mirrored.

    The paper's augmentation for CIFAR-10 (section 4.2).
    """

    def __init__(self, seed: int, flip: bool, device: torch.device | str = "cpu"):
        self.seed, self.flip, self.device = seed, flip, torch.device(device)
        self._block, self._draws = (-1, 0), None

    def __call__(self, images: Tensor, step: int) -> Tensor:
        """uint8 [N, C, H, W], on the device, varied for this step; memory format contiguous."""
        block, within = divmod(step, AT_ONCE)
        if self._block != (block, len(images)):  # one transfer for many steps: each makes the host wait for a GPU
            steps = range(block * AT_ONCE, (block + 1) * AT_ONCE)
            draws = np.stack([_shifts(self.seed, one, len(images), self.flip) for one in steps])
            self._block, self._draws = (block, len(images)), torch.from_numpy(draws).to(self.device)
        return _shifted(images, *self._draws[within])


def _shifts(seed: int, step: int, count: int, flip: bool) -> np.ndarray:
    """int64 [3, count]: rows and columns from 0 to 8, and 1 for mirrored."""
    random = stream(seed, AUGMENT, step)
    top, left = (random.integers(0, 2 * PAD + 1, count) for _ in range(2))
    return np.stack([top, left, random.random(count) < (0.5 if flip else 0.0)])


def _shifted(images: Tensor, top: Tensor, left: Tensor, mirrored: Tensor) -> Tensor:
    """One gather crops and mirrors: half the time of windows by `unfold`."""
    count, channels, height, width = images.shape
    columns = torch.arange(width, device=images.device)
    columns = left[:, None] + torch.where(mirrored[:, None].bool(), columns.flip(0), columns)
    rows = top[:, None] + torch.arange(height, device=images.device)
    places = rows[:, :, None] * (width + 2 * PAD) + columns[:, None, :]
    padded = F.pad(images, (PAD, PAD, PAD, PAD)).flatten(2)
    return padded.gather(2, places.view(count, 1, -1).expand(-1, channels, -1)).view(count, channels, height, width)


class ImagenetDraws(NamedTuple):
    """What chance says about each picture of a step.

    `share` of the shorter side that the crop takes, `top` and `left` from 0 to 1 of the room there is, `mirrored`, all
    [batch], and `colour` [batch, 3]: what is added to red, green and blue from 0 to 1.
    """

    share: np.ndarray
    top: np.ndarray
    left: np.ndarray
    mirrored: np.ndarray
    colour: np.ndarray


def imagenet_draws(seed: int, step: int, count: int) -> ImagenetDraws:
    """The draws of a step; those of a place in the batch do not depend on how many follow it."""
    random = stream(seed, AUGMENT, step).random((count, 4))
    normal = stream(seed, AUGMENT, step).spawn(1)[0].standard_normal((count, 3))
    shorter_side = SHORTEST + np.floor(random[:, 0] * (LONGEST - SHORTEST + 1))
    # Term by term: a matrix product rounds otherwise for another number of rows, or on another machine.
    colour = sum(normal[:, i, None] * (COLOUR_DEVIATION * WEIGHTS[i]) * COMPONENTS[:, i] for i in range(3))
    return ImagenetDraws(CROP / shorter_side, random[:, 1], random[:, 2], random[:, 3] < 0.5, colour)


def imagenet_picture(content: bytes, draws: ImagenetDraws, place: int, size: int, channels: int) -> np.ndarray:
    """A picture file varied as the paper does for ImageNet: uint8 [channels, size, size]. Raises BrokenPicture.

    Scaling the shorter side to 256 … 480 and cropping 224 of it are one scaling of the part that is seen. A grey picture
    has no colour to vary.
    """
    share = float(draws.share[place])
    with upright(content, channels, least=round(size / share)) as picture:
        side = min(picture.size) * share
        left, top = (picture.width - side) * float(draws.left[place]), (picture.height - side) * float(draws.top[place])
        box = (left, top, min(left + side, picture.width), min(top + side, picture.height))
        out = pixels(picture.resize((size, size), Image.Resampling.BILINEAR, box=box))
    if draws.mirrored[place]:
        out = out[:, :, ::-1]
    if channels == 3:
        out = np.clip(np.rint(out + 255 * draws.colour[place][:, None, None]), 0, 255).astype(np.uint8)
    return out


def centre_picture(content: bytes, size: int, channels: int) -> np.ndarray:
    """A picture file as it is validated on: the shorter side scaled to 256/224 of the size, and the centre of it.

    uint8 [channels, size, size]. Raises BrokenPicture.
    """
    with upright(content, channels, least=2 * size) as picture:
        side = min(picture.size) * CROP / SHORTEST
        left, top = (picture.width - side) / 2, (picture.height - side) / 2
        return pixels(picture.resize((size, size), Image.Resampling.BICUBIC, box=(left, top, left + side, top + side)))


def imagenet_tensors(images: Tensor, draws: ImagenetDraws, size: int) -> Tensor:
    """The paper's augmentation for ImageNet on pictures in memory: uint8 [N, C, S, S] to [N, C, size, size], device stays.

    The picture as it lies in memory stands for the whole picture: a crop takes 224/480 to 224/256 of its side, bilinearly.
    """
    count, channels = images.shape[:2]
    share, top, left = (np.asarray(draw) for draw in draws[:3])
    affine = np.zeros((count, 2, 3), np.float32)  # from -1 … 1 in the crop to -1 … 1 in the picture
    affine[:, 0, 0] = np.where(draws.mirrored, -share, share)
    affine[:, 1, 1] = share
    affine[:, 0, 2], affine[:, 1, 2] = (2 * left - 1) * (1 - share), (2 * top - 1) * (1 - share)
    grid = F.affine_grid(torch.from_numpy(affine).to(images.device), [count, channels, size, size], align_corners=False)
    out = F.grid_sample(images.float(), grid, mode="bilinear", padding_mode="border", align_corners=False)
    if channels == 3:
        out += torch.from_numpy((255 * draws.colour).astype(np.float32)).to(images.device)[:, :, None, None]
    return out.round_().clamp_(0, 255).to(torch.uint8)
