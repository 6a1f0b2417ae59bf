"""A trained network with the pictures that it is to be judged by."""

from dataclasses import dataclass

from torch import Tensor

from explorer.data.datasets import DatasetInfo, describe
from explorer.data.images import Normalise, load
from explorer.data.order import drawn
from explorer.errors import BadInput
from explorer.networks.metadata import listed
from explorer.networks.spec import NetworkSpec
from explorer.runs.folder import open_run
from explorer.vision.loading import LoadedModel
from explorer.vision.model import Model
from explorer.vision.models import list_models


@dataclass(frozen=True)
class Validation:
    """Pictures that the network was not trained on: normalised float32 [N, C, size, size] and labels int64 [N].

    `of` is how many the set has; these are `len(labels)` of them, chosen by a seed. `dataset` is the set's name, `title` for people.
    """

    images: Tensor
    labels: Tensor
    title: str
    of: int
    dataset: str = ""


def trained_models(blocks: tuple[str, ...] = ()) -> list[Model]:
    """The models at hand whose network is one of this project's; of these `blocks` only, if any are named.

    Without torchvision's, whose validation pictures nobody has at hand.
    """
    fitting = [model for model in list_models() if model.at_hand and model.kind != "torchvision" and isinstance(model.spec, NetworkSpec)]
    return [model for model in fitting if not blocks or model.spec.block in blocks]


def dataset_of(model: Model) -> str:
    """The name of the data that a model was trained on. Raises BadInput where nothing tells it."""
    config = open_run(model.id).config if model.kind == "run" else None  # its metadata have a folder's name without its place
    name = config.recipe.get("dataset") if config else model.metadata.get("dataset")
    if not isinstance(name, str) or not name:
        raise BadInput(f"{model.title} does not say what it was trained on: name the pictures to judge it by.")
    return name


def check_judges(model: Model, info: DatasetInfo) -> None:
    """Raises BadInput unless the pictures of a set can judge the model: its classes, as far as it names them, and channels that fit."""
    spec = model.spec
    if len(info.classes) != spec.classes:
        raise BadInput(f"{info.title} has {len(info.classes)} classes and {model.title} tells {spec.classes} apart: choose other pictures.")
    if (names := _class_names(model)) and not names & set(info.classes):
        raise BadInput(f"{info.title} has other classes ({', '.join(info.classes[:3])}, …) than {model.title}: choose other pictures.")
    if info.channels == 3 and spec.channels != 3:
        raise BadInput(f"{info.title} is in colour and {model.title} takes {spec.channels} channel: choose other pictures.")


def _class_names(model: Model) -> set[str]:
    """Those that its weights file carries; none where it names none, or only numbers them."""
    return set(map(str, listed(model.metadata.get("classes")) or ()))


def validation(loaded: LoadedModel, dataset: str, count: int | None = None, seed: int = 0) -> Validation:
    """`count` validation pictures of a data set at hand, prepared as the model's training was: all if None, or if there are fewer.

    Raises BadInput where the set cannot judge the model, DataError where it is not at hand or damaged.
    """
    info = describe(dataset)
    check_judges(loaded.model, info)
    data = load(dataset, size=loaded.model.spec.input, channels=loaded.model.spec.channels)
    of = len(data.val_labels)
    chosen = drawn(of, count, seed)
    normalise = Normalise(loaded.preparation.mean, loaded.preparation.std)
    return Validation(normalise(data.val_images[chosen]), data.val_labels[chosen], info.title, of, dataset)
