"""The most active feature maps of a block, or of any layer inside it, by each network; a click enlarges one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui.classify.inside.channel import channel_tile, keep_channel, picked_channel, say_unknown_channel, show_channel, two_in_a_row
from explorer.ui.classify.inside.legend import show_legend
from explorer.ui.classify.inside.read import Network, maps
from explorer.ui.classify.inside.words import IDEA, LEVELS, place_words, stack_words
from explorer.ui.classify.shown import Chosen
from explorer.ui.components.tiles import tiles
from explorer.ui.controls import along, dropdown, segmented, stops
from explorer.ui.format import plain
from explorer.ui.url import param, set_params
from explorer.vision.explain.features import Activity, activity
from explorer.vision.explain.places import Place, Signal, counterpart, levels_of

BY = {"mean": "Mean", "max": "Largest value"}
SCALES = {"one": "One for all", "own": "Each its own"}  # of one network
SCALES_OF_SEVERAL = {"one": "Each network's", "common": "One for all", "own": "Each channel's"}
COUNTS = (8, 16, 32, 64, 128)
ALONE, BESIDE = 84, 68  # pixels of a tile, with one network and with several
MANY, MOST_HEIGHT = 32, 480  # of more tiles the grid scrolls


@dataclass(frozen=True)
class Stack:
    """A network's maps at one place, [C, H, W], and of these the channels that are shown, the most active one first."""

    network: Network
    place: Place
    signal: Signal
    maps: np.ndarray
    active: Activity
    order: Sequence[int]

    @property
    def most(self) -> float:
        """The largest absolute value of those shown."""
        return float(self.active.max[self.order].max())

    @property
    def signed(self) -> bool:
        return bool((self.maps < 0).any())


def show_maps(networks: Sequence[Network], chosen: Chosen) -> None:
    """The controls are the first network's; the others show the place that corresponds."""
    st.caption(IDEA)
    first = networks[0]
    level, depth, within = st.columns([3, 4, 4])
    at = _choose_place(first, level, depth)
    suffix = _choose_signal(at, within, first.places)
    left, middle, right = st.columns([4, 7, 3])
    by = segmented("Most active by", BY, "by", "mean", place=left,
                   help="Of absolute values, over all places of a channel's map.")  # fmt: skip
    scale = _choose_scale(len(networks), middle)
    top = stops("Channels shown", COUNTS, "top", 16, place=right)
    stacks = [_stack(network, counterpart(at.name, first.places, network.places), suffix, chosen, by, top) for network in networks]
    for number, (stack, column) in enumerate(zip(stacks, two_in_a_row(len(stacks)), strict=True), 1):
        with column:
            _show_network(number, stack, chosen, by, _scale(stack, stacks, scale), len(stacks) == 1)


def _choose_place(network: Network, left: DeltaGenerator, right: DeltaGenerator) -> Place:
    by_name = {place.name: place for place in network.places}
    levels = {level: place.name for level, place in levels_of(network.places).items()}
    options = {name: name for name in by_name}
    now = param("at", levels["mid"])
    key = "inside level"
    st.session_state[key] = next((level for level, name in levels.items() if name == now), None)
    left.segmented_control("Level", list(levels), format_func=LEVELS.get, key=key, wrap=True,
                           on_change=lambda: _take_level(levels, st.session_state[key]),
                           help="The last maps of the first size, of the middle one and of the last: the ends of stages.")  # fmt: skip
    return by_name[along("Depth, from the input on", options, "at", levels["mid"], place=right)]


def _take_level(levels: Mapping[str, str], level: str | None) -> None:
    if level:
        set_params(at=levels[level], signal=None)


def _choose_signal(place: Place, column: DeltaGenerator, places: Sequence[Place]) -> str:
    """Which layer of the block: its name without the block's, "" for what the block hands on."""
    within = [_suffix(signal, place) for signal in place.signals[:-1]]
    options = {"": f"its result ({_suffix(place.output, place)})"} | {one: one for one in within}
    if param("signal") not in options and any(_suffix(signal, one) == param("signal") for one in places for signal in one.signals):
        set_params(signal=None)  # a layer of another block
    return dropdown(f"In {plain(place.name)}", options, "signal", "", place=column)


def _signal(place: Place, suffix: str) -> Signal:
    return next((signal for signal in place.signals if _suffix(signal, place) == suffix), place.output)


def _suffix(signal: Signal, place: Place) -> str:
    return signal.name.removeprefix(f"{place.name}.")


def _choose_scale(networks: int, column: DeltaGenerator) -> str:
    options = SCALES_OF_SEVERAL if networks > 1 else SCALES
    if param("scale") == "common" and networks == 1:  # the others are gone: it is the only one's
        set_params(scale=None)
    return segmented("Colour scale", options, "scale", "one", place=column)


def _stack(network: Network, place: Place, suffix: str, chosen: Chosen, by: str, top: int) -> Stack:
    signal = _signal(place, suffix)
    found = maps(network, chosen, [signal])[signal.name]
    active = activity(found)
    return Stack(network, place, signal, found, active, active.order(by)[:top].tolist())


@dataclass(frozen=True)
class Scale:
    """Up to which value colours go, None for each channel's own; whether they go below zero too; and whose that is, in words."""

    most: float | None
    signed: bool
    of: str

    def at(self, stack: Stack, channel: int) -> float:
        return float(stack.active.max[channel]) if self.most is None else self.most


def _scale(stack: Stack, stacks: Sequence[Stack], kind: str) -> Scale:
    """The scale of one network's maps beside the others."""
    if kind == "own":
        return Scale(None, stack.signed, "")
    if kind == "common":
        return Scale(max(one.most for one in stacks), any(one.signed for one in stacks), "the same for all networks")
    return Scale(stack.most, stack.signed, "this network's" if len(stacks) > 1 else "")


def _show_network(number: int, stack: Stack, chosen: Chosen, by: str, scale: Scale, is_alone: bool) -> None:
    network, signal, active, order = stack.network, stack.signal, stack.active, stack.order
    channel = picked_channel(number, signal, order[0])
    st.markdown(f"**{plain(network.name)}**")
    say_unknown_channel(number, network.name, network.signals)
    st.caption(place_words(stack.place, signal, network.loaded.preparation.size))
    amounts = getattr(active, by)
    items = [channel_tile(one, stack.maps[one], scale.at(stack, one), scale.signed, amounts[one]) for one in order]
    tiles(items, f"inside-tiles-{number}", selected=str(channel), on_pick=keep_channel(number, signal), size=ALONE if is_alone else BESIDE,
          most_height=MOST_HEIGHT if len(order) > MANY else None, label=f"The most active channels of {network.name}")  # fmt: skip
    most = scale.at(stack, channel)
    show_legend(most, scale.signed, scale.of or ("" if scale.most is not None else f"channel {channel}'s own scale"))
    st.markdown(stack_words(active, order, signal))
    show_channel(f"inside-{number}", network, signal, stack.maps, active, channel, most, scale.signed, chosen)
