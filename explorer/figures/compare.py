"""Networks against each other: what they cost as bars, what they reach as points of error against cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plotly import graph_objects as go
from plotly.subplots import make_subplots

from explorer.anatomy.table import UNITS
from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.published import Result
from explorer.figures.series import uid

FAMILY_NAMES = {"plain": "plain", "residual": "residual", "preactivation": "pre-activation", "highway": "highway", "vgg": "VGG"}
OTHERS = "other designs"
ERRORS = {"top1": "top-1 error", "top5": "top-5 error"}
# A source's shape: filled for what the paper says, open for what others found.
SYMBOLS = {"paper": ("circle", "square", "diamond", "hexagon"), "replication": ("x-thin-open",),
           "torchvision": ("triangle-up-open", "triangle-down-open", "star-triangle-up-open", "star-triangle-down-open"),
           "measured here": ("star",)}
MOST_NAMED = 16
ROOM = 1.32
GAP = "\u2002\u2002"  # between a ringed point and its name


@dataclass(frozen=True)
class Costs:
    """What one network costs: for one image but the peak, which is of a training step."""

    label: str
    family: str
    params: int
    macs: int
    activation_bytes: int
    peak_bytes: int


def compared_bars(networks: Sequence[Costs], unit: str = "MACs", step: str = "a training step") -> go.Figure:
    """Four panels with a bar for each network in the given order, from the top; `step` says which the peak is of."""
    panels = (
        ("Parameters", [one.params for one in networks], ""),
        (unit, [UNITS[unit] * one.macs for one in networks], ""),
        ("Activations of one image", [one.activation_bytes for one in networks], "B"),
        (f"Peak memory of {step}", [one.peak_bytes for one in networks], "B"),
    )
    figure = make_subplots(rows=1, cols=len(panels), shared_yaxes=True, horizontal_spacing=0.03)
    for column, (title, values, suffix) in enumerate(panels, 1):
        figure.add_bar(
            row=1, col=column, orientation="h", x=values, y=[one.label for one in networks], name=title, uid=uid(title), showlegend=False,
            marker={"color": [_colour(one.family) for one in networks], "line": {"width": 0}},
            texttemplate=f" %{{x:.4s}}{suffix}", textposition="outside", textangle=0, cliponaxis=False,
            hovertemplate=f"%{{y}}: %{{x:,}} {suffix or title}<extra></extra>",
        )
        # Room at the right for the number after the longest bar.
        figure.update_xaxes(row=1, col=column, side="top", range=[0, ROOM * max(values)], exponentformat="SI", nticks=4,
                            ticksuffix=suffix, title={"text": title})
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(title={"text": "What the networks cost"}, bargap=0.25, hovermode="closest")
    return figure


def error_scatter(results: Sequence[Result], cost: str = "macs", error: str = "top1", unit: str = "MACs",
                  compared: Mapping[str, str] | None = None) -> go.Figure:
    """A point for each result that has the cost (`macs` or `params`) and the error (`top1` or `top5`).

    One trace for each source and family: its symbol says the source, its colour the family. `compared` has the names
    of networks by their texts: their points are ringed and named. Raises `ValueError` for results on several data sets.
    """
    datasets = {result.dataset for result in results}
    if len(datasets) > 1:
        raise ValueError(f"errors on {' and '.join(sorted(datasets))} do not belong into one chart")
    shown = [one for one in results if getattr(one, cost) is not None and getattr(one, error) is not None]
    factor, cost_name = (UNITS[unit], f"{unit} of one image") if cost == "macs" else (1, "parameters")
    figure = go.Figure()
    compared = compared or {}
    own = [one for one in shown if one.network in compared]
    figure.add_trace(_rings(own, cost, error, factor))
    traces: dict[tuple, list[Result]] = {}
    for one in shown:
        traces.setdefault((one.kind, one.source, one.protocol if one.kind == "paper" else "", _family(one)), []).append(one)
    symbols = _symbols(shown)
    named = {(one.kind, one.name, one.source) for one in _worth_naming(shown, own)}
    # The paper has the same networks in several tables: their names stand on either side.
    sides = {source: f"middle {'left' if index % 2 else 'right'}" for index, source in enumerate(dict.fromkeys(one[2] for one in sorted(named)))}
    sides = {source: sides.get(source, "middle right") for source in symbols}
    for (kind, source, protocol, family), points in traces.items():
        points = sorted(points, key=lambda one: getattr(one, cost))
        label = f"{source} ({protocol or kind})" if protocol or kind == "replication" else source
        figure.add_trace(_points(points, cost, error, factor, f"{family}, {label}", cost_name, {
            "legendgroup": label, "legendgrouptitle": {"text": label}, "name": family,
            "texttemplate": [f"{GAP}{one.name}{GAP}" if (one.kind, one.name, one.source) in named else "" for one in points],
            "textposition": sides[source],
            "marker": {"color": _colour(points[0].family), "symbol": symbols[source], "size": 9, "line": {"width": 1.4}},
        }))
    dataset = next(iter(datasets), "")
    error_name = ERRORS[error] if any(one.top5 is not None for one in results) else "error"
    figure.update_layout(
        title={"text": f"{error_name.capitalize()} on {dataset} against {cost_name}",
               "subtitle": {"text": "ringed: the networks compared here; every point's source is in the legend and under the pointer"}},
        xaxis={"title": {"text": cost_name}, "type": "log", "exponentformat": "SI", "dtick": "D2" if _decades(shown, cost) < 2 else None},
        yaxis={"title": {"text": f"{error_name} (%)"}},
        legend={"groupclick": "togglegroup", "tracegroupgap": 4, "font": {"size": 12}},
        hovermode="closest",
    )
    return figure


def _points(points, cost, error, factor, series, cost_name, look):
    said = [[f"{one.name}: {one.source}, {one.protocol}", one.kind, f", {one.note}" if one.note else "", one.input] for one in points]
    return go.Scatter(
        x=[factor * getattr(one, cost) for one in points], y=[getattr(one, error) for one in points], uid=uid(series),
        mode="markers+text", customdata=said, textfont={"size": 11}, cliponaxis=False,
        hovertemplate=f"<b>%{{y:.4g}}%</b>, %{{x:.4s}} {cost_name}<br>%{{customdata[0]}}, %{{customdata[3]}} px<br>"
                      "%{customdata[1]}%{customdata[2]}<extra></extra>",
        **look,
    )


def _rings(points, cost, error, factor):
    return go.Scatter(
        x=[factor * getattr(one, cost) for one in points] or [None], y=[getattr(one, error) for one in points] or [None],
        name="compared here", uid="compared", mode="markers", hoverinfo="skip", showlegend=bool(points),
        customdata=[[f"{one.name}: {one.source}, {one.protocol}"] for one in points],
        marker={"symbol": "circle-open", "size": 20, "color": "#E69F00", "line": {"width": 3}},
    )


def _worth_naming(shown, own):
    """Names on the chart itself: of the networks compared, or of all where there are few."""
    return shown if len(shown) <= MOST_NAMED else own or [one for one in shown if one.kind != "torchvision"]


def _symbols(results):
    """A symbol for each source: those of one kind have one after the other."""
    symbols = {}
    for one in results:
        offered = SYMBOLS[one.kind]
        taken = sum(symbols.get(other.source) in offered for other in {r.source: r for r in results}.values())
        symbols.setdefault(one.source, offered[min(taken, len(offered) - 1)])
    return symbols


def _decades(results, cost):
    values = [getattr(one, cost) for one in results]
    return len(str(max(values))) - len(str(min(values))) if values else 0


def _family(result):
    return FAMILY_NAMES.get(result.family, OTHERS)


def _colour(family):
    return FAMILY_COLOURS.get(family, FAMILY_COLOURS["torchvision"])
