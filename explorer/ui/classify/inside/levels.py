"""Low, mid and high level features at one look: the most active channels at the ends of three stages, by each network."""

from collections.abc import Sequence

import streamlit as st

from explorer.ui.classify.inside.channel import channel_tile, keep_channel, picked_channel, say_unknown_channel, show_channel, two_in_a_row
from explorer.ui.classify.inside.legend import show_legend
from explorer.ui.classify.inside.read import Network, maps
from explorer.ui.classify.inside.words import IDEA, LEVELS, TILES, place_words
from explorer.ui.classify.shown import Chosen
from explorer.ui.components.tiles import tiles
from explorer.ui.format import plain
from explorer.vision.explain.features import activity
from explorer.vision.explain.places import levels_of

CHANNELS = 8
ALONE, BESIDE = 76, 60  # pixels of a tile: so many fit into a row of one network


def show_levels(networks: Sequence[Network], chosen: Chosen) -> None:
    """A click on a channel enlarges it below its row."""
    st.caption(f"{IDEA} {TILES}")
    for number, (network, place) in enumerate(zip(networks, two_in_a_row(len(networks)), strict=True), 1):
        with place:
            _show_network(number, network, chosen, ALONE if len(networks) == 1 else BESIDE)


def _show_network(number: int, network: Network, chosen: Chosen, size: int) -> None:
    st.markdown(f"**{plain(network.name)}**")
    say_unknown_channel(number, network.name, network.signals)
    levels = levels_of(network.places)
    found = maps(network, chosen, [place.output for place in levels.values()])
    for level, place in levels.items():
        signal = place.output
        stack = found[signal.name]
        active = activity(stack)
        order = active.order("mean")[:CHANNELS].tolist()
        most, signed = float(active.max[order].max()), bool((stack < 0).any())
        st.caption(f"**{LEVELS[level]} level:** {place_words(place, signal, network.loaded.preparation.size)}")
        channel = picked_channel(number, signal, None)
        items = [channel_tile(one, stack[one], most, signed, active.mean[one]) for one in order]
        tiles(items, f"inside-{level}-{number}", selected="" if channel is None else str(channel), on_pick=keep_channel(number, signal),
              size=size, label=f"The most active {level} level channels of {network.name}")  # fmt: skip
        show_legend(most, signed)
        if channel is not None:
            show_channel(f"inside-{level}-{number}-large", network, signal, stack, active, channel, most, signed, chosen)
