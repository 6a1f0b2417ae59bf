"""How the arms of a question ended: a mean with its band over seeds for each, training beside validation."""

import plotly.graph_objects as go

from explorer.figures.axes import LEGEND
from explorer.figures.colours import FAMILY_COLOURS, FAMILY_NAMES
from explorer.figures.series import uid
from explorer.networks.spec import parse_spec
from explorer.training.answers import Answer, ArmResult, Band

TRAINING, VALIDATION = "training", "validation"
WIDTHS = {TRAINING: 1.3, VALIDATION: 3.5}
SIZES = {TRAINING: 7, VALIDATION: 11}
NOTE = "dot: mean over seeds; bar: lowest to highest; thin: training, over the last epoch, a part of one with the one before; bold: validation"
LINE = 18  # characters of a name before it goes on below


def answer_chart(answer: Answer) -> go.Figure:
    """Final errors in percent, the arms that were started last (the shortest) at the left; arms without a run are left out."""
    figure = go.Figure()
    shown = [arm for arm in reversed(answer.arms) if arm.runs]
    for family in dict.fromkeys(_family(arm) for arm in shown):
        members = [arm for arm in shown if _family(arm) == family]
        figure.add_trace(_dots(family, TRAINING, members, [arm.train_error for arm in members]))
        figure.add_trace(_dots(family, VALIDATION, members, [arm.val_error for arm in members]))
    figure.update_layout(
        title={"text": "Where they ended", "subtitle": {"text": NOTE}},
        xaxis={"type": "category", "categoryorder": "array", "categoryarray": [_name(arm) for arm in shown], "tickangle": 0},
        yaxis={"title": {"text": "error (%)"}, "rangemode": "tozero"},
        legend=LEGEND,
        scattermode="group",
        scattergap=0.6,
        hovermode="closest",
    )
    return figure


def _dots(family: str, part: str, arms: list[ArmResult], bands: list[Band | None]) -> go.Scatter:
    colour = FAMILY_COLOURS[family]
    known = [(arm, band) for arm, band in zip(arms, bands) if band]
    return go.Scatter(
        name=f"{FAMILY_NAMES[family]}, {part}",
        uid=uid(f"{family} {part}"),
        offsetgroup=part,
        mode="markers",
        x=[_name(arm) for arm, _ in known],
        y=[_percent(band.mean) for _, band in known],
        error_y={
            "type": "data", "symmetric": False, "color": colour, "thickness": WIDTHS[part], "width": 5,
            "array": [_percent(band.high - band.mean) for _, band in known],
            "arrayminus": [_percent(band.mean - band.low) for _, band in known],
        },
        marker={"color": colour, "size": SIZES[part]},
        customdata=[[f"{band}, n = {band.n}", arm.arm.title] for arm, band in known],
        hovertemplate=f"<b>%{{customdata[0]}}</b><br>{part} error of %{{customdata[1]}}<extra></extra>",
    )  # fmt: skip


def _family(arm: ArmResult) -> str:
    return parse_spec(arm.arm.network).family


def _percent(fraction: float) -> float:
    return round(100 * fraction, 3)


def _name(arm: ArmResult) -> str:
    """The title in lines short enough to stand beside others."""
    lines = [""]
    for word in arm.arm.title.split():
        if lines[-1] and len(lines[-1]) + len(word) >= LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)
