"""The learning rate of a training before it is started: a curve over its steps."""

import plotly.graph_objects as go

from explorer.training.recipe import Recipe, learning_rate

LINE = "#8C8C8C"  # no family's colour: the recipe is the same for all networks
FILL = "rgba(140,140,140,0.15)"
COARSE = 200
LARGEST_STEP = 0.02  # of the peak, between two drawn points, unless they are neighbours


def learning_rate_curve(recipe: Recipe, per_epoch: int, total_steps: int, *, share: bool = False) -> go.Figure:
    """The learning rate of `total_steps` steps, `per_epoch` of which make an epoch. With `share`, for a training whose
    number of steps its time decides, x is the share of the run in per cent and says nothing of steps."""
    steps = drawn_steps(recipe, total_steps)
    rates = [learning_rate(recipe, step, total_steps) for step in steps]
    figure = go.Figure(go.Scatter(
        x=[100 * step / total_steps for step in steps] if share else steps,
        y=[float(f"{rate:.5g}") for rate in rates],
        customdata=[step / per_epoch for step in steps],
        mode="lines",
        line={"color": LINE, "width": 2.5},
        fill="tozeroy",
        fillcolor=FILL,
        name="learning rate",
        hovertemplate="%{y:.4g} after %{x:.0f}% of the run<extra></extra>" if share
        else "%{y:.4g} at step %{x:,}<br>epoch %{customdata:.2f}<extra></extra>",
    ))
    figure.update_layout(
        title={"text": "Learning rate"},
        xaxis={"title": {"text": "share of the run (%)" if share else "optimiser step"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "learning rate"}, "rangemode": "tozero"},
        showlegend=False,
        hovermode="x",
        margin={"t": 10},
    )
    return figure


def drawn_steps(recipe: Recipe, total_steps: int) -> list[int]:
    """Steps that show the whole curve: an even few, and more wherever the rate changes fast, down to the very step of a jump."""
    last = total_steps - 1
    even = sorted({round(index * last / COARSE) for index in range(COARSE + 1)})
    steps = [even[0]]
    for step in even[1:]:
        steps += _between(recipe, total_steps, steps[-1], step)
    return steps


def _between(recipe: Recipe, total_steps: int, left: int, right: int) -> list[int]:
    """The steps after `left` up to `right`, halved where the rate changes much between them."""
    change = abs(learning_rate(recipe, left, total_steps) - learning_rate(recipe, right, total_steps))
    if right - left <= 1 or change <= LARGEST_STEP * recipe.lr:
        return [right]
    middle = (left + right) // 2
    return _between(recipe, total_steps, left, middle) + _between(recipe, total_steps, middle, right)
