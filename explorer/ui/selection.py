"""What is selected in a network: one name, of a layer or a group, told apart and found again in drawing and table."""

from collections.abc import Collection

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.outline import groups


def rows_of(anatomy: Anatomy, selected: str) -> tuple[str, ...]:
    """Names of the selected layers: one, or all of a group; none for a name that this network has not."""
    if any(layer.name == selected for layer in anatomy.layers):
        return (selected,)
    return next((tuple(layer.name for layer in group.layers) for group in groups(anatomy) if group.id == selected), ())


def items_of(anatomy: Anatomy, opened: Collection[str], selected: str) -> tuple[str, ...]:
    """Ids of what may stand for the selection in the drawing with these groups open, the most precise first."""
    from explorer.figures import detail
    from explorer.figures.diagram import target_of

    names = rows_of(anatomy, selected)
    if not names:
        return ()
    around = [f"group:{group.id}" for group in groups(anatomy) if names[0] in {layer.name for layer in group.layers}]
    exact = [f"group:{selected}"] if names != (selected,) else []
    return tuple(dict.fromkeys([*exact, target_of(anatomy, detail.opened(anatomy, toggled=opened), names[0]), *reversed(around)]))


def name_of(item: str) -> str:
    """The layer or group that an item of the drawing stands for: `layer1` of `group:layer1`."""
    return item.partition(":")[2]


def toggled(anatomy: Anatomy, opened: Collection[str], group: str) -> frozenset[str]:
    """The opened groups after one more was opened or closed; ids of other networks are dropped.

    A block that is opened while its fold is closed opens the fold too, or it would stay hidden.
    """
    every = {one.id: one for one in groups(anatomy)}
    after = frozenset(opened) & every.keys() ^ {group}
    folds = {one.id for one in every.values() if one.kind == "fold" and any(item.id == group for item in one.items)}
    return after | folds if group in after else after
