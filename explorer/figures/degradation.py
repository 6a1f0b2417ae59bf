"""The degradation problem in one picture: every layer of the four networks, and how well each one trained.

An SVG of its own, without Plotly and without torch, since it is the first thing the app paints.
"""

import csv
from html import escape
from pathlib import Path
from statistics import mean

from explorer.figures.colours import FAMILY_COLOURS
from explorer.networks.spec import NetworkSpec, parse_spec

WIDTH, ROW, LEFT, TICK, BARS, BAR = 1200, 84, 130, 13.4, 930, 170
STAGE_HEIGHTS = (40, 30, 20)
INKS = {False: ("#31333F", "#6b6f7b"), True: ("#FAFAFA", "#a3a8b4")}


def measured_errors(file: Path) -> dict[str, float]:
    """Mean final training error (a fraction) of each network in a CSV of `network,seed,train_error,…` rows."""
    errors: dict[str, list[float]] = {}
    with file.open(newline="") as rows:
        for row in csv.DictReader(rows):
            errors.setdefault(row["network"], []).append(float(row["train_error"]))
    return {network: mean(values) for network, values in errors.items()}


def degradation_svg(errors: dict[str, float], dark: bool = False) -> str:
    """A row for each network: its layers as strokes (their height is the stage's), shortcuts as arcs, its error as a bar.

    `errors` gives the training error (a fraction) of each network by its canonical text, CIFAR stem only.
    """
    ink, faint = INKS[dark]
    worst = max(errors.values())
    rows = [_row(parse_spec(text), error, worst, 34 + ROW * index, ink) for index, (text, error) in enumerate(errors.items())]
    height = 34 + ROW * len(errors)
    head = (
        f'<text x="{LEFT}" y="16" fill="{faint}">every stroke a weighted layer, every arc a shortcut</text>'
        f'<text x="{BARS}" y="16" fill="{faint}">error on its own training images</text>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'font-family="Source Sans, Source Sans Pro, sans-serif" font-size="15">{head}{"".join(rows)}</svg>'
    )


def _row(spec: NetworkSpec, error: float, worst: float, top: float, ink: str) -> str:
    colour = FAMILY_COLOURS[spec.family]
    middle = top + 44
    length = BAR * error / worst
    return (
        f'<text x="0" y="{middle + 5}" fill="{ink}" font-size="18" font-weight="600">{escape(spec.title)}</text>'
        f"{_strokes(spec, middle, colour)}"
        f'<rect x="{BARS}" y="{middle - 11}" width="{length:.1f}" height="22" rx="3" fill="{colour}"/>'
        f'<text x="{BARS + length + 10:.1f}" y="{middle + 6}" fill="{ink}" font-size="18">{error:.1%}</text>'
    )


def _strokes(spec: NetworkSpec, middle: float, colour: str) -> str:
    """Stem, two convolutions a block, and the classifier, from left to right."""
    drawn = [_stroke(0, STAGE_HEIGHTS[0], middle, colour)]
    layer = 1
    for height, blocks in zip(STAGE_HEIGHTS, spec.stage_blocks):
        for _ in range(blocks):
            drawn += [_stroke(layer, height, middle, colour), _stroke(layer + 1, height, middle, colour)]
            if spec.family != "plain":
                drawn.append(_arc(layer, middle - height / 2, colour))
            layer += 2
    return "".join(drawn + [_stroke(layer, 10, middle, colour)])


def _stroke(layer: int, height: float, middle: float, colour: str) -> str:
    x = LEFT + TICK * layer
    return f'<rect x="{x:.1f}" y="{middle - height / 2}" width="5" height="{height}" rx="2" fill="{colour}"/>'


def _arc(layer: int, top: float, colour: str) -> str:
    start, end = LEFT + TICK * (layer - 0.5) + 2.5, LEFT + TICK * (layer + 1.5) + 2.5
    return (
        f'<path d="M{start:.1f} {top + 4} C{start:.1f} {top - 14} {end:.1f} {top - 14} {end:.1f} {top + 4}" '
        f'fill="none" stroke="{colour}" stroke-width="1.8"/>'
    )
