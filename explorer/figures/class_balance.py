"""How many pictures each class has: the first thing to look at before a training."""

from collections.abc import Sequence

import plotly.graph_objects as go

from explorer.figures.axes import GUIDE, LEGEND

TRAINING = GUIDE
VALIDATION = "#9A7B1C"
NAMED = 60  # more classes than can bear their names below the bars


def class_balance(classes: Sequence[str], train: Sequence[int], val: Sequence[int]) -> go.Figure:
    """Bars of each class's training and validation pictures, in the order of the classes. The title's note says how uneven it is."""
    figure = go.Figure()
    for name, counts, colour in (("training", train, TRAINING), ("validation", val, VALIDATION)):
        figure.add_bar(x=list(classes), y=list(counts), name=name, marker={"color": colour, "line": {"width": 0}},
                       hovertemplate=f"%{{x}}<br>%{{y:,}} {name} pictures<extra></extra>")
    figure.update_layout(
        title={"text": "Class balance", "subtitle": {"text": balance_words(classes, train)}},
        barmode="stack",
        bargap=0.25 if len(classes) <= NAMED else 0,
        xaxis={"title": {"text": "class"}, "type": "category", "showticklabels": len(classes) <= NAMED},
        yaxis={"title": {"text": "pictures"}},
        legend=LEGEND,
        hovermode="x unified",
    )
    return figure


def balance_words(classes: Sequence[str], train: Sequence[int]) -> str:
    """Whether the training part is even; if not, its smallest and largest classes and what guessing the largest would reach."""
    least, most = min(train), max(train)
    if least == most:
        return f"{least:,} training pictures in each of {len(classes)} classes"
    smallest, largest = classes[list(train).index(least)], classes[list(train).index(most)]
    return (f"from {least:,} training pictures ({smallest}) to {most:,} ({largest}); "
            f"always saying {largest} would be right for {most / sum(train):.0%} of them")
