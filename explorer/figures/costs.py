"""Where a network's parameters and its work are: bars along its depth."""

from plotly import graph_objects as go
from plotly.subplots import make_subplots

from explorer.anatomy.layers import WEIGHTED, Anatomy
from explorer.anatomy.table import UNITS
from explorer.figures.colours import FAMILY_COLOURS, mix
from explorer.networks.spec import parse_spec


def cost_bars(anatomy: Anatomy, unit: str = "MACs") -> go.Figure:
    """Parameters above, MACs or FLOPs (`unit`) below: one bar for each weighted layer, input first, in its family's
    colour, a shade for each stage. A layer's few BN parameters and biases are in the table, not here."""
    if unit not in UNITS:
        raise ValueError(f"the unit is {' or '.join(UNITS)}, not {unit}")
    layers = [layer for layer in anatomy.layers if layer.kind in WEIGHTED]
    stages = list(dict.fromkeys(layer.stage for layer in layers))
    positions = range(1, len(layers) + 1)
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.12,
                           subplot_titles=("Parameters of each layer", f"{unit} of each layer, one image"))
    for stage, shade in zip(stages, _shades(anatomy, len(stages))):
        shown = [(at, layer) for at, layer in zip(positions, layers) if layer.stage == stage]
        for row, what, values in ((1, "parameters", [layer.params for _, layer in shown]),
                                  (2, unit, [UNITS[unit] * layer.macs for _, layer in shown])):
            figure.add_bar(
                row=row, col=1, x=[at for at, _ in shown], y=values, name=stage, legendgroup=stage,
                showlegend=row == 1, marker={"color": shade, "line": {"width": 0}},
                customdata=[[layer.name, "×".join(map(str, layer.out_shape))] for _, layer in shown],
                hovertemplate=f"%{{customdata[0]}}, output %{{customdata[1]}}<br>%{{y:,}} {what}<extra></extra>",
            )
    figure.update_layout(
        title=f"Parameters and {unit} along the depth of {anatomy.title}", bargap=0.15 if len(layers) < 200 else 0,
        legend={"title": "Stage"}, hovermode="closest", margin={"t": 90},
    )
    figure.update_yaxes(title_text="parameters", row=1, col=1, exponentformat="SI")
    figure.update_yaxes(title_text=unit, row=2, col=1, exponentformat="SI")
    figure.update_xaxes(title_text="convolutions and fully connected layers, counted from the input", row=2, col=1)
    return figure


def _shades(anatomy, count):
    """The family's colour from light to dark, so that both themes show all of it."""
    base = FAMILY_COLOURS[parse_spec(anatomy.network).family]
    steps = [step / max(1, count - 1) for step in range(count)]
    return [mix(base, "#FFFFFF", 0.65 - 1.3 * s) if s <= 0.5 else mix(base, "#000000", 0.7 * s - 0.35) for s in steps]
