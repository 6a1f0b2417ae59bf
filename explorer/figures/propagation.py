"""Signal propagation plots (Brock et al. 2021, figure 1) and the standard deviations of layer responses (1512.03385, figure 7)."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from explorer.figures.axes import LEGEND, axis_number
from explorer.figures.layer_charts import LINEAR, power_scale
from explorer.figures.off_scale import edge_marks, written
from explorer.figures.series import DEPTH, looks, uid
from explorer.figures.text import extra, figure_text
from explorer.signals.propagation import BlockSignals
from explorer.signals.responses import Response

START, TRAINED = "at initialisation", "trained"
BLOCK = "block, counted from the input"
SORTED = "layer, the strongest response first"
BOLD, THIN = 3, 1.3
# The dashes of what is carried, beside those of what is added.
CARRIED = {"solid": "dot", "dash": "longdash", "dot": "longdashdot", "dashdot": "8px,2px,2px,2px"}
GAP = 0.12  # between the two panels, as a share of the width, for the right one's numbers
ENDS = "diamonds: a stage's last block"
DECADES = 1000  # values that lie further apart are drawn on a logarithmic axis


@dataclass(frozen=True)
class SignalSeries:
    """One network in one state ("" where all are in the same), drawn `bold` or thin; `data` are what it was measured on.

    `has_bn` is whether its blocks have batch normalisation.
    """

    label: str
    family: str
    depth: int
    blocks: Sequence[BlockSignals] = ()
    responses: Sequence[Response] = ()
    state: str = ""
    bold: bool = True
    data: str = ""
    has_bn: bool = True

    @property
    def name(self) -> str:
        return ", ".join(filter(None, (self.label, self.state)))


@dataclass(frozen=True)
class Curve:
    """One curve of one panel (0 or 1): its values, the name of each point, and which points stand out."""

    series: SignalSeries
    panel: int
    values: Sequence[float]
    points: Sequence[str]
    what: str = ""
    marked: Sequence[bool] = ()
    hollow: bool = False

    @property
    def name(self) -> str:
        return ", ".join(filter(None, (self.series.name, self.what)))


def propagation_plot(series: Sequence[SignalSeries], note: str = "", log: str | None = None) -> dict:
    """The average channel squared mean and the average channel variance of each block's output.

    `log` has the logarithmic axes, "" or "y"; None for what suits the values. `note` is the subtitle.
    """
    curves = [
        Curve(one, panel, [getattr(block, key) for block in one.blocks], _names(one.blocks), marked=_stage_ends(one.blocks))
        for one in series
        for panel, key in enumerate(("squared_mean", "variance"))
    ]
    quantities = ("average channel squared mean", "average channel variance")
    return _figure("What leaves each block", _joined(note, ENDS), curves, (BLOCK, BLOCK), quantities, log)


def branch_plot(series: Sequence[SignalSeries], note: str = "", log: str | None = None) -> dict:
    """The variance of the residual branch and of the shortcut that it is added to, and the branch's share of their sum.

    Networks that add nothing are left out.
    """
    curves = []
    for one in series:
        blocks = [block for block in one.blocks if block.branch is not None]
        names, ends = _names(blocks), _stage_ends(blocks)
        if blocks:
            curves += [
                Curve(one, 0, [block.branch for block in blocks], names, "branch", ends),
                Curve(one, 0, [block.shortcut for block in blocks], names, "shortcut", ends, hollow=True),
                Curve(one, 1, [share(block) for block in blocks], names, "branch's share", ends),
            ]
    quantities = ("average channel variance", "branch's share of the variance")
    figure = _figure("What each block adds, and to what", _joined(note, ENDS), curves, (BLOCK, BLOCK), quantities, log)
    figure["layout"]["yaxis2"] |= {"type": "linear", "range": [0, 1], "tickformat": ".0%"}
    return figure


def response_plot(series: Sequence[SignalSeries], note: str = "", log: str | None = None) -> dict:
    """The standard deviation of each layer's response in order of depth, and in descending order."""
    curves = []
    for one in series:
        ranked = sorted(one.responses, key=lambda response: (not math.isnan(response.std), -response.std))  # what is no number comes first
        for panel, (responses, what) in enumerate(((one.responses, ""), (ranked, "sorted"))):
            curves.append(Curve(one, panel, [response.std for response in responses], [response.layer for response in responses], what))
    unit = "standard deviation of the response"
    return _figure("How strongly each layer responds", note, curves, (DEPTH, SORTED), (unit, unit), log)


def share(block: BlockSignals) -> float:
    """The branch's part of the variance of both, as if they had nothing in common; NaN where it cannot be told."""
    both = block.branch + block.shortcut
    return block.branch / both if both else math.nan


def suits_log(values: Iterable[float]) -> bool:
    """Whether values lie so far apart that an even scale would show the largest only."""
    sizes = [value for value in values if math.isfinite(value) and value > 0]
    return bool(sizes) and max(sizes) > DECADES * min(sizes)


def _figure(title: str, note: str, curves: Sequence[Curve], x_titles: Sequence[str], y_titles: Sequence[str], log: str | None) -> dict:
    if log is None:
        log = "y" if suits_log(value for curve in curves if curve.panel == 0 for value in curve.values) else ""
    drawn = [value for curve in curves for value in curve.values if math.isfinite(value) and value > 0]
    scale = power_scale(drawn) if "y" in log else LINEAR
    figure = {"data": [], "layout": _layout(title, note, x_titles, y_titles, scale)}
    look, shown = looks([curve.series for curve in curves]), set()
    rows = list(dict.fromkeys(curve.name for curve in curves))
    for curve in curves:
        color = look[curve.series.label]["color"]
        trace = _trace(curve, look[curve.series.label])
        trace["showlegend"] = trace["legendgroup"] not in shown
        shown.add(trace["legendgroup"])
        figure["data"].append(trace)
        marks = edge_marks(trace["x"], curve.values, color, axis=axis_number(curve.panel), log_y="y" in log, row=rows.index(curve.name))
        figure["layout"]["annotations"] += marks[0]
        figure["layout"]["shapes"] += marks[1]
    return figure


def _trace(curve: Curve, look: dict) -> dict:
    one, axis = curve.series, axis_number(curve.panel)
    marked = curve.marked or [False] * len(curve.values)
    symbol = "-open" if curve.hollow else ""
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": figure_text(curve.name),
        "uid": uid(f"{curve.name} {curve.panel}"),
        # Both panels' curves of a network are hidden by one click; a branch and its shortcut are of one network, and apart.
        "legendgroup": f"{one.name}, shortcut" if curve.hollow else one.name,
        "x": list(range(1, len(curve.values) + 1)),
        "y": [written(value) for value in curve.values],
        "text": list(curve.points),
        "line": look | {"width": BOLD if one.bold else THIN} | ({"dash": CARRIED[look["dash"]]} if curve.hollow else {}),
        "marker": {"size": [9 if stands_out else 4 for stands_out in marked],
                   "symbol": [f"diamond{symbol}" if stands_out else f"circle{symbol}" for stands_out in marked]},
        "hovertemplate": f"%{{y:.3g}}<br>%{{text}}{extra(curve.name)}",
        "xaxis": f"x{axis}",
        "yaxis": f"y{axis}",
    }  # fmt: skip


def _layout(title: str, note: str, x_titles: Sequence[str], y_titles: Sequence[str], scale: dict) -> dict:
    layout = {
        "title": {"text": title, "subtitle": {"text": note}},
        "legend": LEGEND,
        "hovermode": "closest",
        "annotations": [],
        "shapes": [],
    }
    width = (1 - GAP) / 2
    for panel in (0, 1):
        axis, left = axis_number(panel), panel * (width + GAP)
        layout[f"xaxis{axis}"] = {"title": {"text": x_titles[panel]}, "domain": [left, left + width], "anchor": f"y{axis}"}
        layout[f"yaxis{axis}"] = scale | {"title": {"text": y_titles[panel]}, "anchor": f"x{axis}"}
    return layout


def _joined(*parts: str) -> str:
    return "; ".join(filter(None, parts))


def _names(blocks: Sequence[BlockSignals]) -> list[str]:
    return [block.block for block in blocks]


def _stage_ends(blocks: Sequence[BlockSignals]) -> list[bool]:
    """Which blocks are the last of their stage: the paper's black dots."""
    stages = [block.block.partition(".")[0] for block in blocks]
    return [stage != following for stage, following in zip(stages, [*stages[1:], ""])]
