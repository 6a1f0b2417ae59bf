"""What a reader has opened and selected in the drawings of a view, kept in the address."""

from explorer.figures import detail
from explorer.ui.components.network_view import NetworkEvent
from explorer.ui.url import choice, set_params

# Where more than one block stands for a colour, only the largest of its layers would be seen.
DETAIL = "blocks"


def detail_of() -> str:
    """How far the drawings are opened. The layer that is selected is the address's `layer`."""
    return choice("detail", detail.DETAILS, DETAIL)


def keep_selection(event: NetworkEvent) -> None:
    """Takes the level of detail and the selected layer; other events are not for it."""
    if event.kind == "detail":
        set_params(detail=None if event.target == DETAIL else event.target)
    elif event.kind == "select":
        set_params(layer=event.target)
