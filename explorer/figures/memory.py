"""What the memory of a network consists of where it is largest: a stacked bar for each way of using it."""

from collections.abc import Mapping
from math import log10

from plotly import graph_objects as go

from explorer.anatomy.memory import Memory

# Light colours of a scheme that colour-blind readers can tell apart (Paul Tol's "light"): none of them stands for a family.
PART_COLOURS = {
    "Weights": "#77AADD",
    "Buffers": "#DDDDDD",
    "Gradients": "#EEDD88",
    "Optimiser state": "#EE8866",
    "Images": "#AAAA00",
    "Activations kept for backward": "#44BB99",
    "Working memory": "#FFAABB",
}
# A machine's memory many times the bars' length would make the bars a line.
FAR = 2.5


def memory_bars(memories: Mapping[str, Memory], room: int | None = None, title: str = "Memory at its peak") -> go.Figure:
    """One bar of the peak's parts for each memory under its name, from the top; `room` draws how many bytes there are."""
    names = list(memories)
    figure = go.Figure()
    for part, colour in PART_COLOURS.items():
        sizes = [memory.parts()[part] for memory in memories.values()]
        shares = [100 * size / memory.peak for size, memory in zip(sizes, memories.values())]
        if any(sizes):
            figure.add_bar(
                orientation="h", y=names, x=sizes, name=part, marker={"color": colour, "line": {"width": 0}}, customdata=shares,
                hovertemplate=f"%{{y}}<br>{part}: %{{x:.3s}}B, %{{customdata:.1f}}% of the peak<extra></extra>",
            )
    for name, memory in memories.items():
        figure.add_annotation(x=memory.peak, y=name, text=f"peak {_size(memory.peak)}", showarrow=False, xanchor="left", xshift=6)
    longest = max(memory.peak for memory in memories.values())
    if room is not None and room <= FAR * longest:
        figure.add_vline(x=room, line={"dash": "dash", "width": 2, "color": "#D55E00"})
        figure.add_annotation(x=room, y=1, yref="paper", yanchor="bottom", text=f"there are {_size(room)}", showarrow=False)
        longest = max(longest, room)
    figure.update_layout(
        title=title, barmode="stack", bargap=0.35, hovermode="closest", margin={"t": 30},
        legend={"orientation": "h", "traceorder": "normal", "y": -0.3, "yanchor": "top"},
        # Room for the words at the end of the longest bar.
        xaxis={"title": "bytes", "exponentformat": "SI", "ticksuffix": "B", "range": [0, 1.2 * longest]},
        yaxis={"autorange": "reversed"},
    )
    return figure


def _size(size: int) -> str:
    """Decimal units with three digits: 1.25 GB."""
    rounded = float(f"{size:.3g}")  # 999,999 is 1 MB and not 1000 kB
    power = min(4, int(log10(rounded)) // 3) if rounded else 0
    return f"{rounded / 1000**power:.3g} {('B', 'kB', 'MB', 'GB', 'TB')[power]}"
