"""The sum of a block, channel by channel: what the shortcut carries, what the branch adds, both together, and after the ReLU."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from explorer.figures.additions import Added, added_chart
from explorer.figures.feature_maps import beside, enlarged, painted, places_csv, reduced
from explorer.ui.classify.inside.channel import keep_channel, picked_channel, say_unknown_channel
from explorer.ui.classify.inside.legend import show_downloads, show_legend
from explorer.ui.classify.inside.read import Network, maps, what_is_added
from explorer.ui.classify.inside.words import MEASURES, SUM_IDEA, WHY_SMALL, added_words, sum_words
from explorer.ui.classify.shown import Chosen
from explorer.ui.components.chart import chart
from explorer.ui.components.tiles import Tile, tiles
from explorer.ui.controls import along
from explorer.ui.format import minus, plain
from explorer.ui.picture import png_uri
from explorer.vision.explain.addition import Addition, balance
from explorer.vision.explain.features import activity

TILES, TILE = 12, 48
LARGE = 240  # pixels of a map at least
HEIGHT = 340
# What stands over the maps: the shortcut's by its way, the branch, the sum.
SHORTCUT = {"identity": "x", "padded": "x, fewer pixels, more channels", "projected": "Wₛ x", "gated": "x · (1 − T)"}
BRANCH = {True: "H(x) · T", False: "F(x)"}


def show_sums(networks: Sequence[Network], chosen: Chosen) -> None:
    """The control is that of the first network that adds anything; the others show the block that corresponds."""
    st.caption(SUM_IDEA)
    adding = [network for network in networks if network.additions]
    for network in networks:
        if not network.additions:
            st.info(f"{plain(network.name)} adds nothing anywhere: no shortcut comes back in it. Its signal is made anew by every layer; "
                    "look at its feature maps, or choose a residual network.", icon=":material/linear_scale:")  # fmt: skip
    if not adding:
        return
    at = _choose(adding[0].additions)
    looked_at = [_corresponding(at, network.additions) for network in adding]
    for number, (network, place) in enumerate(zip(adding, looked_at, strict=True), 1):
        _show_sum(number, network, network.additions[place], chosen)
    st.caption(MEASURES)
    _show_over_depth(adding, looked_at, chosen)


def _choose(additions: Sequence[Addition]) -> tuple[str, float]:
    """The sum that the address names, at first the first identity past the middle: its name, and its share of the way."""
    names = [one.name for one in additions]
    later = [one.name for one in additions[len(additions) // 2 :] if one.way == "identity"]
    name = along("Block, from the input on", {one: one for one in names}, "block", later[0] if later else names[0])
    return name, names.index(name) / max(1, len(names) - 1)


def _corresponding(at: tuple[str, float], additions: Sequence[Addition]) -> int:
    name, share = at
    names = [one.name for one in additions]
    return names.index(name) if name in names else round(share * (len(names) - 1))


def _show_sum(number: int, network: Network, addition: Addition, chosen: Chosen) -> None:
    found = maps(network, chosen, addition.signals)
    branch, shortcut, total = (found[one.name] for one in (addition.branch, addition.shortcut, addition.total))
    order = activity(branch).order("mean")[:TILES].tolist()
    channel = picked_channel(number, addition.total, order[0], "added")
    st.markdown(f"**{plain(network.name)}, {plain(addition.name)}**")
    say_unknown_channel(number, network.name, [one.total for one in network.additions], "added")
    st.caption(f"The channels to which the block adds most, by the mean of |{BRANCH[addition.way == 'gated']}|; click one to see its sum.")
    most = float(max(np.abs(branch[one]).max() for one in order))
    items = [Tile(str(one), png_uri(reduced(painted(branch[one], most, True), TILE)), f"no. {one}") for one in order]
    tiles(items, f"inside-added-{number}", selected=str(channel),
          on_pick=keep_channel(number, addition.total, "added"), size=TILE,
          label=f"The channels to which {addition.name} of {network.name} adds most")  # fmt: skip
    show_legend(most, True, "in these small maps")
    _show_channel(number, network, addition, {key: values[channel] for key, values in found.items()}, channel)
    whole = balance(shortcut, branch, total)
    one = balance(shortcut[channel], branch[channel], total[channel])
    st.markdown("\n".join(f"- {sentence}" for sentence in sum_words(addition, whole, one, channel)))


def _show_channel(number: int, network: Network, addition: Addition, values: dict[str, np.ndarray], channel: int) -> None:
    """The maps of one channel on one scale, signed."""
    carried, added = SHORTCUT[addition.way], BRANCH[addition.way == "gated"]
    both = f"{added} + {carried}" if addition.way != "padded" else "F(x) + x"
    titles = [carried, added, both, "after the ReLU"]
    seen = {title: values[signal.name] for title, signal in zip(titles, addition.signals, strict=False)}
    most = max(float(np.abs(one).max()) for one in seen.values())
    pictures = [enlarged(painted(one, most, True), LARGE) for one in seen.values()]
    for place, title, picture in zip(st.columns(len(titles)), seen, pictures, strict=False):
        low, high = (minus(f"{end:.3g}") for end in (seen[title].min(), seen[title].max()))
        place.markdown(f"**{title}**")
        place.image(picture, alt=f"{title}, channel {channel}", caption=f"{low} to {high}", width="stretch")
    show_legend(most, True, "in all maps of this row")
    show_downloads(f"{network.name} {addition.name} channel {channel}", beside(pictures), places_csv(seen), f"inside-sum-{number}")


def _show_over_depth(networks: Sequence[Network], looked_at: Sequence[int], chosen: Chosen) -> None:
    series = []
    for network, place in zip(networks, looked_at, strict=True):
        ratios = [one.ratio for one in what_is_added(network, chosen)]
        blocks = [one.name for one in network.additions]
        series.append(Added(network.name, network.loaded.model.spec.family, len(blocks), blocks, ratios, place))
    models = " ".join(network.loaded.model.id for network in networks)
    chart(added_chart(series), "inside-over-depth", height=HEIGHT, filename="what-each-block-adds", view=f"{models} {chosen.key}")
    st.markdown("\n".join(f"- {added_words(one.label, one.blocks, one.ratios)}" for one in series))
    st.caption(WHY_SMALL)
