"""Heats of networks on a picture, computed once for all sessions."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from explorer.ui.classify.answer.measured import Verdict
from explorer.ui.classify.heat.controls import Asked
from explorer.ui.classify.shown import Chosen
from explorer.vision.kept import Mark, mark_of
from explorer.vision.labels import numbered

if TYPE_CHECKING:
    from explorer.vision.explain.heat import Heat
    from explorer.vision.explain.layers import FeatureLayer
    from explorer.vision.loading import LoadedModel
    from explorer.vision.prepare import Prepared


@dataclass(frozen=True, eq=False)
class Measured:
    """A network's heat by the network's `name`, with what was asked of it that it has not: a `layer`, a class."""

    name: str
    loaded: "LoadedModel"
    prepared: "Prepared"
    heat: "Heat"
    layer: "FeatureLayer | None"
    lacks_layer: bool
    lacks_class: bool

    @property
    def label(self) -> str:
        return self.loaded.classes[self.heat.target]


def layers_of(loaded: "LoadedModel") -> tuple["FeatureLayer", ...]:
    """The layers that have places, input side first. Raises BadInput for a network that has none."""
    return _layers(mark_of(loaded.model), loaded)


def measure(verdict: Verdict, chosen: Chosen, asked: Asked, progress: Callable[[int, int], None]) -> Measured:
    """The heat that is asked for, of the class in question or else of the one that the network gives. `progress` hears of parts
    covered. Raises BadInput."""
    name, loaded, prepared = verdict.label, verdict.loaded, verdict.found.prepared
    classes = numbered(loaded.classes)
    lacks_class = asked.label is not None and asked.label not in classes
    target = int(verdict.found.probabilities.argmax()) if asked.label is None or lacks_class else classes.index(asked.label)
    if asked.method == "occlusion":
        return Measured(name, loaded, prepared, _occlusion(loaded, chosen, prepared, target, asked, progress), None, False, lacks_class)
    layers = layers_of(loaded)
    layer = next((one for one in layers if one.name == asked.layer), layers[-1])
    heat = _grad_cam(chosen.key, mark_of(loaded.model), layer.name, target, loaded, prepared)
    return Measured(name, loaded, prepared, heat, layer, asked.layer not in (None, layer.name), lacks_class)


def _occlusion(loaded, chosen, prepared, target, asked, progress) -> "Heat":
    from explorer.vision.explain.occlusion import Window, occlusion

    kept = _kept(chosen.key, mark_of(loaded.model), target, asked.parts, asked.cover, asked.loss)
    if "heat" not in kept:
        side = max(1, round(loaded.preparation.size / asked.parts))
        window = Window(side, max(1, side // 2))
        kept["heat"] = occlusion(loaded, prepared.pixels, window, target, asked.cover, asked.loss, progress)
    return kept["heat"]


@st.cache_data(max_entries=64, show_spinner=False)
def _layers(mark: Mark, _loaded):
    from explorer.vision.explain.layers import feature_layers

    return feature_layers(_loaded)


@st.cache_data(max_entries=64, show_spinner=False)
def _grad_cam(key: str, mark: Mark, layer: str, target: int, _loaded, _prepared):
    from explorer.vision.explain.gradcam import grad_cam

    return grad_cam(_loaded, _prepared.pixels, layer, target)


@st.cache_resource(max_entries=64, show_spinner=False)
def _kept(key: str, mark: Mark, target: int, parts: int, cover: str, loss: str) -> dict:
    """A place for a heat whose computation is shown as it goes on, and may be left."""
    return {}
