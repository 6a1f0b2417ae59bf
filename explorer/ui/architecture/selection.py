"""What is selected in a network: one name, of a layer or a group."""

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.outline import groups


def rows_of(anatomy: Anatomy, selected: str) -> tuple[str, ...]:
    """Names of the selected layers: one, or all of a group; none for a name that this network has not."""
    if any(layer.name == selected for layer in anatomy.layers):
        return (selected,)
    return next((tuple(layer.name for layer in group.layers) for group in groups(anatomy) if group.id == selected), ())
