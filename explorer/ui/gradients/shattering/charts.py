"""The figures of shattered gradients, each with its reading beside it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import streamlit as st

from explorer.ui.components.chart import chart, drawing, show_drawing
from explorer.ui.controls import segmented
from explorer.ui.gradients.reading import beside, show_reading
from explorer.ui.gradients.scales import keep_scale
from explorer.ui.gradients.shattering import measured
from explorer.ui.gradients.shattering.measured import Likeness, Line, Wanted
from explorer.ui.gradients.shattering.words import (
    by_network,
    correlation_reading,
    depth_reading,
    distance_reading,
    mean,
    name_of,
    series_reading,
    white_band,
)
from explorer.ui.gradients.tables import show_numbers
from explorer.ui.watch.settings import log_axes

OF = {"gradients": "Whole gradient", "slopes": "Slope along the line"}
# explorer.lab.shattering.DISTANCES, as the address has them and as they are read.
DISTANCES = {
    "0.00001": "1/100,000", "0.0001": "1/10,000", "0.001": "1/1,000", "0.003": "3/1,000", "0.01": "1/100", "0.03": "3/100", "0.1": "1/10",
    "0.3": "3/10", "1": "all of it: the other picture",
}  # fmt: skip
COLUMNS = ("R(1), gradient", "R(1), slope", "mean cosine", "relative effective rank")
MEASURED = (
    "Of neighbours on the line: the autocorrelation R(1) of the whole gradient and of the slope, and the mean cosine between whole "
    "gradients, the mean not subtracted. The relative effective rank of all gradients, brought to one length. Measured here, in float32."
)
HEIGHT = 440


@dataclass(frozen=True)
class Choice:
    """What the controls say. `digits` are the first and the last picture's, `share` is how much of the line between them is shown."""

    data: str
    digits: tuple[int, int]
    example: int
    points: int
    share: float
    seed: int


def show_slopes(lines: Sequence[Line], choice: Choice) -> None:
    """The series along the line, and white and brown noise beside them."""
    from explorer.figures.shattering import grid_height, slope_grid

    figure, text = beside("shattering-slopes")
    with figure:
        noises = {f"{kind.title()} noise": measured.noise(choice.points, kind, choice.seed) for kind in ("brown", "white")}
        note = f"seed {choice.seed}; each less its mean, in its standard deviations σ"
        grid = slope_grid([_curve(one, one.positions, one.slopes) for one in lines], noises, note)
        height = grid_height(len({one.wanted.label for one in lines}), len({one.wanted.panel for one in lines}))
        chart(grid, "shattering-slopes", height=height, filename="gradients-along-a-line", view=str(choice))
    with text:
        show_reading(series_reading(lines, choice.share, measured.expected(choice.points, "brown")[1]))


def show_autocorrelations(lines: Sequence[Line], choice: Choice) -> None:
    """The autocorrelations by lag, and a table of what neighbours have in common."""
    from explorer.figures.shattering import autocorrelation_chart

    figure, text = beside("shattering-autocorrelation")
    with figure:
        of = segmented("Autocorrelation of the", OF, "of", "gradients")
        lags = choice.points // 2 + 1
        curves = [_curve(one, range(lags), (one.of_gradients if of == "gradients" else one.of_slopes)[:lags]) for one in lines]
        noises = {f"{kind} noise, expected": measured.expected(choice.points, kind)[:lags] for kind in ("brown", "white")}
        if of == "gradients":
            note, band = "of the gradient with respect to all pixels", None
        else:
            note, band = "of the slope along the line; the grey stripe: where white noise is 95% of the time", white_band(choice.points)
        drawn = autocorrelation_chart(curves, noises, band, note, f"lag k, in steps of 1/{choice.points - 1} of what is shown")
        chart(drawn, "shattering-autocorrelation", height=HEIGHT, filename="autocorrelation", view=f"{choice} {of}")
        show_numbers([_row(one) for one in lines], dict.fromkeys(COLUMNS, "%.3f"))
        st.caption(MEASURED)
    with text:
        show_reading(correlation_reading(lines))


def show_by_depth(found: Sequence[Likeness], apart: str) -> None:
    """The likeness of neighbours by depth; `apart` is one of `DISTANCES`."""
    from explorer.figures.shattering import depth_chart

    index = list(DISTANCES).index(apart)
    figure, text = beside("shattering-depth")
    with figure:
        curves = []
        for _, members in by_network(found):
            cells = [list(same) for _, same in groupby(members, key=lambda one: one.depth)]
            values = [[one.cosines[index] for one in cell] for cell in cells]
            curves.append(_range(members[0].wanted, members[0].wanted.label, [cell[0].depth for cell in cells], values))
        note = f"{DISTANCES[apart]} of the way apart; mean and range of {_seeds(found)}"
        _chart_with_log(partial(depth_chart, curves, note), "depth", apart)
    with text:
        show_reading(depth_reading(found, index, float(apart)))


def show_by_distance(found: Sequence[Likeness], apart: str) -> None:
    """The likeness by distance, of each network's deepest form that is measured."""
    from explorer.figures.shattering import distance_chart

    distances = [float(distance) for distance in DISTANCES]
    figure, text = beside("shattering-distance")
    with figure:
        curves = []
        for _, members in by_network(found):
            deepest = members[-1].depth
            columns = list(zip(*(one.cosines for one in members if one.depth == deepest)))
            curves.append(_range(members[0].wanted, f"{members[0].wanted.label}, {deepest} layers", distances, columns))
        note = f"each network's deepest form; mean and range of {_seeds(found)}"
        _chart_with_log(partial(distance_chart, curves, float(apart), note), "distance", "")
    with text:
        show_reading(distance_reading(found, distances))


def _chart_with_log(draw: Callable[[str], dict], name: str, view: str) -> None:
    """A chart whose scale, "y" where it is logarithmic, is kept in the address."""
    key = f"shattering-{name}"
    drawn = drawing(draw(log_axes().get(name, "")), key, height=HEIGHT, log_axes="y", tells=True, filename=f"likeness-by-{name}", view=view)
    show_drawing(drawn, key, on_log=lambda axes: keep_scale(name, axes))


def _curve(line: Line, x: Sequence[float], y: Sequence[float]):
    from explorer.figures.shattering import Curve

    one = line.wanted
    return Curve(one.label, one.spec.family, one.spec.depth, one.panel, list(x), y)


def _range(wanted: Wanted, label: str, x: Sequence[float], values: Sequence[Sequence[float]]):
    """The mean of the values at each x, and their least and greatest."""
    from explorer.figures.shattering import Curve

    means, low, high = [mean(some) for some in values], list(map(min, values)), list(map(max, values))
    return Curve(label, wanted.spec.family, 0, wanted.panel, x, means, low, high)


def _row(line: Line) -> dict:
    return {"network": name_of(line)} | dict(zip(COLUMNS, (line.of_gradients[1], line.of_slopes[1], line.neighbours, line.rank)))


def _seeds(found: Sequence[Likeness]) -> str:
    count = len({one.seed for one in found})
    return "one seed" if count == 1 else f"{count or 'no'} seeds{'' if count else ' yet'}"
