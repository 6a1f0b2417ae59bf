"""The card of a model: what it was trained on, what it takes, and how often it errs, each figure with its source. Imports no torch."""

import json
from dataclasses import dataclass

from explorer.data.datasets import KNOWN, describe, title_of
from explorer.networks.metadata import WeightsError, parameter_count
from explorer.networks.published import Result, read_published
from explorer.networks.spec import NetworkSpec
from explorer.runs.folder import open_run
from explorer.vision import akamaster, torchvision_weights
from explorer.vision.model import Model
from explorer.vision.preparations import STATISTICS, classes_of, preparation_of
from explorer.vision.prepare import Preparation

SHIPPED_CARD = "assets/weights/MODEL_CARD.md"
_WHOSE = {"imagenet": "ImageNet", "cifar": "CIFAR-10", "mnist": "MNIST"}
_IMAGENET = "ImageNet-1K: 1.28 million photographs of 1,000 classes"


@dataclass(frozen=True)
class Claim:
    """An error, in words with its unit, and on what: by `kind` paper, replication, torchvision, measured here or its file.

    `same_weights` is False where the figure is of the same network with other weights, such as the paper's.
    """

    error: str
    on: str
    kind: str
    source: str
    same_weights: bool = True


@dataclass(frozen=True)
class ModelCard:
    """What is known of a model. `bytes` is the size of its file, about that of one not yet fetched; `parameters` None if not known.

    `input`, `normalisation` and `data` are phrases; `notes` are sentences on what else is to be known.
    """

    model: Model
    network: str
    data: str
    preparation: Preparation
    input: str
    normalisation: str
    classes: tuple[str, ...]
    parameters: int | None
    bytes: int
    errors: tuple[Claim, ...]
    licence: str
    address: str
    notes: tuple[str, ...]


def card(model: Model) -> ModelCard:
    """The card of a model, at hand or not. Raises BadInput where a run or weights file is damaged."""
    preparation = preparation_of(model)
    return ModelCard(
        model,
        model.spec.text,
        _data(model),
        preparation,
        _input(preparation),
        _normalisation(preparation),
        classes_of(model),
        _parameters(model),
        model.file.stat().st_size if model.at_hand else model.download.bytes,
        (*_errors(model), *_of_the_same_network(model)),
        *_origin(model),
        _notes(model),
    )


def _data(model: Model) -> str:
    name = model.metadata.get("dataset", "")
    if model.kind == "torchvision" and torchvision_weights.version_of(model.id).is_swag:
        return f"billions of Instagram's pictures with their hashtags (SWAG), then {_IMAGENET}"
    if model.kind == "torchvision":
        return _IMAGENET
    if model.kind == "run":
        about = _run_data(model)
        counts = f": {about['train']:,} pictures to train on" if isinstance(about.get("train"), int) else ""
        return f"{about['title']}{counts}" if about.get("title") else title_of(name)
    if name in KNOWN:
        about = describe(name)
        return f"{about.title}: {about.train:,} pictures of {len(about.classes)} classes to train on"
    return title_of(name) or "not told"


def _run_data(model: Model) -> dict:
    """What a run's description says of its data."""
    config = open_run(model.id).config
    return config.data if config else {}


def _input(preparation: Preparation) -> str:
    size, colours = preparation.size, "colour" if preparation.channels == 3 else "grey"
    image = f"{size} x {size} pixels, {colours}"
    if preparation.digits:
        return f"{image}: the ink, white on black, scaled to 20 pixels and centred by its mass, as MNIST's digits were"
    return f"{image}: the shorter side scaled to {preparation.shorter} ({preparation.resample.name.lower()}), the centre cut out"


def _normalisation(preparation: Preparation) -> str:
    def said(values) -> str:
        values = values[:1] if len(set(values)) == 1 else values
        return ", ".join(f"{value:.4g}" for value in values)

    told = preparation.mean, preparation.std
    whose = next((f" ({name}'s)" for key, name in _WHOSE.items() if _repeated(STATISTICS[key], preparation.channels) == told), "")
    return f"values from 0 to 1, less {said(preparation.mean)}, divided by {said(preparation.std)}{whose}"


def _repeated(known, channels: int) -> tuple:
    return (known.mean * channels, known.std * channels) if len(known.mean) == 1 else tuple(known)


def _parameters(model: Model) -> int | None:
    """From the published tables, else counted in the file."""
    if model.kind == "torchvision":
        return torchvision_weights.version_of(model.id).published.params
    if model.kind == "akamaster":
        return next((result.params for result in read_published() if result.network == model.spec.text), None)
    try:
        return parameter_count(model.file)
    except WeightsError:  # a file in PyTorch's own format
        return None


def _errors(model: Model) -> list[Claim]:
    """Of these very weights."""
    if model.kind == "torchvision":
        version = torchvision_weights.version_of(model.id)
        top1, top5 = version.published.top1, version.published.top5
        on = f"ImageNet's 50,000 validation images, {version.published.protocol}"
        return [Claim(f"top-1 {top1:.2f}%, top-5 {top5:.2f}%", on, "torchvision", f"torchvision's record of {version.version}")]
    if model.kind == "akamaster":
        return _akamasters(akamaster.published_of(model.id))
    if not model.error:
        return []
    error, _, on = model.error.partition(" on ")
    if model.kind == "shipped":
        return [Claim(error, on, "measured here", SHIPPED_CARD)]
    if model.kind == "run":
        count = _run_data(model).get("val")
        return [Claim(error, on.replace("the validation", f"the {count:,} validation") if isinstance(count, int) else on, "measured here",
                      f"run {model.id}")]  # fmt: skip
    return [Claim(error, on or "what is not told", "its file", model.metadata.get("source", model.file.name))]


def _akamasters(known: akamaster.Published) -> list[Claim]:
    claims = [Claim(f"{known.error:.2f}%", "CIFAR-10's 10,000 test images", "replication", akamaster.REPOSITORY)]
    if known.wrong is not None:
        measured = f"{100 * known.wrong / akamaster.MEASURED_ON:.1f}%"
        on = f"the first {akamaster.MEASURED_ON} of CIFAR-10's test images ({known.wrong} of them wrong)"
        claims.append(Claim(measured, on, "measured here", "tests/vision/test_published_weights.py"))
    return claims


def _of_the_same_network(model: Model) -> list[Claim]:
    """What papers and replications reached with the same network and other weights, on the same data."""
    data = "ImageNet" if model.kind == "torchvision" else title_of(model.metadata.get("dataset", ""))
    networks = _papers_names(model)
    return [_claim(result) for result in read_published()
            if result.dataset == data and result.network in networks and result.kind in ("paper", "replication")]  # fmt: skip


def _papers_names(model: Model) -> set[str]:
    """The network's text, and that of its paper's form: bottlenecks that stride in the first 1x1."""
    spec = model.spec
    if not isinstance(spec, NetworkSpec):
        return set()
    return {spec.text} | ({spec.variant(stride=None).text} if spec.stride else set())


def _claim(result: Result) -> Claim:
    error = f"{result.top1:.2f}%" if result.top5 is None else f"top-1 {result.top1:.2f}%, top-5 {result.top5:.2f}%"
    where = f"{result.dataset}, {result.protocol}"
    return Claim(error, where, result.kind, result.source, same_weights=False)


def _origin(model: Model) -> tuple[str, str]:
    """Licence and address."""
    if model.kind == "torchvision":
        swag = torchvision_weights.version_of(model.id).is_swag
        return ("CC BY-NC 4.0 (SWAG), not for commercial use" if swag else "BSD-3-Clause (torchvision)"), model.download.publisher
    if model.kind == "akamaster":
        return akamaster.LICENCE, model.download.publisher
    if model.kind == "shipped":
        return "as this program; the data's own terms are in its card", SHIPPED_CARD
    return "yours", model.metadata.get("source", model.file.name) if model.kind != "run" else f"run {model.id}"


def _notes(model: Model) -> tuple[str, ...]:
    notes = []
    if model.kind == "torchvision":
        if isinstance(model.spec, NetworkSpec):
            notes.append("Loaded into this project's own network, whose answers are torchvision's: its blocks can be looked into and "
                         "switched off.")
        if model.spec.family == "residual" and getattr(model.spec, "stride", None) == "3x3":
            notes.append("The paper's bottlenecks stride in the first 1x1 convolution, torchvision's in the 3x3.")
    if model.kind == "akamaster":
        notes.append("Trained on all 50,000 training images, without a validation set to choose by: the paper held 5,000 of them out.")
        notes.append("Its author normalises CIFAR-10 by ImageNet's mean and standard deviation.")
    if model.kind == "own":
        notes.append(f"Brought in as {json.dumps(model.metadata.get('source', ''), ensure_ascii=False)}, and kept on this machine only.")
    return tuple(notes)
