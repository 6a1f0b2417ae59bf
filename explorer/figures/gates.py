"""The transform gates of a highway net, by layer and picture, and what becomes of its answers where they are pushed.

Plain dictionaries, as in `figures.curves`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.figures.axes import CURSOR, GUIDE, LEGEND, upright
from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.off_scale import written
from explorer.figures.text import figure_text

HIGHWAY = FAMILY_COLOURS["highway"]
BAND = "rgba(0,158,115,0.18)"
CHOSEN = "#E69F00"
LAYER = "highway layer, counted from the input"
PUSH = "push of the gates (%): −100 shut, 0 as learnt, 100 open"
# Of Okabe and Ito's palette what no family has, after black or white: the likeliest classes.
CLASS_COLOURS = ("#009E73", "#E69F00", "#56B4E9", "#CC79A7", "#8C8C8C", "#0072B2")
THUMBNAILS = 0.13  # of the height


@dataclass(frozen=True)
class Gates:
    """`means[n][j]`: how far the gates of block j open for picture n, from 0 to 1; `biases[j]`: what its bias alone would give."""

    blocks: Sequence[str]
    means: Sequence[Sequence[float]]
    biases: Sequence[float]


@dataclass(frozen=True)
class Shown:
    """A picture by its class, its number, and as a data URI."""

    label: str
    number: int
    source: str


def gate_profile(gates: Gates, chosen: int) -> dict:
    """The mean opening of each layer over all pictures, from the least to the greatest picture, for the chosen one, and by bias alone."""
    x = list(range(1, len(gates.blocks) + 1))
    columns = list(zip(*gates.means))
    mean = [written(sum(column) / len(column)) for column in columns]
    named = {"x": x, "text": list(gates.blocks), "hovertemplate": "%{y:.3f} %{text}"}
    band = {"mode": "lines", "line": {"width": 0, "color": HIGHWAY}, "hoverinfo": "skip", "showlegend": False}
    return {
        "data": [
            band | {"type": "scatter", "name": "least picture", "x": x, "y": [written(min(column)) for column in columns]},
            band | {"type": "scatter", "name": "greatest picture", "x": x, "y": [written(max(column)) for column in columns],
                    "fill": "tonexty", "fillcolor": BAND},
            named | {"type": "scatter", "name": f"mean of {len(gates.means):,} pictures", "y": mean, "mode": "lines+markers",
                     "line": {"color": HIGHWAY, "width": 3}, "marker": {"size": 5}},
            named | {"type": "scatter", "name": "the chosen picture", "y": [written(value) for value in gates.means[chosen]],
                     "mode": "lines", "line": {"color": CHOSEN, "width": 2}},
            named | {"type": "scatter", "name": "σ(bias), without weights", "y": [written(value) for value in gates.biases],
                     "mode": "lines", "line": {"color": GUIDE, "width": 2, "dash": "dot"}},
        ],
        "layout": {
            "title": {"text": "How far the gates of each layer open",
                      "subtitle": {"text": "T over channels and places; the band: from the least to the greatest picture"}},
            "xaxis": {"title": {"text": LAYER}},
            "yaxis": {"title": {"text": "mean transform gate T"}, "rangemode": "tozero"},
            "legend": LEGEND,
            "hovermode": "x unified",
        },
    }  # fmt: skip


def gate_map(gates: Gates, shown: Sequence[Shown], rows: Sequence[int], chosen: int, relative: bool, dark: bool) -> dict:
    """Layer x picture: `shown[i]` is the picture of `means[rows[i]]`. With `relative` what is drawn is T less its layer's mean over all
    pictures, else T. The chosen row of `means` is framed."""
    averages = [sum(column) / len(column) if relative else 0.0 for column in zip(*gates.means)]
    z = [[written(gates.means[row][layer] - average) for row in rows] for layer, average in enumerate(averages)]
    x = list(range(len(shown)))
    most = max((abs(value) for line in z for value in line if isinstance(value, float)), default=1.0)
    scale = {"colorscale": "RdBu", "zmin": -most, "zmax": most} if relative else {"colorscale": "Viridis", "reversescale": not dark}
    unit = "T less its layer's mean" if relative else "T"
    heatmap = {
        "type": "heatmap",
        "name": unit,
        "x": x,
        "y": list(range(1, len(gates.blocks) + 1)),
        "z": z,
        "text": [[f"{block}, {figure_text(one.label)} (picture {one.number})" for one in shown] for block in gates.blocks],
        "hovertemplate": "%{text}<br>" + unit + " = %{z:.3f}<extra></extra>",
        "colorbar": {"title": {"text": unit, "side": "right"}},
    }
    images = [
        {"source": one.source, "xref": "x", "yref": "paper", "x": place, "y": 0, "sizex": 0.92, "sizey": THUMBNAILS - 0.01,
         "xanchor": "center", "yanchor": "bottom", "sizing": "contain", "layer": "above"}
        for place, one in enumerate(shown)
    ]  # fmt: skip
    frames = [
        {"type": "rect", "xref": "x", "yref": "paper", "x0": place - 0.5, "x1": place + 0.5, "y0": 0, "y1": 1,
         "line": {"color": CHOSEN, "width": 2}}
        for place, row in enumerate(rows)
        if row == chosen
    ]  # fmt: skip
    return {
        "data": [heatmap | scale],
        "layout": {
            "title": {"text": "The gates for one picture after another",
                      "subtitle": {"text": "mean over channels and places; framed: the chosen picture"}},
            "xaxis": {"anchor": "free", "position": 0, "tickvals": x, "ticktext": [figure_text(one.label) for one in shown],
                      "title": {"text": "picture, by its class"}},
            "yaxis": {"title": {"text": LAYER}, "domain": [THUMBNAILS, 1]},
            "images": images,
            "shapes": frames,
        },
    }  # fmt: skip


def error_along(pushes: Sequence[int], errors: Sequence[float], at: int, chance: float, title: str) -> dict:
    """Validation error (shares) against the push in per cent; a line stands at the push that is chosen."""
    return {
        "data": [
            {"type": "scatter", "name": title, "x": list(pushes), "y": [written(100 * error) for error in errors],
             "mode": "lines+markers", "line": {"color": HIGHWAY, "width": 3}, "marker": {"size": 6}, "hovertemplate": "%{y:.1f}% at %{x}%"},
            {"type": "scatter", "name": "guessing", "x": [-100, 100], "y": [100 * chance] * 2, "mode": "lines",
             "line": {"color": GUIDE, "width": 1.5, "dash": "dot"}, "hoverinfo": "skip"},
        ],
        "layout": {
            "title": {"text": "Error with the gates pushed", "subtitle": {"text": "the same weights, one net for each push"}},
            "xaxis": _push_axis(),
            "yaxis": {"title": {"text": "validation error (%)"}, "range": [0, 103]},
            "shapes": [upright(at, CURSOR)],
            "legend": LEGEND,
        },
    }  # fmt: skip


def answers_along(pushes: Sequence[int], answers: Sequence[Sequence[float]], classes: Sequence[str], label: int, at: int) -> dict:
    """The probabilities of one picture's likeliest classes against the push; `answers[i]` belongs to `pushes[i]`. Its own class is bold."""
    highest = [max(column) for column in zip(*answers)]
    others = sorted((place for place in range(len(classes)) if place != label), key=lambda place: -highest[place])
    drawn = [label, *others[: len(CLASS_COLOURS) - 1]]
    return {
        "data": [
            {"type": "scatter", "name": figure_text(classes[place]) + ", its class" * (place == label), "x": list(pushes),
             "y": [written(100 * row[place]) for row in answers], "mode": "lines+markers", "marker": {"size": 5},
             "line": {"color": colour, "width": 3 if place == label else 1.5}, "hovertemplate": "%{y:.1f}%"}
            for place, colour in zip(drawn, CLASS_COLOURS)
        ],
        "layout": {
            "title": {"text": "What the net takes the chosen picture for", "subtitle": {"text": "probabilities of the likeliest classes"}},
            "xaxis": _push_axis(),
            "yaxis": {"title": {"text": "probability (%)"}, "range": [0, 103]},
            "shapes": [upright(at, CURSOR)],
            "legend": LEGEND,
            "hovermode": "x unified",
        },
    }  # fmt: skip


def _push_axis() -> dict:
    return {"title": {"text": PUSH}, "range": [-105, 105], "tickvals": [-100, -50, 0, 50, 100]}
