"""Weights files that a user brings in: checked by loading them, kept as safetensors with what was said of them, and removed again."""

import json
import re
import shutil
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from explorer.machine.disk import free_bytes, is_full, remove_stale
from explorer.machine.folders import models_folder
from explorer.networks.changes import Spec
from explorer.networks.known_data import DIGITS
from explorer.networks.metadata import WEIGHTS_SUFFIXES, listed, read_metadata
from explorer.networks.spec import parse_spec
from explorer.runs.public import public_name
from explorer.vision.model import Model, ModelError
from explorer.vision.models import OWN, find_model, own_models
from explorer.vision.preparations import classes_of, preparation_of

MOST_NAME = 60  # characters of a name
MOST_CLASS_NAME = 100
MOST_SAID = 200  # characters of what a file says of its data and its error
_CARRIED = ("dataset", "error", "val_error")  # what a file's own metadata say that stays true here
_INCOMING = ".incoming-"
_naming = threading.Lock()  # from finding a name that is free to taking it


def bring_in(
    data: BinaryIO, file_name: str, network: str = "", normalize: str | None = None, classes: Sequence[str] = (), name: str = ""
) -> Model:
    """Keep a weights file as a model `own/<name>`: the file's name if none is given, with a number where it is taken.

    `network` may be left out where the file says its own; `normalize` (cifar, imagenet, mnist) and the names of the classes
    too: then those the file says, or the usual ones. Names may be torchvision's. Raises ModelError, SpecError, and
    WeightsError for a file that is broken or another network's. Nothing is left behind of a file that is refused.
    """
    shown = re.sub(r"[^\w .()+-]", "_", Path(file_name).name)[-MOST_NAME:] or "weights"
    suffix = Path(shown).suffix.lower()
    if suffix not in WEIGHTS_SUFFIXES:
        raise ModelError(f"{shown} is no weights file: its name must end in {', '.join(WEIGHTS_SUFFIXES)}.")
    with _set_down(data, shown) as file:
        metadata = read_metadata(file)
        spec = _network(network, metadata, shown)
        told = _told(spec, metadata, normalize, classes, shown)
        return _keep(file, spec, told | {"source": shown}, name or Path(shown).stem)


def remove(model_id: str) -> None:
    """Delete a weights file that was brought in. Raises ModelError if there is none of that id."""
    model = next((model for model in own_models() if model.id == model_id), None)
    if model is None:
        raise ModelError(f"There are no weights of your own called {model_id.removeprefix(OWN)[:MOST_NAME]} (any more).")
    model.file.unlink(missing_ok=True)


def class_names_in(text: str) -> tuple[str, ...]:
    """The names of classes as people write them: a JSON list, a line each, or commas between them; () for no text. Raises ModelError."""
    text = text.strip()
    if text.startswith("["):
        names = listed(text)
        if names is None:
            raise ModelError('The class names begin like a JSON list and are none: write ["cat", "dog"], or a name a line.')
        return tuple(str(name).strip() for name in names)
    parts = text.splitlines() if "\n" in text else text.split(",")
    return tuple(name for part in parts if (name := part.strip()))


@contextmanager
def _set_down(data: BinaryIO, shown: str) -> Iterator[Path]:
    """The data as a file of that name, for as long as it is looked at."""
    folder = models_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_stale(folder.glob(f"{_INCOMING}*"))
        with tempfile.TemporaryDirectory(prefix=_INCOMING, dir=folder) as incoming:
            file = Path(incoming) / shown
            with file.open("wb") as whole:
                shutil.copyfileobj(data, whole, 2**20)
            if free_bytes(folder) < file.stat().st_size:  # it is kept in a form of its own, of about that size
                raise ModelError(f"The disk has no room for {shown}: free some space and try again.")
            yield file
    except OSError as error:
        problem = "the disk is full" if is_full(error) else error.strerror or error
        raise ModelError(f"{shown} could not be kept in {folder}: {problem}.") from error


def _network(asked: str, metadata: dict[str, str], shown: str) -> Spec:
    told = metadata.get("network", "")
    if not asked and not told:
        raise ModelError(f"{shown} does not say which network it is for: name it, such as cifar/basic-20 or imagenet/basic-18.")
    spec = parse_spec(asked or told)
    if asked and told and parse_spec(told) != spec:
        raise ModelError(f"{shown} says that it is for {parse_spec(told).text}, not for {spec.text}.")
    if spec.channels not in (1, 3):
        raise ModelError(f"{spec.text} takes {spec.channels} channels; a picture has 1 (grey) or 3 (colour).")
    return spec


def _told(spec: Spec, metadata: dict[str, str], normalize: str | None, classes: Sequence[str], shown: str) -> dict[str, str]:
    """What is to be known of the weights, as the metadata of the file that is kept."""
    told = {key: metadata[key] for key in ("classes", "mean", "std") if key in metadata}
    told |= {key: _in_one_line(metadata[key], MOST_SAID) for key in _CARRIED if key in metadata}
    if "dataset" in told:  # a path in it was another machine's
        told["dataset"] = public_name(told["dataset"])
    if classes:
        told["classes"] = json.dumps(_checked(classes, spec.classes), ensure_ascii=False)
    if normalize == "mnist" and told.get("classes") in (None, json.dumps(DIGITS)):
        told.setdefault("dataset", "mnist-5k")
    model = Model(f"{OWN}{shown}", shown, "own", spec, Path(shown), told)
    preparation = preparation_of(model, normalize)
    names = [_in_one_line(name, MOST_CLASS_NAME) for name in classes_of(model)]
    return told | {"network": spec.text, "classes": json.dumps(names, ensure_ascii=False), "mean": json.dumps(preparation.mean),
                   "std": json.dumps(preparation.std)}  # fmt: skip


def _checked(classes: Sequence[str], count: int) -> list[str]:
    if len(classes) != count:
        raise ModelError(f"The network tells {count:,} classes apart and {len(classes):,} names are given: one for each is needed, in the "
                         "order of the labels.")
    names = [_in_one_line(name, MOST_CLASS_NAME) for name in classes]
    if not all(names):
        raise ModelError(f"The name of class {names.index('') + 1} is empty.")
    if len(set(names)) < count:
        twice = next(name for name in names if names.count(name) > 1)
        raise ModelError(f"Two classes are called {twice}: each needs a name of its own.")
    return names


def _in_one_line(text: str, most: int) -> str:
    return " ".join(text.split())[:most]


def _keep(file: Path, spec: Spec, told: dict[str, str], name: str) -> Model:
    from explorer.networks.build import build
    from explorer.networks.weights import load_weights, save_weights

    net = build(spec, meta=True)
    load_weights(net, file)
    with _naming:
        free = _free_name(name)
        save_weights(net, models_folder() / f"{free}.safetensors", told)
    return find_model(f"{OWN}{free}")


def _free_name(wanted: str) -> str:
    """A plain file name, and not one that is taken."""
    plain = re.sub(r"[^A-Za-z0-9_.-]+", "-", wanted).strip("-.")[:MOST_NAME] or "weights"
    taken = {file.stem for file in models_folder().glob("*.safetensors")}
    return next(name for name in (plain, *(f"{plain}-{number}" for number in range(2, len(taken) + 3))) if name not in taken)
