"""The learning rate of a training before it is started: a curve over its steps."""

from collections.abc import Mapping

import plotly.graph_objects as go

from explorer.figures.axes import GUIDE, LEGEND
from explorer.figures.series import DASHES
from explorer.training.recipe import Recipe, learning_rate

LINE = GUIDE  # no family's colour: the recipe is the same for all networks
FILL = "rgba(140,140,140,0.15)"
COARSE = 200
MOST_NAMES = 3
LARGEST_STEP = 0.02  # of the peak, between two drawn points, unless they are neighbours


def learning_rate_curves(recipes: Mapping[str, Recipe], per_epoch: int, total_steps: int, *, share: bool = False) -> go.Figure:
    """The learning rate of each recipe under its name over `total_steps` steps, `per_epoch` of which make an epoch; recipes that
    differ in something else are one curve under all their names. With `share`, for trainings whose number of steps their time decides, x is the
    share of the run in per cent and says nothing of steps."""
    figure = go.Figure()
    curves: dict[tuple, list[str]] = {}
    for name, recipe in recipes.items():
        steps = tuple(drawn_steps(recipe, total_steps))
        rates = tuple(float(f"{learning_rate(recipe, step, total_steps):.5g}") for step in steps)
        curves.setdefault((steps, rates), []).append(name)
    for index, ((steps, rates), names) in enumerate(curves.items()):
        figure.add_scatter(
            x=[100 * step / total_steps for step in steps] if share else list(steps),
            y=rates,
            customdata=[step / per_epoch for step in steps],
            mode="lines",
            line={"color": LINE, "width": 2.5, "dash": DASHES[index % len(DASHES)]},
            fill=None if index else "tozeroy",
            fillcolor=FILL,
            name=_joined(names),
            hovertemplate="%{y:.4g} after %{x:.0f}% of the run" if share else "%{y:.4g} at step %{x:,}, epoch %{customdata:.2f}",
        )
    figure.update_layout(
        title={"text": "Learning rate"},
        xaxis={"title": {"text": "share of the run (%)" if share else "optimiser step"}, "rangemode": "tozero"},
        yaxis={"title": {"text": "learning rate"}, "rangemode": "tozero"},
        showlegend=len(curves) > 1,
        legend=LEGEND,
        hovermode="closest",
        margin={"t": 10},
    )
    return figure


def _joined(names: list[str]) -> str:
    """All of a few names, of more the first and how many there are beside it."""
    return ", ".join(names) if len(names) <= MOST_NAMES else f"{names[0]} and {len(names) - 1} more"


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
