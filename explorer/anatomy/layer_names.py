"""Names of layers that come from elsewhere, held against those of a network. Imports no torch."""

import difflib
import re
from collections.abc import Sequence

from explorer.anatomy.layers import Anatomy
from explorer.errors import BadInput
from explorer.networks.options import shorten

# What PyTorch's wrappers (DataParallel, torch.compile, Lightning) put in front of a module's name.
WRAPPERS = re.compile(r"((module|model|_orig_mod)\.)+")
SHOWN = 3


def matched(names: Sequence[str], anatomy: Anatomy, source: str) -> list[str]:
    """The names as the anatomy has them. Raises BadInput with those that are no layer's, or that name one twice.

    `source` is what the names come from, for the sentence. An attention may go by its module's name.
    """
    known = {layer.name: layer.name for layer in anatomy.layers}
    known |= {layer.name.removesuffix(".attention"): layer.name for layer in anatomy.layers if layer.kind == "attention"}
    found = {name: known.get(name) or known.get(_bare(name)) for name in names}
    if strangers := [name for name in names if found[name] is None]:
        raise BadInput(_sentence(strangers, len(names), list(known), anatomy, source))
    seen: dict[str, str] = {}
    for name, layer in found.items():
        if layer in seen:
            raise BadInput(f"{shorten(seen[layer])} and {shorten(name)} in {source} are the same layer: leave one out.")
        seen[layer] = name
    return [found[name] for name in names]


def _bare(name: str) -> str:
    """What is left of a name without wrappers."""
    wrapped = WRAPPERS.match(name)
    return name[wrapped.end() :] if wrapped else name


def _sentence(strangers: list[str], count: int, known: list[str], anatomy: Anatomy, source: str) -> str:
    named = [f"{shorten(name)}{_hint(name, known)}" for name in strangers[:SHOWN]]
    more = f" and {len(strangers) - SHOWN:,} more" if len(strangers) > SHOWN else ""
    which = "None" if len(strangers) == count else f"{len(strangers):,}"
    are = "is a layer" if which == "None" else "is no layer" if which == "1" else "are no layers"
    return (f"{which} of the {count:,} names in {source} {are} of {anatomy.title or anatomy.network}: {', '.join(named)}{more}. "
            f"Layers are named as in the layer table; this network has {len(anatomy.layers):,}.")  # fmt: skip


def _hint(name: str, known: list[str]) -> str:
    """The nearest layer; for a parameter, such as conv1.weight, its layer."""
    bare = _bare(name)[:200]
    owner = bare.rpartition(".")[0]
    near = [owner] if owner in known else difflib.get_close_matches(bare, known, n=1)
    return f" (did you mean {near[0]}?)" if near else ""
