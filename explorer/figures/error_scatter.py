"""What networks reach for what they cost: published and measured errors, every point with its source."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from plotly import graph_objects as go

from explorer.anatomy.table import UNITS
from explorer.figures.colours import FAMILY_COLOURS, FAMILY_NAMES
from explorer.figures.series import uid
from explorer.networks.published import Result

OTHERS = "other designs"
ERRORS = {"top1": "top-1 error", "top5": "top-5 error"}
# A source has a symbol, a family its colour: the paper's are filled, others' open, and what was measured here a star.
SYMBOLS = {
    "paper": ("circle", "square", "diamond", "hexagon"),
    "replication": ("x-thin-open",),
    "torchvision": ("triangle-up-open", "triangle-down-open", "star-triangle-up-open", "star-triangle-down-open"),
    "measured here": ("star",),
}
RING = "#E69F00"
SUBTITLE = "ringed: the networks compared here; every point's source is in the legend and under the pointer"
MOST_NAMED = 16  # more names than these would cover each other
GAP = "\u2002\u2002"  # between a ringed point and its name


@dataclass(frozen=True)
class Point:
    """A result where it stands in the chart."""

    result: Result
    x: float
    y: float

    @property
    def family(self) -> str:
        return FAMILY_NAMES.get(self.result.family, OTHERS)

    @property
    def source(self) -> str:
        """As the legend has it: He et al. 2015, table 3 (10 crops)."""
        result = self.result
        note = {"paper": result.protocol, "replication": "replication"}.get(result.kind)
        return f"{result.source} ({note})" if note else result.source

    @property
    def words(self) -> str:
        return f"{self.result.name}: {self.result.source}, {self.result.protocol}"


def error_scatter(
    results: Sequence[Result],
    cost: str = "macs",
    error: str = "top1",
    unit: str = "MACs",
    compared: Collection[str] = (),
) -> go.Figure:
    """A point for each result that has the cost (`macs` or `params`) and the error (`top1` or `top5`).

    One trace for each source and family. `compared` has the texts of networks whose points are ringed and named. Raises
    `ValueError` for results on several data sets: they do not compare.
    """
    datasets = {result.dataset for result in results}
    if len(datasets) > 1:
        raise ValueError(f"errors on {' and '.join(sorted(datasets))} do not belong into one chart")
    factor, cost_name = (UNITS[unit], f"{unit} of one image") if cost == "macs" else (1, "parameters")
    points = [Point(one, factor * getattr(one, cost), getattr(one, error)) for one in results
              if getattr(one, cost) is not None and getattr(one, error) is not None]
    ringed = [point for point in points if point.result.network in compared]
    figure = go.Figure([_rings(ringed), *_traces(points, _worth_naming(points, ringed), cost_name)])
    # Where there is a top-5 error too, the other must be told from it.
    error_name = ERRORS[error] if any(one.top5 is not None for one in results) else "error"
    figure.update_layout(
        title={"text": f"{error_name.capitalize()} on {''.join(datasets)} against {cost_name}", "subtitle": {"text": SUBTITLE}},
        xaxis={"title": {"text": cost_name}, "type": "log", "exponentformat": "SI", "dtick": _ticks(points)},
        yaxis={"title": {"text": f"{error_name} (%)"}},
        legend={"groupclick": "togglegroup", "tracegroupgap": 4, "font": {"size": 12}},
        hovermode="closest",
    )
    return figure


def _traces(points, named, cost_name):
    symbols, sides = _symbols(points), _sides(named)
    groups: dict[tuple[str, str], list[Point]] = {}
    for point in sorted(points, key=lambda point: point.x):
        groups.setdefault((point.source, point.family), []).append(point)
    order = list(dict.fromkeys(point.source for point in points))
    for (source, family), group in sorted(groups.items(), key=lambda item: order.index(item[0][0])):
        yield go.Scatter(
            name=family, legendgroup=source, legendgrouptitle={"text": source}, uid=uid(f"{family} {source}"),
            x=[point.x for point in group], y=[point.y for point in group], mode="markers+text", cliponaxis=False,
            marker={"color": _colour(group[0]), "symbol": symbols[source], "size": 9, "line": {"width": 1.4}},
            texttemplate=[f"{GAP}{point.result.name}{GAP}" if point in named else "" for point in group],
            textposition=sides.get(source, "middle right"), textfont={"size": 11}, customdata=[_said(point) for point in group],
            hovertemplate=f"<b>%{{y:.4g}}%</b>, %{{x:.4s}} {cost_name}<br>%{{customdata[0]}}, %{{customdata[3]}} px<br>"
                          "%{customdata[1]}%{customdata[2]}<extra></extra>",
        )  # fmt: skip


def _said(point):
    result = point.result
    return [point.words, result.kind, f", {result.note}" if result.note else "", result.input]


def _rings(points):
    return go.Scatter(
        name="compared here", uid="compared", mode="markers", hoverinfo="skip", showlegend=bool(points),
        x=[point.x for point in points] or [None], y=[point.y for point in points] or [None],
        customdata=[[point.words] for point in points],
        marker={"symbol": "circle-open", "size": 20, "color": RING, "line": {"width": 3}},
    )  # fmt: skip


def _worth_naming(points, ringed):
    """Names on the chart itself: of all where there are few, else of the networks compared, else of the papers'."""
    return points if len(points) <= MOST_NAMED else ringed or [point for point in points if point.result.kind != "torchvision"]


def _sides(named):
    """The paper has the same networks in several tables: their names stand on either side."""
    sources = sorted({point.source for point in named})
    return {source: f"middle {'left' if index % 2 else 'right'}" for index, source in enumerate(sources)}


def _symbols(points):
    """A symbol for each source: those of one kind take one after the other."""
    kinds: dict[str, list[str]] = {}
    for source, kind in {point.source: point.result.kind for point in points}.items():
        kinds.setdefault(kind, []).append(source)
    return {source: SYMBOLS[kind][min(index, len(SYMBOLS[kind]) - 1)] for kind, sources in kinds.items()
            for index, source in enumerate(sources)}


def _colour(point):
    return FAMILY_COLOURS.get(point.result.family, FAMILY_COLOURS["torchvision"])


def _ticks(points):
    """Every power of ten, and 2 and 5 between them where there are few."""
    values = [point.x for point in points]
    return "D2" if values and max(values) < 1000 * min(values) else None
