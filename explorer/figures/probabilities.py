"""The likeliest classes of a picture as bars."""

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.figures.colours import colour
from explorer.numbers import percent


def probability_bars(classes: Sequence[tuple[str, float]], network: str) -> go.Figure:
    """Horizontal bars of (label, probability from 0 to 1), the first on top, in the colour of the network's family."""
    figure = go.Figure(
        go.Bar(
            name="probability (%)",
            x=[100 * probability for _, probability in classes],
            y=distinct([label for label, _ in classes]),
            orientation="h",
            marker={"color": colour(network)},
            text=[percent(probability) for _, probability in classes],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.4g}%<extra></extra>",
        )
    )
    figure.update_layout(
        title={"text": "The likeliest classes"},
        xaxis={"title": {"text": "probability (%)"}, "range": [0, 110], "tickvals": [0, 25, 50, 75, 100]},
        yaxis={"type": "category", "autorange": "reversed", "automargin": True},
        showlegend=False,
        bargap=0.35,
    )
    return figure


def distinct(labels: list[str]) -> list[str]:
    """ImageNet has two classes named crane and two named maillot: alike, they would share one bar."""
    return [label if label not in labels[:rank] else f"{label} ({labels[:rank].count(label) + 1})" for rank, label in enumerate(labels)]
