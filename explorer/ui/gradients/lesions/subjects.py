"""The networks that lesions are done to, and what is measured of them: kept for all sessions, since every lesion is asked for again."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.figures.lesions import WholeNet
from explorer.lab.lesions import Examination, Judged, examine
from explorer.lab.trained import Validation
from explorer.machine.device import use_one_thread
from explorer.signals.lesions import Lesion, blocks_of, equal_shapes, keeps_shape
from explorer.ui.labels import labels_of
from explorer.ui.opened import opened
from explorer.vision.kept import Mark, mark_of
from explorer.vision.model import Model


@dataclass(frozen=True)
class Operable:
    """A trained network by its label: what a lesion can be done to."""

    label: str
    model: Model

    @property
    def net(self):
        """The network that all sessions share."""
        return opened(self.model.id).net

    @property
    def blocks(self) -> tuple[str, ...]:
        return blocks_of(self.net)

    @property
    def keeping(self) -> tuple[str, ...]:
        """The blocks that keep the signal's shape: without them nothing has to stand in."""
        return tuple(name for name in self.blocks if keeps_shape(self.net.get_submodule(name)))

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        return equal_shapes(self.net)

    def fitting(self, lesion: Lesion) -> Lesion:
        """As much of a lesion as this network has the blocks for."""
        pairs = tuple(pair for pair in lesion.swapped if any(set(pair) <= set(group) for group in self.groups))
        return Lesion(tuple(name for name in lesion.removed if name in self.blocks), pairs)


@dataclass(frozen=True)
class Subject(Operable):
    """One with the pictures that it is judged by."""

    pictures: Validation

    @property
    def whole(self) -> WholeNet:
        intact = self.judge(Lesion())
        return WholeNet(self.label, self.model.spec.family, self.model.spec.depth, intact.error, intact.pictures)

    def judge(self, lesion: Lesion) -> Judged:
        """The network with that lesion on its pictures. Raises BadInput for one that cannot be."""
        return _judged(mark_of(self.model), self.pictures.dataset, len(self.pictures.labels), lesion, self.pictures)


def subjects_of(models: Sequence[Model], pictures: Sequence[Validation | None]) -> list[Subject]:
    """Those models whose pictures are at hand, each with a label of its own."""
    labels = labels_of(models)
    return [Subject(label, model, one) for label, model, one in zip(labels, models, pictures, strict=True) if one is not None]


@st.cache_data(max_entries=10_000, show_spinner=False)
def _judged(mark: Mark, dataset: str, count: int, lesion: Lesion, _pictures: Validation) -> Judged:
    return _examination(mark, dataset, count, _pictures).judge(lesion)


@st.cache_resource(max_entries=4, show_spinner="Judging the networks as they are")
def _examination(mark: Mark, dataset: str, count: int, _pictures: Validation) -> Examination:
    use_one_thread()
    return examine(opened(mark[0]), _pictures)
