"""What has no place on a chart's scale is not dropped: NaN and the infinities stand at the top edge, a log scale's zero at the bottom.

Plain dictionaries, for figures whose axes have a type of their own.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import groupby

from explorer.numbers import printed, word

TOP, BOTTOM = 1, 0
LINE_HEIGHT = 13  # pixels between the words of several curves
DIGITS = 4


def written(value: float | None) -> float | str | None:
    """A trace's number to four digits, which are enough to draw; for what is none a word, which the curve leaves out and the CSV has."""
    if value is None or math.isfinite(value):
        return value and float(f"{value:.{DIGITS}g}")
    return word(value)


def edge_marks(
    x: Sequence[float], values: Sequence[float | None], colour: str, *, axis: str = "", log_x=False, log_y=False, row: int = 0
) -> tuple[list[dict], list[dict]]:
    """Annotations and shapes for the values of one curve that its scale cannot show: a word and a line for each run of them.

    `axis` is the number that Plotly's names of the subplot's axes end with; `row` keeps the words of several curves apart.
    """
    annotations, shapes = [], []
    for edge, said, first, last in _runs(values, log_y):
        where = {"xref": f"x{axis}", "yref": f"y{axis} domain"}
        at = (x[first] + x[last]) / 2
        shift = -2 - LINE_HEIGHT * row if edge == TOP else 2 + LINE_HEIGHT * row
        annotations.append(
            where | {"x": math.log10(at) if log_x else at, "y": edge, "yshift": shift, "yanchor": "top" if edge == TOP else "bottom",
                     "text": said, "showarrow": False, "font": {"size": 11, "color": colour}}
        )  # fmt: skip
        line = {"type": "line", "x0": x[first], "x1": x[last], "y0": edge, "y1": edge, "line": {"color": colour, "width": 4}}
        shapes.append(where | line)
    return annotations, shapes


def _runs(values: Sequence[float | None], log_y: bool) -> Iterator[tuple[int, str, int, int]]:
    """The edge, the word, and the first and last index of each run of neighbours that go to the same edge with the same word."""
    for place, group in groupby(enumerate(values), key=lambda pair: _edge(pair[1], log_y)):
        indices = [index for index, _ in group]
        if place is not None:
            yield *place, indices[0], indices[-1]


def _edge(value: float | None, log_y: bool) -> tuple[int, str] | None:
    if value is None:
        return None
    if not math.isfinite(value):
        return TOP, printed(value)
    return (BOTTOM, "0") if log_y and value == 0 else None
