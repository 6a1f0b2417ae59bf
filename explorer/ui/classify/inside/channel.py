"""One channel of a layer: as a tile, kept in the address when it is picked, and enlarged with its numbers."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.figures.feature_maps import enlarged, framed, map_csv, painted, reduced
from explorer.ui.classify.inside.legend import show_downloads
from explorer.ui.classify.inside.read import Network, prepared_image
from explorer.ui.classify.inside.words import channel_words
from explorer.ui.classify.shown import Chosen
from explorer.ui.components.tiles import Tile
from explorer.ui.picture import png_uri
from explorer.ui.say import say_warning
from explorer.ui.url import param, set_params
from explorer.vision.explain.features import Activity, seen_by
from explorer.vision.explain.places import Signal

TILE = 84  # pixels, the largest
LARGE = 360  # pixels of an enlarged map


def two_in_a_row(count: int) -> list[DeltaGenerator]:
    """Places for so many networks."""
    return [place for _ in range(0, count, 2) for place in st.columns(min(2, count), gap="medium")][:count]


def channel_tile(channel: int, values: np.ndarray, most: float, signed: bool, amount: float) -> Tile:
    """A map [H, W] on the scale up to `most`, with how active the channel is."""
    return Tile(str(channel), png_uri(reduced(painted(values, most, signed), TILE)), f"no. {channel}", f"{amount:.3g}")


def keep_channel(number: int, signal: Signal, what: str = "channel") -> Callable[[str], None]:
    """What keeps a picked channel of the network of that number in the address, with its layer: in another layer it means nothing."""
    return lambda picked: set_params(**{_name(number, what): f"{signal.name}:{picked}"})


def picked_channel(number: int, signal: Signal, default: int | None, what: str = "channel") -> int | None:
    """The channel that the address has for that network, if it is one of this layer; else the default."""
    layer, _, channel = param(_name(number, what)).rpartition(":")
    is_one = layer == signal.name and channel.isascii() and channel.isdecimal() and len(channel) < 9 and int(channel) < signal.channels
    return int(channel) if is_one else default


def say_unknown_channel(number: int, name: str, signals: Sequence[Signal], what: str = "channel") -> None:
    """That the address's channel of the network of that number is in none of its layers; one of another layer is just not shown."""
    asked = param(_name(number, what))
    if asked and all(picked_channel(number, signal, None, what) is None for signal in signals):
        say_warning(f"{name} has no channel {asked[:100]}: one is a layer and a number, such as {signals[0].name}:0.")


def show_channel(key: str, network: Network, signal: Signal, stack: np.ndarray, active: Activity, channel: int, most: float,
                 signed: bool, chosen: Chosen) -> None:
    """One map of a stack [C, H, W] enlarged, and the part of the picture that its strongest value can depend on."""
    values = stack[channel]
    row, column = np.unravel_index(np.abs(values).argmax(), values.shape)
    image = prepared_image(network, chosen)
    box = seen_by(signal, int(row), int(column), image.width)
    picture = enlarged(painted(values, most, signed), LARGE)
    left, right = st.columns(2)
    left.image(picture, alt=f"The map of channel {channel}", caption=f"channel {channel}", width="stretch")
    right.image(framed(image, box, LARGE), alt="The picture as the network gets it", width="stretch",
                caption="framed: what its strongest value can depend on")  # fmt: skip
    st.markdown(channel_words(values, active, channel, (int(row), int(column)), box, image.width))
    show_downloads(f"{network.name} {signal.name} channel {channel}", picture, map_csv(values), key)


def _name(number: int, what: str) -> str:
    return what if number == 1 else f"{what}{number}"
