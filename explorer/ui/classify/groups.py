"""What the models to choose from have in common, and pairs of them worth seeing side by side. No Streamlit."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from explorer.networks.known_data import CIFAR10_CLASSES, IMAGENET_CLASS_COUNT
from explorer.vision.model import Model

MOST_CHOSEN = 4  # models side by side


@dataclass(frozen=True)
class Group:
    """A part of the models, by its title in the filter."""

    title: str
    holds: Callable[[Model], bool]


@dataclass(frozen=True)
class Pair:
    """Two models, by their ids, and what is seen when one picture is shown to both."""

    title: str
    models: tuple[str, str]
    shows: str


def data_of(model: Model) -> str:
    """The data that a model was trained on, by the name of its group, or "" for others: digits, cifar10, imagenet."""
    if model.knows_digits:
        return "digits"
    # Weights of other people's networks may say nothing but the classes, which are then held to be the data's.
    if model.metadata.get("dataset") == "cifar10" or model.metadata.get("classes") == json.dumps(CIFAR10_CLASSES):
        return "cifar10"
    return "imagenet" if model.spec.classes == IMAGENET_CLASS_COUNT else ""


GROUPS = {
    "now": Group("Usable now", lambda model: model.at_hand),
    "digits": Group("Digits", lambda model: data_of(model) == "digits"),
    "cifar10": Group("CIFAR-10", lambda model: data_of(model) == "cifar10"),
    "imagenet": Group("ImageNet", lambda model: data_of(model) == "imagenet"),
    "yours": Group("Yours", lambda model: model.kind in ("run", "own", "file")),
}

_DEGRADATION = "Equally deep, trained alike: what the shortcuts alone change."
_DEPTH = "The same blocks, more of them: what depth brings, and what it costs."
# By the data they know, the first of a title of which both models are offered.
PAIRS = {
    "digits": (
        Pair("Plain against residual", ("mnist-plain-56", "mnist-residual-56"), _DEGRADATION),
        Pair("Shallow against deep", ("mnist-residual-20", "mnist-residual-56"), _DEPTH),
        Pair("Deeper without shortcuts", ("mnist-plain-20", "mnist-plain-56"),
             "The degradation that the paper begins with: trained alike, does the deeper plain net do better?"),
    ),
    "cifar10": (
        Pair("Plain against residual", ("cifar10-plain-20", "cifar10-residual-20"), _DEGRADATION),
        Pair("Shallow against deep", ("akamaster/resnet20", "akamaster/resnet110"), _DEPTH),
    ),
    "imagenet": (
        Pair("Plain against residual", ("torchvision/vgg19", "torchvision/resnet34"),
             "The paper's Figure 3: VGG-19, plain and with five times the multiply-adds, beside the 34-layer residual net."),
        Pair("Shallow against deep", ("torchvision/resnet18", "torchvision/resnet152"), _DEPTH),
    ),
}  # fmt: skip


def pairs_for(model: Model, offered: Sequence[str]) -> list[Pair]:
    """The pairs that know the same data as a model, of those models that are `offered`, by their ids."""
    return [pair for pair in PAIRS.get(data_of(model), ()) if set(pair.models) <= set(offered)]
