"""What speaks for a class, as colours to lay over a picture: the stronger, the less of the picture is seen through them.

Both scales are even to the eye and hold for colour-blind readers: matplotlib's inferno without its black end, and ColorBrewer's RdBu.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

from explorer.vision.explain.heat import stretched
from explorer.vision.prepare import Box

FOR = ("#420A68", "#6A176E", "#932667", "#BC3754", "#DD513A", "#F37819", "#FCA50A", "#F6D746", "#FCFFA4")
# From 0 outwards.
FOR_SIGNED = ("#FDDBC7", "#F4A582", "#D6604D", "#B2182B")
AGAINST = ("#D1E5F0", "#92C5DE", "#4393C3", "#2166AC")
FADES = 0.75  # the exponent by which colours fade out towards 0
LEGEND_STOPS = 17


@dataclass(frozen=True)
class HeatScale:
    """From values to colours: strongest at `most`, nothing at 0. Not `signed`, it leaves out what is below 0."""

    most: float
    signed: bool

    def colours(self, values: np.ndarray) -> np.ndarray:
        """uint8 [..., 4], red to blue and opacity, of values of any shape; all transparent where `most` is 0."""
        shares = np.clip(np.asarray(values, np.float64) / self.most, -1, 1) if self.most > 0 else np.zeros(np.shape(values))
        if not self.signed:
            shares = shares.clip(0)
        towards, away = _ramp(FOR_SIGNED if self.signed else FOR, shares), _ramp(AGAINST, -shares)
        opacity = 255 * np.abs(shares) ** FADES
        return np.concatenate([np.where(shares[..., None] < 0, away, towards), opacity[..., None]], -1).round().astype(np.uint8)

    def legend(self) -> list[tuple[float, str]]:
        """Shares of the way from the left end to the right, and their colours in CSS."""
        places = np.linspace(0, 1, LEGEND_STOPS)
        values = (2 * places - 1) * self.most if self.signed else places * self.most
        return [(float(place), "rgba({}, {}, {}, {:.3f})".format(*colour[:3], colour[3] / 255))
                for place, colour in zip(places, self.colours(values).tolist(), strict=True)]  # fmt: skip


def heat_overlay(values: np.ndarray, scale: HeatScale, size: tuple[int, int], box: Box) -> Image.Image:
    """An RGBA image of `size` with the heat in `box`, in its pixels: it may reach outside, and where it does not reach nothing is drawn."""
    left, top, right, bottom = (round(place) for place in box)
    overlay = Image.new("RGBA", size)
    heat = stretched(values, max(1, right - left), max(1, bottom - top))
    overlay.paste(Image.fromarray(scale.colours(heat)), (left, top))
    return overlay


def _ramp(stops: tuple[str, ...], shares: np.ndarray) -> np.ndarray:
    """The colours [..., 3] of shares from 0 to 1, straight lines between the stops."""
    numbers = np.array([[int(stop[at : at + 2], 16) for at in (1, 3, 5)] for stop in stops], np.float64)
    places = np.linspace(0, 1, len(stops))
    return np.stack([np.interp(shares, places, numbers[:, channel]) for channel in range(3)], -1)
