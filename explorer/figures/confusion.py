"""Confusion matrix: what pictures of each class were taken for. Plotly's JSON as a dictionary."""

from collections import Counter
from collections.abc import Sequence

from explorer.figures.probabilities import distinct
from explorer.figures.text import figure_text
from explorer.vision.confusion import Judgement

MOST = 24  # rows and columns whose names can be read
WRITTEN = 16  # columns in whose cells a number has room
UPRIGHT = 3  # letters of a name that need no slant
OTHERS = "other classes"
# No picture is no colour, on light and dark pages; blue for all that is there.
SCALE = [[0, "#A5C8E1"], [1, "#005A8F"]]
EDGE, HEAD, LINE = 190, 150, 22  # pixels around and of a row


def confusion_chart(network: str, found: Judgement, classes: Sequence[str]) -> dict:
    """A row for each class that the pictures have, a column for each class answered; the number of pictures in each cell.

    Colours are shares of a row. Of more than `MOST` classes, those with the most mistakes are shown, and the columns left are
    those that are answered most often; what lies outside is added up as other classes.
    """
    rows, columns = shown_classes(found)
    names = distinct(list(classes))
    totals: Counter[int] = Counter()
    for (truth, _), count in found.cells.items():
        totals[truth] += count
    others = [totals[row] - sum(found.cells.get((row, column), 0) for column in columns) for row in rows]
    counts = [[found.cells.get((row, column), 0) for column in columns] for row in rows]
    labels = [names[column] for column in columns]
    if any(others):
        counts = [[*cells, rest] for cells, rest in zip(counts, others, strict=True)]
        labels.append(OTHERS)
    shares = [[100 * count / totals[row] if count else None for count in cells] for row, cells in zip(rows, counts, strict=True)]
    trace = {
        "type": "heatmap", "name": figure_text(network), "x": labels, "y": [names[row] for row in rows], "z": shares, "customdata": counts,
        "coloraxis": "coloraxis", "hoverongaps": False, "xgap": 1, "ygap": 1,
        "hovertemplate": "%{customdata} of %{y} taken for %{x}: %{z:.3g}%<extra></extra>",
    }  # fmt: skip
    if len(labels) <= WRITTEN:
        trace |= {"text": [[str(count) if count else "" for count in cells] for cells in counts], "texttemplate": "%{text}"}
    layout = {
        "title": {"text": figure_text(network), "subtitle": {"text": _told(rows, totals)}},
        "xaxis": {"title": {"text": "the network's answer"}, "type": "category", "automargin": True, "showgrid": False,
                  "tickangle": -45 if max(map(len, labels)) > UPRIGHT else 0},
        "yaxis": {"title": {"text": "what it is"}, "type": "category", "autorange": "reversed", "automargin": True, "showgrid": False},
        # The scale names what the saved data are; each cell shows its number, so that it is not drawn.
        "coloraxis": {"colorscale": SCALE, "cmin": 0, "cmax": 100, "showscale": False, "colorbar": {"title": {"text": "pictures"}}},
        "showlegend": False,
    }  # fmt: skip
    return {"data": [trace], "layout": layout}


def confusion_height(found: Judgement) -> int:
    """Pixels at which the rows' names can be read."""
    return EDGE + HEAD + LINE * len(shown_classes(found)[0])


def shown_classes(found: Judgement) -> tuple[list[int], list[int]]:
    """The places of the classes in the rows and in the columns: in the network's order, the same ones first."""
    truths = {truth for truth, _ in found.cells}
    mistakes, answered = Counter(), Counter()
    for (truth, answer), count in found.cells.items():
        mistakes[truth] += count * (truth != answer)
        answered[answer] += count
    rows = sorted(sorted(truths, key=lambda place: (-mistakes[place], place))[:MOST])
    extra = sorted((place for place in answered if place not in truths), key=lambda place: (-answered[place], place))
    return rows, [*rows, *sorted(extra[: MOST - len(rows)])]


def _told(rows: Sequence[int], totals: Counter) -> str:
    pictures = f"{totals.total():,} picture" + "s" * (totals.total() != 1)
    if len(rows) < len(totals):
        return f"{pictures}; of {len(totals):,} classes the {len(rows)} with the most mistakes; colour: share of the row"
    return f"{pictures}; number in each cell, colour: share of the row"
