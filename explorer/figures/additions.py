"""How much each block adds to what its shortcut carries, over the depth of a network."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from explorer.figures.axes import CURSOR, LEGEND, upright
from explorer.figures.series import looks, uid
from explorer.figures.text import extra, figure_text

MOST_NAMED = 10
SHARES = {"title": {"text": "share of the way through the network's blocks"}, "range": [-0.02, 1.02], "tickformat": ".0%"}


@dataclass(frozen=True)
class Added:
    """A network's blocks, input side first: their names, the ratio of L2 norms |F(x)| / |x|, and which block is looked at."""

    label: str
    family: str
    depth: int
    blocks: Sequence[str]
    ratios: Sequence[float]
    looked_at: int


def added_chart(networks: Sequence[Added]) -> dict:
    """A line a network over its blocks; the block that is looked at is marked on each. Blocks of networks that differ stand at their
    share of the way."""
    shown = looks(networks)
    places = [_shares(one) for one in networks]
    same = all(list(one.blocks) == list(networks[0].blocks) for one in networks)
    if same:
        places = [list(range(len(one.blocks))) for one in networks]
    lines = [_line(one, at, shown[one.label]) for one, at in zip(networks, places, strict=True)]
    largest = max((ratio for one in networks for ratio in one.ratios if isfinite(ratio)), default=1)
    layout = {
        "title": {"text": "What each block adds, beside what its shortcut carries"},
        "xaxis": _blocks_axis(networks[0].blocks) if same else SHARES,
        "yaxis": {"title": {"text": "‖F(x)‖ / ‖x‖ (L2 norms)"}, "range": [0, 1.08 * max(1, largest)]},
        "legend": LEGEND,
        "showlegend": True,
        "shapes": [upright(places[0][networks[0].looked_at], CURSOR)],
        "margin": {"b": 90},
    }
    return {"data": lines, "layout": layout}


def _blocks_axis(blocks: Sequence[str]) -> dict:
    """Named, as many as can be read."""
    named = range(0, len(blocks), -(-len(blocks) // MOST_NAMED))
    return {"title": {"text": "block, counted from the input"}, "range": [-0.3, len(blocks) - 0.7], "tickvals": list(named),
            "ticktext": [blocks[at] for at in named]}  # fmt: skip


def _line(one: Added, places: Sequence[float], look: dict) -> dict:
    ratios = [ratio if isfinite(ratio) else None for ratio in one.ratios]
    return {
        "type": "scatter", "mode": "lines+markers", "name": figure_text(one.label), "uid": uid(one.label),
        "x": places, "y": ratios, "text": list(one.blocks), "line": {"color": look["color"], "dash": look["dash"], "width": 2},
        "marker": {"size": [11 if at == one.looked_at else 5 for at in range(len(ratios))], "color": look["color"]},
        "hovertemplate": "%{text}: %{y:.3g}" + extra(one.label),
    }  # fmt: skip


def _shares(one: Added) -> list[float]:
    last = max(1, len(one.blocks) - 1)
    return [at / last for at in range(len(one.blocks))]
