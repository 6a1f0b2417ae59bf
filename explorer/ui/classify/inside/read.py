"""What the view draws, computed once for all sessions: where one can look, the maps there, and what every block adds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from explorer.errors import BadInput
from explorer.ui.classify.answer.measured import labels
from explorer.ui.classify.shown import Chosen, Shown
from explorer.vision.kept import Mark, mark_of

if TYPE_CHECKING:
    from PIL import Image

    from explorer.vision.explain.addition import Addition, Balance
    from explorer.vision.explain.places import Place, Signal
    from explorer.vision.loading import LoadedModel


@dataclass(frozen=True)
class Network:
    """A model that looks at the picture, under its short name, with its places (at least one) and its sums (perhaps none)."""

    name: str
    loaded: "LoadedModel"
    places: Sequence["Place"]
    additions: Sequence["Addition"]

    @property
    def signals(self) -> list["Signal"]:
        return [signal for place in self.places for signal in place.signals]


def networks_of(shown: Shown) -> list[Network]:
    """Raises BadInput for one whose layers cannot be followed, or of which none makes maps."""
    names = labels(shown.models)
    return [Network(name, loaded, *_followed(mark_of(loaded.model), loaded)) for name, loaded in zip(names, shown.models, strict=True)]


def maps(network: Network, chosen: Chosen, signals: Sequence["Signal"]) -> Mapping[str, "np.ndarray"]:
    """By layer, float32 [C, H, W]: shared, so nobody writes into them."""
    return _maps(mark_of(network.loaded.model), chosen.key, tuple(signal.name for signal in signals), network.loaded, chosen, signals)


def what_is_added(network: Network, chosen: Chosen) -> tuple["Balance", ...]:
    """Of each of its sums."""
    return _balances(mark_of(network.loaded.model), chosen.key, network.loaded, chosen, network.additions)


def prepared_image(network: Network, chosen: Chosen) -> "Image.Image":
    """The picture as the network gets it."""
    from explorer.vision.prepare import prepare

    return prepare(chosen.picture, network.loaded.preparation).image


@st.cache_resource(max_entries=16, show_spinner="Following the network's layers")
def _followed(mark: Mark, _loaded):
    from explorer.vision.explain.addition import additions_of
    from explorer.vision.explain.features import anatomy_of_loaded
    from explorer.vision.explain.places import places_of

    anatomy = anatomy_of_loaded(_loaded)
    places = places_of(anatomy)
    if not places:
        raise BadInput(f"{_loaded.model.title} makes no maps of a picture: none of its layers keeps places apart.")
    return places, additions_of(anatomy)


@st.cache_resource(max_entries=8, show_spinner="Reading the feature maps")
def _maps(mark: Mark, picture: str, names: Sequence[str], _loaded, _chosen, _signals):
    from explorer.vision.classify import input_of
    from explorer.vision.explain.features import maps_of
    from explorer.vision.model import no_finite_numbers

    found = maps_of(_loaded.net, input_of(_loaded, _chosen.picture), _signals)
    if not all(np.isfinite(one).all() for one in found.values()):
        raise no_finite_numbers(_loaded.model.title)
    return found


@st.cache_resource(max_entries=32, show_spinner="Measuring what every block adds")
def _balances(mark: Mark, picture: str, _loaded, _chosen, _additions):
    from explorer.vision.classify import input_of
    from explorer.vision.explain.addition import balances

    return balances(_loaded.net, input_of(_loaded, _chosen.picture), _additions)
