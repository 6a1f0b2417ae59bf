"""What networks say of a picture, as bars: the likeliest classes of each, side by side."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.figures.axes import LEGEND
from explorer.figures.colours import colour, mix
from explorer.figures.series import uid
from explorer.figures.text import extra, figure_text
from explorer.numbers import percent
from explorer.vision.labels import numbered

# What the second, third and fourth network of a family is told from the first by: another shade of its colour.
SHADES = (("#FFFFFF", 0.0), ("#FFFFFF", 0.5), ("#000000", 0.4), ("#FFFFFF", 0.75))
LONGEST_NAME = 40  # letters
BAR, GAP, AROUND = 20, 14, 150  # pixels: of a bar, between classes, and of title, axis and legend together


@dataclass(frozen=True)
class Said:
    """A network under its label, the text of it (`cifar/basic-20`), and its probabilities from 0 to 1 in the order of its classes."""

    label: str
    network: str
    probabilities: Sequence[float]


def answer_bars(said: Sequence[Said], classes: Sequence[str], shown: Sequence[int]) -> dict:
    """Horizontal bars of every network for the classes at the places `shown`, the first on top, as Plotly's JSON.

    The networks share their classes. Each has the colour of its family; of one family the second is a shade of it.
    """
    names = distinct([classes[place] for place in shown])
    labels = distinct([one.label for one in said])
    traces = [
        {
            "type": "bar", "name": label, "uid": uid(label), "orientation": "h", "y": names,
            "x": [100 * float(one.probabilities[place]) for place in shown],
            "text": [percent(float(one.probabilities[place])) for place in shown],
            "textposition": "outside", "cliponaxis": False, "constraintext": "none", "textfont": {"size": 11 if len(said) > 1 else 12},
            "marker": {"color": shade}, "hovertemplate": "%{y}: %{x:.4g}%" + extra(label),
        }
        for one, label, shade in zip(said, labels, shades([one.network for one in said]), strict=True)
    ]  # fmt: skip
    layout = {
        "title": {"text": "The likeliest classes"},
        # No range of its own: on a logarithmic axis it would be another one. The margin is for the number beside a bar of 100%.
        "xaxis": {"title": {"text": "probability (%)"}, "rangemode": "tozero", "autorangeoptions": {"include": [100]}, "nticks": 6,
                  "exponentformat": "power"},
        "margin": {"l": 56, "r": 56, "b": 44},
        "yaxis": {"type": "category", "autorange": "reversed", "automargin": True},
        "barmode": "group",
        "bargap": 0.3 if len(said) > 1 else 0.35,
        "legend": LEGEND | {"traceorder": "normal"},
        "showlegend": True,
    }  # fmt: skip
    return {"data": traces, "layout": layout}


def height_of(networks: int, classes: int) -> int:
    """How high such a figure is drawn, in pixels: enough for every bar."""
    return AROUND + classes * (networks * BAR + GAP)


def shades(networks: Sequence[str]) -> list[str]:
    """A colour for each network: its family's, and for the second of one family a lighter one, for the third a darker."""
    families = [colour(network) for network in networks]
    return [mix(one, *SHADES[families[:place].count(one) % len(SHADES)]) for place, one in enumerate(families)]


def distinct(labels: list[str]) -> list[str]:
    """Names for an axis, each of them another: classes of one name would share one bar."""
    return numbered([axis_name(label) for label in labels])


def axis_name(text: str) -> str:
    """Anybody's text as a name in a figure: one line that leaves room for the bars, in which Plotly finds no tags."""
    line = figure_text(text)
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1]}…"
