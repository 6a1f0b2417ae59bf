"""The views of the Classify page, from the answer to its reasons; each has a room of its name."""

from dataclasses import dataclass
from importlib import import_module

from explorer.ui.classify.shown import Shown

# What views have in common in the address; everything else belongs to the view that is left.
SHARED = ("model", "source", "sample")


@dataclass(frozen=True)
class View:
    """A view by its name in menus, the question it answers, and what it alone has in the address; and whether it is about the one
    picture chosen beside it."""

    title: str
    question: str
    settings: tuple[str, ...]
    is_of_one: bool = True


# A picked channel of each network.
CHANNELS = tuple(f"{what}{number}" for what in ("channel", "added") for number in ("", 2, 3, 4))
VIEWS = {
    "answer": View("Answer", "What is in the picture, and how sure is each network?", ("crops", "top")),
    "heat": View("Where it looks", "What in the picture speaks for the answer?",
                 ("method", "class", "layer", "window", "loss", "cover", "sign", "scale", "on", "strength")),
    "inside": View("Feature maps", "What do the layers of a network make of the picture?",
                   ("look", "at", "signal", "by", "scale", "top", "block", *CHANNELS)),
    "depth": View("Block by block", "What does each block add to the answer?", ("read", "show", "fitted", "follow", "off", "swap")),
    "many": View("Many pictures", "How often is each network right, and what does it mistake for what?",
                 ("pictures", "data", "folder", "count", "matrix", "rows", "top", "picture"), is_of_one=False),
}  # fmt: skip


def show(name: str, shown: Shown) -> None:
    """Draw a view's controls and figures. Imported here: a view need not wait for what only others need."""
    import_module(f"explorer.ui.classify.{name}.view").show(shown)
