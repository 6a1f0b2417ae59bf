"""Gradient norms by depth.

Drawn is the L2 norm of the loss's gradient with respect to the weights of each convolution and linear layer.
"""

from collections.abc import Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from explorer.figures.series import DEPTH, LayerValues, looks, uid

EARLY_WIDTH = 1.3
LATE_WIDTH = 3
UNIT = "‖∂L/∂W‖₂"


def gradient_profile(series: Sequence[LayerValues], steps: Sequence[int] | None = None) -> go.Figure:
    """The norm of every layer by depth on one log axis, one subplot for each distinct `panel`.

    With `steps`, each network is drawn at each of them, the last one bold; without, at its latest step only.
    """
    panels = list(dict.fromkeys(one.panel for one in series)) or [""]
    titles = panels if any(panels) else None
    figure = make_subplots(cols=len(panels), shared_yaxes=True, horizontal_spacing=0.03, subplot_titles=titles)
    look = looks(series)
    shown = set()
    for one in series:
        for step in steps if steps is not None else one.steps[-1:] or (0,):
            trace = _profile(one, step, named=steps is not None)
            last = steps is None or step == steps[-1]
            trace.line = look[one.label] | {"width": LATE_WIDTH if last else EARLY_WIDTH}
            trace.showlegend = trace.name not in shown
            shown.add(trace.name)
            figure.add_trace(trace, row=1, col=panels.index(one.panel) + 1)
    figure.update_xaxes(title={"text": DEPTH})
    figure.update_yaxes(type="log", tickformat="~g", nticks=4, matches="y")
    figure.update_layout(
        title={"text": "Gradient norm of each layer", "subtitle": {"text": _when(series, steps)}},
        yaxis={"title": {"text": f"gradient norm {UNIT}"}},
        legend={"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom", "groupclick": "togglegroup"},
        hovermode="closest",
    )
    return figure


def _profile(one: LayerValues, step: int, named: bool) -> go.Scatter:
    """`named` puts the step into the trace's name; a live chart leaves it out, or its legend would never rest."""
    norms = one.at(step)
    name = f"{one.label}, step {step}" if named else one.label
    return go.Scatter(
        name=name,
        uid=uid(f"{one.panel} {name}"),
        legendgroup=name,
        x=list(range(1, len(norms) + 1)) or [None],
        y=[_shown(norm) for norm in norms] or [None],
        # The panel too: in the CSV there are no panels to tell two curves of one name apart.
        text=[", ".join(filter(None, (f"{layer} ({kind})", one.panel))) for layer, kind in zip(one.layers, one.kinds)],
        mode="lines+markers",
        marker={"size": 4, "symbol": ["diamond" if kind == "linear" else "circle" for kind in one.kinds]},
        hovertemplate=f"%{{y:.3g}}<br>layer %{{x}}: %{{text}}<br>step {step}<extra>{one.label}</extra>",
    )


def _when(series: Sequence[LayerValues], steps: Sequence[int] | None) -> str:
    if steps is None:
        latest = [one.steps[-1] for one in series if one.steps]
        if not latest:
            return "no step measured yet"
        low, high = min(latest), max(latest)
        return f"at each run's latest measured step ({low})" if low == high else f"at each run's latest measured step ({low} to {high})"
    if len(steps) == 1:
        return f"at step {steps[0]}"
    return f"thin: step {', '.join(map(str, steps[:-1]))}; bold: step {steps[-1]}"


def _shown(norm: float | None) -> float | None:
    """Four digits are enough to draw; a norm of exactly zero has no place on a log axis."""
    return float(f"{norm:.4g}") if norm else None
