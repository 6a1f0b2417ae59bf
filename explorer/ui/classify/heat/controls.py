"""What is asked of the heat: method, class, layer or window, and how it is drawn. Kept in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.ui.controls import dropdown, known_choice, segmented
from explorer.ui.url import set_params

METHODS = {"gradcam": "Grad-CAM", "occlusion": "Occlusion"}
LAST, OWN = "", ""  # no layer and no class is called that
STRENGTH = 60
# By their number on a side of the picture.
WINDOWS = {"2": "1/2", "4": "1/4", "8": "1/8", "16": "1/16"}
LOSSES = {"probability": "Probability", "logit": "Logit"}
COVERS = {"mean": "the mean of its data", "grey": "grey", "black": "black", "white": "white"}
SIGNS = {"for": "For", "both": "For and against"}
SCALES = {"own": "Each its own", "common": "One for all"}
GROUNDS = {"picture": "The picture", "input": "Its input"}


@dataclass(frozen=True)
class Asked:
    """`label` is a class's name, None for each network's own answer; `layer` a layer's name, None for each network's last one;
    `parts` the windows that fit on a side; `loss` is what occlusion takes from the class."""

    method: str
    label: str | None
    layer: str | None
    parts: int
    cover: str
    loss: str
    signed: bool
    common: bool
    on_picture: bool
    strength: int


def choose(labels: Sequence[str], layers: Mapping[str, str], digits: bool, several: bool) -> Asked:
    """The controls. `labels` are the classes in the order they are offered, `layers` names and titles of layers, `several` networks."""
    places = st.columns(3) + st.columns(3)
    method = segmented("Method", METHODS, "method", "gradcam", place=places[0])
    label = dropdown("Class", {OWN: "each network's own answer"} | {name: name for name in labels}, "class", OWN, place=places[1],
                     help="Which class's reasons are shown: any that one of the networks knows.")  # fmt: skip
    layer, parts, cover, loss = LAST, 4, "mean", "probability"
    if method == "gradcam":
        layer = dropdown("Layer", {LAST: "the last one with places"} | dict(layers), "layer", LAST, place=places[2],
                         help="Late layers know what is there, in few and coarse places; early ones know edges and colours, in fine "
                         "ones.")  # fmt: skip
    else:
        parts = int(segmented("Window, of a side", WINDOWS, "window", "4", place=places[2],
                              help="How wide the square is that covers a part of the network's input. It moves on by half its "
                              "width."))  # fmt: skip
    # What a class gains by covering is often the most of it; Grad-CAM's paper leaves out what speaks against (equation 2).
    signed = segmented("What speaks", SIGNS, "sign", "both" if method == "occlusion" else "for", place=places[3]) == "both"
    ground = segmented("Drawn on", GROUNDS, "on", "picture", place=places[4], help="Its input is what a network gets of the picture: "
                       "scaled, cut out and, for digits, centred.")  # fmt: skip
    if method == "occlusion":
        more = st.columns(3)
        loss = segmented("Loss of", LOSSES, "loss", "probability", place=more[0])
        cover = dropdown("Covered with", COVERS, "cover", "black" if digits else "mean", place=places[5],
                         help="The mean colour of the pictures that the network knows is 0 to it: the least that can be "
                         "shown.")  # fmt: skip
    common = several and segmented("Scale", SCALES, "scale", "own" if method == "gradcam" else "common",
                                   place=places[5] if method == "gradcam" else more[1]) == "common"  # fmt: skip
    return Asked(method, None if label == OWN else label, None if layer == LAST else layer, parts, cover, loss, signed, common,
                 ground == "picture", _strength())  # fmt: skip


def unit_of(asked: Asked) -> str:
    """The unit that heat is shown in."""
    return "points" if per_unit(asked) == 100 else "logits"


def per_unit(asked: Asked) -> int:
    """How many units one of what was computed is: probabilities are shown in points of per cent."""
    return 100 if asked.method == "occlusion" and asked.loss == "probability" else 1


def keep_strength(strength: int) -> None:
    """Into the address."""
    set_params(strength=None if strength == STRENGTH else str(strength))


def _strength() -> int:
    return int(known_choice("Strength of the overlay", {str(number): f"{number}%" for number in range(101)}, "strength", str(STRENGTH)))
