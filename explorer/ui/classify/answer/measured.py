"""What each network says of the picture, computed once for all sessions that look at the same."""


from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from explorer.errors import BadInput
from explorer.ui.classify.shown import Chosen
from explorer.ui.format import plain
from explorer.ui.labels import labels_of
from explorer.vision.kept import Mark, mark_of

if TYPE_CHECKING:
    from explorer.vision.classify import Classification
    from explorer.vision.loading import LoadedModel

KEPT = 24


@dataclass(frozen=True)
class Verdict:
    """A network under a label of its own, and its answer by the `crops` it was shown."""

    label: str
    loaded: "LoadedModel"
    found: "Classification"
    crops: str


def verdict_of(loaded: "LoadedModel", label: str, chosen: Chosen, crops: str, tell: Callable[[str], None]) -> Verdict | None:
    """A network's answer; None where it has none. One that cannot be shown the picture in this way is shown it in the usual one.
    `tell` hears why."""
    try:
        if crops != "single":
            try:
                return Verdict(label, loaded, _classified(loaded, label, chosen, crops), crops)
            except BadInput as problem:
                tell(f"{problem} What it says here, it says of the usual crop.")
        return Verdict(label, loaded, _classified(loaded, label, chosen, "single"), "single")
    except BadInput as problem:
        tell(str(problem))
        return None


def labels(models: Sequence["LoadedModel"]) -> list[str]:
    """A name for each that no other has, as short as can be: Residual-20, else Residual-20 on CIFAR-10, else the whole title."""
    return labels_of([one.model for one in models])


def _classified(loaded: "LoadedModel", label: str, chosen: Chosen, crops: str) -> "Classification":
    known = _known(mark_of(loaded.model), chosen.key, crops)
    if known:
        return known[0]
    from explorer.vision.classify import classify

    place = st.empty()

    def show(done: int, of: int) -> None:
        if of > 1:
            place.progress(done / of, text=f"{plain(label)}: {done} of {of}")

    try:
        found = classify(loaded, chosen.picture, crops=crops, progress=show)
    finally:
        place.empty()
    known[:] = [found]  # at once: whoever interrupts a page leaves nothing half done
    return found


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _known(mark: Mark, key: str, crops: str) -> list["Classification"]:
    """What has been computed, for all sessions; empty at first."""
    return []


