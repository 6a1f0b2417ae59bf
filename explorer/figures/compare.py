"""What networks cost, as bars against each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from plotly import graph_objects as go
from plotly.subplots import make_subplots

from explorer.anatomy.table import UNITS
from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.series import uid

ROOM = 1.32  # how far an axis goes beyond the longest bar, for the number after it


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
            row=1, col=column, orientation="h", x=values, y=[one.label for one in networks], name=title, uid=uid(title),
            marker={"color": [FAMILY_COLOURS[one.family] for one in networks], "line": {"width": 0}}, showlegend=False,
            texttemplate=f" %{{x:.4s}}{suffix}", textposition="outside", textangle=0, cliponaxis=False,
            hovertemplate=f"%{{y}}: %{{x:,}} {suffix or title}<extra></extra>",
        )
        figure.update_xaxes(row=1, col=column, side="top", range=[0, ROOM * max(values)], exponentformat="SI", nticks=4,
                            ticksuffix=suffix, title={"text": title})
    figure.update_yaxes(autorange="reversed", automargin=True)
    figure.update_layout(title={"text": "What the networks cost"}, bargap=0.25, hovermode="closest")
    return figure
