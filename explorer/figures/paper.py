"""A network drawn for paper, its stages stacked so that they fill the page, and whether it can be read there."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import partial

from explorer.anatomy.layers import Anatomy
from explorer.figures.diagram import to_dot
from explorer.figures.svg import PAGES, layout, page_size, render, scale_on

LEAST_TYPE = 5.0  # points, the smallest type that is read without effort on paper
MOST_COLUMNS = 12  # so many stages are tried side by side


@dataclass(frozen=True)
class Print:
    """Graphviz source whose picture fills `page` (None: as drawn); `type_size` in points is that of its smallest type."""

    dot: str
    page: str | None
    type_size: float
    background: str = "white"

    @property
    def is_legible(self) -> bool:
        return self.page is None or self.type_size >= LEAST_TYPE

    def picture(self, format: str) -> bytes:
        """As SVG, PNG, PDF or the source. Raises `BadInput`."""
        return render(self.dot, format, self.page, self.background)


def printed(anatomy: Anatomy, opened: Collection[str], page: str | None = None, **options) -> Print:
    """`anatomy` with the groups in `opened` open, its stages in as many columns as make the largest drawing on the page.

    `options` are those of `to_dot`. Raises `BadInput` for a page that there is not and what cannot be laid out.
    """
    draw = partial(to_dot, anatomy, opened, **options)
    if page is None:
        return Print(draw(), None, layout(draw()).type_size, "" if options.get("dark") else "white")
    page_size(page)  # before the work
    candidates = dict.fromkeys(draw(most_columns=most) for most in range(MOST_COLUMNS, 0, -1))
    dot = max(candidates, key=lambda dot: scale_on(page, layout(dot)))
    return Print(dot, page, layout(dot).type_size * scale_on(page, layout(dot)))


def advice(anatomy: Anatomy, opened: Collection[str], found: Print) -> str:
    """What would make a print legible, in a sentence; empty where it is. Tries the other pages, which takes a moment."""
    if found.is_legible:
        return ""
    problem = f"On {found.page} the smallest type is {found.type_size:.1f} points high, which is hard to read"
    for page in PAGES:
        if page.split()[0] == found.page.split()[0] and printed(anatomy, opened, page).is_legible:
            return f"{problem}: take {page}, or fold more."
    return f"{problem}: fold more, or take SVG or PDF as drawn."
