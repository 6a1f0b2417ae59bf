"""The most active feature maps of a block, or of any layer inside it, by each network; a click enlarges one."""

from collections.abc import Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from explorer.ui.classify.inside.channel import channel_tile, keep_channel, picked_channel, show_channel, two_in_a_row
from explorer.ui.classify.inside.legend import show_legend
from explorer.ui.classify.inside.read import Network, maps
from explorer.ui.classify.inside.words import IDEA, LEVELS, place_words, stack_words
from explorer.ui.classify.shown import Chosen
from explorer.ui.components.tiles import tiles
from explorer.ui.controls import along, dropdown, segmented, stops
from explorer.ui.format import plain
from explorer.ui.url import param, set_params
from explorer.vision.explain.features import activity
from explorer.vision.explain.places import Place, Signal, counterpart, levels_of

BY = {"mean": "Mean", "max": "Largest value"}
SCALES = {"one": "One for all", "own": "Each its own"}
COUNTS = (8, 16, 32, 64, 128)
ALONE, BESIDE = 84, 68  # pixels of a tile, with one network and with several
MANY, MOST_HEIGHT = 32, 480  # of more tiles the grid scrolls


def show_maps(networks: Sequence[Network], chosen: Chosen) -> None:
    """The controls are the first network's; the others show the place that corresponds."""
    st.caption(IDEA)
    first = networks[0]
    level, depth, within = st.columns([3, 4, 4])
    at = _choose_place(first, level, depth)
    suffix = _choose_signal(at, within)
    left, middle, right = st.columns(3)
    by = segmented("Most active by", BY, "by", "mean", place=left,
                   help="Of absolute values, over all places of a channel's map.")  # fmt: skip
    scale = segmented("Colour scale", SCALES, "scale", "one", place=middle)
    top = stops("Channels shown", COUNTS, "top", 16, place=right)
    for number, (network, column) in enumerate(zip(networks, two_in_a_row(len(networks)), strict=True), 1):
        place = counterpart(at.name, first.places, network.places)
        with column:
            _show_network(number, network, place, _signal(place, suffix), chosen, by, scale, top, len(networks) == 1)


def _choose_place(network: Network, left: DeltaGenerator, right: DeltaGenerator) -> Place:
    by_name = {place.name: place for place in network.places}
    levels = {level: place.name for level, place in levels_of(network.places).items()}
    options = {name: name for name in by_name}
    now = param("at", levels["mid"])
    key = "inside level"
    st.session_state[key] = next((level for level, name in levels.items() if name == now), None)
    left.segmented_control("Level", list(levels), format_func=LEVELS.get, key=key,
                           on_change=lambda: _take_level(levels, st.session_state[key]),
                           help="The last maps of the first size, of the middle one and of the last: the ends of stages.")  # fmt: skip
    return by_name[along("Depth, from the input on", options, "at", levels["mid"], place=right)]


def _take_level(levels: Mapping[str, str], level: str | None) -> None:
    if level:
        set_params(at=levels[level], signal=None)


def _choose_signal(place: Place, column: DeltaGenerator) -> str:
    """Which layer of the block: its name without the block's, "" for what the block hands on."""
    within = [_suffix(signal, place) for signal in place.signals[:-1]]
    options = {"": f"its result ({_suffix(place.output, place)})"} | {one: one for one in within}
    if param("signal") not in options:  # a layer of another block
        set_params(signal=None)
    return dropdown(f"In {plain(place.name)}", options, "signal", "", place=column)


def _signal(place: Place, suffix: str) -> Signal:
    return next((signal for signal in place.signals if _suffix(signal, place) == suffix), place.output)


def _suffix(signal: Signal, place: Place) -> str:
    return signal.name.removeprefix(f"{place.name}.")


def _show_network(number: int, network: Network, place: Place, signal: Signal, chosen: Chosen, by: str, scale: str, top: int,
                  is_alone: bool) -> None:
    stack = maps(network, chosen, [signal])[signal.name]
    active = activity(stack)
    order = active.order(by)[:top].tolist()
    signed = bool((stack < 0).any())
    most = float(active.max[order].max())
    channel = picked_channel(number, signal, order[0])
    st.markdown(f"**{plain(network.name)}**")
    st.caption(place_words(place, signal, network.loaded.preparation.size))
    own = {one: float(active.max[one]) if scale == "own" else most for one in [*order, channel]}
    items = [channel_tile(one, stack[one], own[one], signed, getattr(active, by)[one]) for one in order]
    tiles(items, f"inside-tiles-{number}", selected=str(channel), on_pick=keep_channel(number, signal), size=ALONE if is_alone else BESIDE,
          most_height=MOST_HEIGHT if top > MANY else None, label=f"The most active channels of {network.name}")  # fmt: skip
    show_legend(own[channel] if scale == "own" else most, signed, f"channel {channel}'s own scale" if scale == "own" else "")
    st.markdown(stack_words(active, order, signal))
    show_channel(f"inside-{number}", network, signal, stack, active, channel, own[channel], chosen)
