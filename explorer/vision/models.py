"""The models a picture can be shown to: shipped, trained in a run, one's own, published, or a weights file. Imports no torch."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.data.datasets import title_of
from explorer.machine.download import DownloadError, download
from explorer.machine.folders import ASSETS, models_folder
from explorer.networks.metadata import WEIGHTS_SUFFIXES, WeightsError, read_metadata
from explorer.networks.spec import NetworkSpec, SpecError, TorchvisionSpec, parse_spec
from explorer.runs.errors import RunError
from explorer.runs.folder import list_runs, open_run
from explorer.runs.run import FINAL_WEIGHTS, Run
from explorer.runs.status import State, read_status
from explorer.vision import akamaster, torchvision_weights
from explorer.vision.model import Model, ModelError

if TYPE_CHECKING:
    from explorer.vision.loading import LoadedModel

SHIPPED = ASSETS / "weights"
OWN = "own/"  # begins the ids of weights files that were brought in


def list_models() -> list[Model]:
    """Every model there is to choose: those shipped, finished runs, the newest first, one's own, akamaster's, torchvision's."""
    return [*_shipped(), *_runs(list_runs()), *own_models(), *akamaster.published_models(), *torchvision_weights.torchvision_models()]


def find_model(name: str, network: str | None = None) -> Model:
    """The model of an id, or of a weights file whose network its metadata or `network` tells. Raises ModelError."""
    spec = parse_spec(network) if network else None
    model = _of_id(name) or _from_file(name, spec)
    if spec and spec != model.spec and name.partition("?")[0] != spec.text:
        raise ModelError(f"{name} is a {model.spec.text}, not a {spec.text}.")
    return model


def own_models() -> list[Model]:
    """The weights files that were brought in, by name."""
    return [
        Model(f"{OWN}{file.stem}", f"{file.stem}: {spec.title}, your own", "own", spec, file, metadata, _error_of(metadata))
        for file, metadata, spec in _offered(sorted(models_folder().glob("*.safetensors")))
    ]


def open_model(
    name: str,
    network: str | None = None,
    normalize: str | None = None,
    progress: Callable[[int, int | None], None] | None = None,
) -> "LoadedModel":
    """Load a model, ready to classify, its weights downloaded first where they must be. Imports torch.

    `name` is an id of `list_models` or a weights file; `network` is needed for a file that does not say its own.
    `normalize` (cifar, imagenet, mnist) goes before what the weights say. `progress` hears of a download: bytes so far
    and in all. Raises ModelError.
    """
    model = find_model(name, network)
    if not model.at_hand:
        fetch(model, progress)
        model = find_model(name, network)
    from explorer.vision.loading import load  # torch, which takes seconds, once there is something to load

    return load(model, normalize)


def fetch(model: Model, progress: Callable[[int, int | None], None] | None = None) -> None:
    """Download the weights of a model that are not here, and check them against their checksum. Raises ModelError."""
    if model.download is not None and not model.file.is_file():
        with alternatives_offline():
            download(model.download.url, model.file, sha256=model.download.sha256, progress=progress)


@contextmanager
def alternatives_offline() -> Iterator[None]:
    """Where a download fails, name the models that need none."""
    try:
        yield
    except DownloadError as error:
        raise ModelError(f"{error} Models that work without a download: {usable_now()}.") from error


def usable_now() -> str:
    """The ids of the models whose weights are here, in words."""
    models = [model for model in list_models() if model.at_hand]
    names = [model.id for model in models if model.kind != "run"]
    if any(model.kind == "run" for model in models):
        names.append("your own finished runs")
    return ", ".join(names) or "none yet: train one on the Train page"


def _of_id(name: str) -> Model | None:
    """The model of that id, found without opening the files of all the others. Raises ModelError for published ones that are not."""
    if name.startswith(torchvision_weights.PREFIX):
        return torchvision_weights.torchvision_model(name)
    if name.startswith(akamaster.PREFIX):
        return akamaster.published_model(name)
    if name.startswith(OWN):
        return next((model for model in own_models() if model.id == name), None)
    if shipped := next((model for model in _shipped() if model.id == name), None):
        return shipped
    try:
        return next(iter(_runs([open_run(name)])), None)
    except RunError:
        return None


def _shipped() -> list[Model]:
    """The residual ones first: the others are there to be compared with them."""
    shipped = [
        Model(file.stem, f"{spec.title} on {_dataset_title(metadata)}, shipped", "shipped", spec, file, metadata, _error_of(metadata))
        for file, metadata, spec in _offered(sorted(SHIPPED.glob("*.safetensors")))
    ]
    return sorted(shipped, key=lambda model: model.spec.family != "residual")


def _runs(runs: list[Run]) -> list[Model]:
    """Those runs that have finished and whose final weights are there."""
    finished = {}
    for run in runs:
        file, status = run.folder / FINAL_WEIGHTS, read_status(run)
        if status.state == State.FINISHED and file.is_file():
            finished[file] = run.id, status.latest.get("val_error")
    found = []
    for file, metadata, spec in _offered(list(finished)):
        run_id, val_error = finished[file]
        error = _error_of({"val_error": val_error} | metadata)
        found.append(Model(run_id, f"{spec.title} on {_dataset_title(metadata)}, run {run_id}", "run", spec, file, metadata, error))
    return found


def _from_file(name: str, spec: NetworkSpec | TorchvisionSpec | None) -> Model:
    path = Path(name)
    if path.suffix.lower() not in WEIGHTS_SUFFIXES or not path.is_file():
        raise _no_such_model(name)
    metadata = read_metadata(path)
    told = _spec_of(metadata)
    if told is None and spec is None:
        raise ModelError(f"{path.name} does not say which network it is for: name it with --network, such as cifar/basic-20.")
    spec = told or spec
    return Model(str(path), f"{spec.title} from {path.name}", "file", spec, path, metadata, _error_of(metadata))


def _no_such_model(name: str) -> ModelError:
    for run in list_runs():
        if run.id == name:
            return ModelError(f"The run {name} is {read_status(run).state}; only a finished run has weights to classify with.")
    known = ", ".join(model.id for model in (*_shipped(), *_runs(list_runs()[:3]), *own_models()[:3]))
    examples = f"{akamaster.AKAMASTER[0].id}, torchvision/resnet18"
    return ModelError(f"There is no model {name[:200]}; use {known}, {examples}, or a weights file ({', '.join(WEIGHTS_SUFFIXES)}).")


def _offered(files: list[Path]) -> list[tuple[Path, dict[str, str], NetworkSpec | TorchvisionSpec]]:
    """Those weights files that are whole and say which network they are for; the others are passed over."""
    found = []
    for file in files:
        with suppress(WeightsError):
            metadata = read_metadata(file)
            if spec := _spec_of(metadata):
                found.append((file, metadata, spec))
    return found


def _spec_of(metadata: dict[str, str]) -> NetworkSpec | TorchvisionSpec | None:
    try:
        return parse_spec(metadata["network"])
    except (KeyError, SpecError):
        return None


def _dataset_title(metadata: dict[str, str]) -> str:
    return title_of(metadata.get("dataset", "")) or "its data"


def _error_of(metadata: dict) -> str | None:
    """The measured error in words: as the file tells it, or from its validation error."""
    if told := metadata.get("error"):
        return told
    try:
        return f"{float(metadata['val_error']):.1%} on the validation images of {_dataset_title(metadata)}"
    except (KeyError, TypeError, ValueError):
        return None
