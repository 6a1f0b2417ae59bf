"""The views of the Classify page, from the answer to its reasons; each has a room of its name."""

from dataclasses import dataclass
from importlib import import_module

from explorer.ui.classify.shown import Shown

# What views have in common in the address; everything else belongs to the view that is left.
SHARED = ("model", "source", "sample")


@dataclass(frozen=True)
class View:
    """A view by its name in menus, and the question it answers; and whether it is about the one picture chosen beside it."""

    title: str
    question: str
    is_of_one: bool = True


VIEWS = {
    "answer": View("Answer", "What is in the picture, and how sure is each network?"),
    "heat": View("Where it looks", "What in the picture speaks for the answer?"),
    "inside": View("Feature maps", "What do the layers of a network make of the picture?"),
    "depth": View("Block by block", "What does each block add to the answer?"),
    "many": View("Many pictures", "How often is each network right, and what does it mistake for what?", is_of_one=False),
}


def show(name: str, shown: Shown) -> None:
    """Draw a view's controls and figures. Imported here: a view need not wait for what only others need."""
    import_module(f"explorer.ui.classify.{name}.view").show(shown)
