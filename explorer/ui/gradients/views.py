"""The views of the gradient lab, in the order in which they tell their story; each has a room of its name."""

from dataclasses import dataclass
from importlib import import_module

# What views have in common in the address; everything else belongs to the view that is left.
SHARED = ("networks", "model", "models", "runs", "judge", "seed")


@dataclass(frozen=True)
class View:
    """A view by its name in menus, and the question it answers."""

    title: str
    question: str


VIEWS = {
    "flow": View("At initialisation", "How strongly does the training signal arrive at every layer, before anything is learnt?"),
    "propagation": View("Signal propagation", "What becomes of a signal's mean and variance on its way through the blocks?"),
    "shattering": View("Shattered gradients", "Do neighbouring pictures still ask for similar changes of a deep net?"),
    "training": View("Through training", "What do the layers of your runs do from the first step to the last?"),
    "lesions": View("Lesions", "Which block can a trained net do without?"),
    "surface": View("Loss surface", "What does the loss look like around a trained net?"),
    "gates": View("Highway gates", "How far do the gates of a highway net open, and what if they were open or shut?"),
}


def show(name: str) -> None:
    """Draw a view's controls, figures and readings. Imported here: a view need not wait for what only others need."""
    import_module(f"explorer.ui.gradients.{name}.view").show()
