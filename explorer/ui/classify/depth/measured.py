"""What is read out of each network, kept for all sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from explorer.errors import BadInput
from explorer.signals.lesions import Lesion
from explorer.ui.classify.shown import Chosen
from explorer.ui.format import joined, plain
from explorer.ui.gradients.lesions.subjects import Operable
from explorer.ui.labels import labels_of
from explorer.ui.say import say_warning
from explorer.vision.kept import Mark, mark_of

if TYPE_CHECKING:
    from explorer.vision.explain.readout import Readout


@dataclass(frozen=True)
class Read:
    """A network with its own head's read-out of the picture, and the one that is shown: that one, or a linear one."""

    one: Operable
    classes: Sequence[str]
    own: "Readout"
    shown: "Readout"
    injured: "Readout | None" = None  # the own head's, where a lesion changes the network

    @property
    def label(self) -> str:
        return self.one.label

    @property
    def answer(self) -> int | None:
        """The whole network's."""
        return self.own.answers[-1]


def operables(models: Sequence) -> list[tuple[Operable, object]]:
    """Those loaded models whose blocks can be switched off, each with its loaded form; of the others it is said that they cannot."""
    from explorer.signals.lesions import blocks_of

    labels, found, others = labels_of([loaded.model for loaded in models]), [], []
    for label, loaded in zip(labels, models, strict=True):
        try:
            blocks_of(loaded.net)
        except BadInput:
            others.append(label)
        else:
            found.append((Operable(label, loaded.model), loaded))
    if others:
        say_warning(f"{joined(others)} cannot be read block by block: this works on networks built of this project's blocks (plain, "
                    "residual, pre-activation, highway, VGG).", ":material/view_agenda:")  # fmt: skip
    return found


def own_readout(loaded, chosen: Chosen, lesion: Lesion = Lesion()):
    """Of the picture, by the network's own head, with that lesion."""
    return _own(mark_of(loaded.model), chosen.key, lesion, loaded, chosen)


@st.cache_data(max_entries=256, show_spinner="Reading out after every block")
def _own(mark: Mark, key: str, lesion: Lesion, _loaded, _chosen: Chosen):
    from explorer.vision.classify import input_of
    from explorer.vision.explain.readout import read_out

    return read_out(_loaded.net, input_of(_loaded, _chosen.picture), lesion)


def linear_probes(loaded, label: str, dataset: str, count: int):
    """Fitted on that many training pictures of a set at hand. Raises BadInput."""
    from explorer.lab.readouts import probes_of

    known = _known_probes(mark_of(loaded.model), dataset, count)
    if not known:
        title = f"Fitting a linear read-out to every block of {plain(label)}"
        bar = st.progress(0.0, text=title)
        try:
            found = probes_of(loaded, dataset, count, progress=lambda done: bar.progress(min(1.0, done), text=title))
        finally:
            bar.empty()
        known[:] = [found]  # at once: whoever interrupts a page leaves nothing half done
    return known[0]


@st.cache_resource(max_entries=16, show_spinner=False)
def _known_probes(mark: Mark, dataset: str, count: int) -> list:
    """What has been fitted, for all sessions; empty at first."""
    return []
