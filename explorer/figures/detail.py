"""How much of a network is shown: four levels, and the groups that a reader has opened or closed against the level."""

from collections.abc import Collection

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.outline import groups

# Level by level, the kinds of groups that are open. The browser has the same table in network/graph.js.
OPEN_KINDS = {
    "stages": frozenset(),
    "folded": frozenset({"stage"}),
    "blocks": frozenset({"stage", "fold"}),
    "layers": frozenset({"stage", "fold", "block", "run"}),
}
DETAILS = tuple(OPEN_KINDS)
DEFAULT = "folded"


def opened(anatomy: Anatomy, detail: str = DEFAULT, toggled: Collection[str] = ()) -> frozenset[str]:
    """Ids of the groups that are open at a level of `DETAILS`, those in `toggled` being the other way round.

    Ids that this network has not change nothing; raises `KeyError` for a level that there is not.
    """
    kinds, turned = OPEN_KINDS[detail], frozenset(toggled)
    return frozenset(group.id for group in groups(anatomy) if (group.kind in kinds) != (group.id in turned))
