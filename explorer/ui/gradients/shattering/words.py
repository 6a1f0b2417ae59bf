"""What is said beside the figures of shattered gradients: the ideas, the paper, and what the numbers drawn show."""

import math
from collections.abc import Sequence
from itertools import groupby

from explorer.ui.gradients.networks import PANELS
from explorer.ui.gradients.reading import Reading
from explorer.ui.gradients.shattering.measured import Likeness, Line

PAPER = "Balduzzi et al. 2017 ([1702.08591](https://arxiv.org/abs/1702.08591))"
HALF = 0.5
FEW = 0.8  # of the variance: from so much on, a tenth of the points stands for all


def series_reading(lines: Sequence[Line], share: float, brown: float) -> Reading:
    """`brown` is the autocorrelation of brown noise between neighbours of so many points."""
    here = []
    if lines:
        points = len(lines[0].positions)
        here.append(
            f"Neighbouring points are {_way(share / (points - 1))} apart. Neighbours in white noise correlate within "
            f"±{white_band(points):.2f} of 0 (95%), in brown noise at {brown:.2f} on average."
        )
    here += [f"**{name_of(line)}**: {_two(line.of_slopes[1])}, {kind(line, brown)}." for line in lines]
    return Reading(
        "Go in a straight line from one picture to another and watch how the score of the first picture's class changes. Where a small "
        "step leaves the slope nearly as it was, a training step that suits one picture suits its neighbours. Where the slope jumps "
        "about, it suits nobody else: the gradient is *shattered*.",
        r"g(t) = \frac{d}{dt}\, f\big((1-t)\,x_0 + t\,x_1\big) = \langle \nabla f,\; x_1 - x_0 \rangle",
        f"*Paper*, {PAPER}, figure 1: the gradient of a shallow rectifier net over a grid of inputs resembles brown noise, "
        "that of a deep plain one white noise; that of a deep residual one lies in between.",
        here,
        "The paper's nets are fully connected, 200 units wide, with one number as input; these are convolutional nets on pictures, so the "
        "line stands in for that one number. It is one line through a large space: choose other pictures and seeds.",
    )


def correlation_reading(lines: Sequence[Line]) -> Reading:
    here = [
        f"**{name_of(line)}**: neighbours correlate at {_two(line.of_gradients[1])} (their slopes at {_two(line.of_slopes[1])}); "
        f"mean cosine {_two(line.neighbours)}, relative effective rank {_two(line.rank)}."
        for line in lines
    ]
    return Reading(
        "How much of the gradient is left k points on? The whole gradient has a number for each pixel; the slope is its part along the "
        "line. The *relative effective rank* tells how many directions the gradients take: 1 is as many as white noise. A cosine far "
        "above R means a few places with long gradients, which make most of R.",
        r"R(k) = \frac{\sum_i \langle g_i-\bar g,\; g_{i+k}-\bar g\rangle}{\sum_i \lVert g_i-\bar g\rVert^2}",
        "*Paper*, figure 2, mean of 20 runs: R drops at once for deep plain nets, slowly for residual ones. In convnets the effective rank "
        "of plain nets approaches that of noise with depth, faster than that of residual nets.",
        here,
        "BN has the fixed statistics of 64 other pictures here, so that f is a function of one picture. With those of the line's own "
        "points, cosines of neighbours were (*measured here*, width 8, two digits): plain-20 0.47, not 0.70; residual-56 0.80, not "
        "0.83; highway-56 0.91, not 0.84.",
    )


def depth_reading(found: Sequence[Likeness], index: int, distance: float) -> Reading:
    """`index` is that of the distance among the cosines."""
    return Reading(
        "Compare what the net asks for at a picture and at one a little on the way to another. Is the likeness lost "
        "by a factor with every layer, or does it fade slowly?",
        r"\operatorname{corr} = 2^{-L}\ \text{(plain)},\quad \left(\tfrac34\right)^{L}\ \text{(residual)},\quad "
        r"\sim \tfrac{1}{\sqrt L}\ \text{(residual with BN)}",
        f"*Paper*, {PAPER}, theorems 1 to 3, for two inputs and L layers: exponential decay in plain nets, "
        "slower with shortcuts, and sublinear with shortcuts and BN.",
        fall_sentences(found, index, distance),
        "The theorems are for inputs that switch units on independently: half for each, a quarter for both. Neighbours do not, nor do "
        "pictures in plain nets **without** BN (*measured here*, plain-56, width 8, digits): the last ReLU's units are on for 53% of the "
        "pictures, for both of two 48%; with BN 48% and 27%. Likely that is why they shatter less. What BN should do for residual nets "
        "does not show: at 110 layers and 1% of the way 0.79 with it, 0.86 without.",
    )


def distance_reading(found: Sequence[Likeness], distances: Sequence[float]) -> Reading:
    return Reading(
        "*White noise* is a matter of the grid: f is piecewise linear (but for a highway's gates), so pictures near enough to each other "
        "share one gradient. How near? A gradient is worth something for a step that it stays alike over.",
        r"\cos\angle\big(\nabla f(x),\ \nabla f(x + d\,(y-x))\big)",
        f"{PAPER} have one grid (256 inputs) and compare nets on it; this figure is not in the paper.",
        reach_sentences(found, distances),
        "*Measured here*, 110 layers, width 16, noise pictures with BN: moved by 0.3% of the pixels' deviation, the residual net's "
        "gradient keeps a cosine of 0.86, by 1% 0.63; the plain net's 0.00 already at 0.1%. So the 0.83 against 0.00 of the view *At "
        "initialisation* belongs to one distance, of about 0.4%. Plain-110 with BN (width 8, digits) does not even agree with itself: "
        "between 32-bit and 64-bit arithmetic its gradients have mean cosines of 0.00, 0.08 and −0.07 (three seeds).",
    )


def fall_sentences(found: Sequence[Likeness], index: int, distance: float) -> list[str]:
    """How the cosine at one distance changes from the least to the greatest measured depth of each network."""
    told = []
    for name, members in by_network(found):
        by_depth = {depth: mean(one.cosines[index] for one in same) for depth, same in groupby(members, key=lambda one: one.depth)}
        if len(by_depth) > 1:
            first, last = min(by_depth), max(by_depth)
            told.append(f"**{name}**: {_two(by_depth[first])} at {first} layers, {_two(by_depth[last])} at {last}.")
    return [f"At {_way(distance)} of the way, mean of seeds:", *told] if told else []


def reach_sentences(found: Sequence[Likeness], distances: Sequence[float]) -> list[str]:
    """Over which part of the way the gradient of each network, at its greatest measured depth, stays more alike than not."""
    told = []
    for name, members in by_network(found):
        deepest = max(one.depth for one in members)
        of_it = [one.cosines for one in members if one.depth == deepest]
        reached = reach(distances, [mean(column) for column in zip(*of_it)])
        told.append(f"**{name}**, {deepest} layers: {_reached(reached, distances)}.")
    return ["The cosine stays above 0.5 over so much of the way:", *told] if told else []


def reach(distances: Sequence[float], cosines: Sequence[float]) -> float:
    """The distance at which the cosine first falls below a half, between two distances by the logarithm of the distance: 0 where it is
    below from the first on, infinity where never, NaN where a cosine before is none."""
    for i, cosine in enumerate(cosines):
        if math.isnan(cosine):
            return math.nan
        if cosine < HALF:
            if i == 0:
                return 0.0
            part = (cosines[i - 1] - HALF) / (cosines[i - 1] - cosine)
            return distances[i - 1] * (distances[i] / distances[i - 1]) ** part
    return math.inf


def kind(line: Line, brown: float) -> str:
    """What noise the slopes resemble, judged by the correlation of neighbours."""
    correlation, points = line.of_slopes[1], len(line.positions)
    if math.isnan(correlation):
        return "the slope is constant, or not finite somewhere"
    if (steep := steepest_part(line.slopes)) > FEW:
        return f"which says little: a tenth of the points has {steep:.0%} of the variance, the rest is nearly level"
    if abs(correlation) <= white_band(points):
        return "not to be told from white noise"
    if correlation >= brown - white_band(points) / 2:
        return "as smooth as brown noise" if correlation < (1 + brown) / 2 else "smoother than brown noise"
    return "between white and brown noise" if correlation > 0 else "neighbours tend to opposite signs"


def steepest_part(slopes: Sequence[float]) -> float:
    """The share of the slopes' variance that a tenth of them has, those farthest from the mean: 0.44 for a Gaussian, at most 1."""
    centre = math.fsum(slopes) / len(slopes)
    squares = sorted(((slope - centre) ** 2 for slope in slopes), reverse=True)
    return math.fsum(squares[: len(squares) // 10]) / math.fsum(squares)


def white_band(count: int) -> float:
    """Where the mean of `count` products of independent numbers of variance 1 stays 95% of the time, around 0."""
    return 1.96 / math.sqrt(count)


def name_of(line: Line) -> str:
    return f"{line.wanted.label} {line.wanted.panel}"


def by_network(found: Sequence[Likeness]) -> list[tuple[str, list[Likeness]]]:
    """The name of every network and what is measured of it, by depth and seed."""
    groups: dict[tuple[str, str], list[Likeness]] = {}
    for one in sorted(found, key=lambda one: (one.wanted.panel != PANELS["batch"], one.depth, one.seed)):
        groups.setdefault((one.wanted.panel, one.wanted.label), []).append(one)
    return [(f"{label} {panel}", members) for (panel, label), members in groups.items()]


def mean(values) -> float:
    values = list(values)
    return math.fsum(values) / len(values) if all(map(math.isfinite, values)) else math.nan


def _reached(reached: float, distances: Sequence[float]) -> str:
    if math.isnan(reached):
        return "not to be told, some gradients are zero or no finite numbers"
    if reached == 0:
        return f"less than {_way(distances[0])}, the shortest measured"
    return "all of it" if math.isinf(reached) else _way(reached)


def _way(share: float) -> str:
    """A share of the way as per cent: 0.78%, 0.0027%."""
    digits = max(0, 1 - math.floor(math.log10(100 * share))) if share < 1 else 0
    return f"{100 * share:.{min(digits, 6)}f}%"


def _two(cosine: float) -> str:
    return "no number" if math.isnan(cosine) else f"{cosine:.2f}".replace("-0.00", "0.00").replace("-", "−")
