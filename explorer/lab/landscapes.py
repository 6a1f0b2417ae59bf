"""Loss surfaces as they are kept: each a folder like a run's, measured by a worker of its own. Imports no torch.

`run.json` says what was asked, `metrics.jsonl` has a row a point; a surface that was stopped goes on with the points it lacks.
"""

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from explorer.errors import BadInput
from explorer.lab.landscape_worker import WORKER
from explorer.machine.folders import landscapes_folder
from explorer.machine.hardware import device_kind
from explorer.networks.spec import SpecError, parse_spec
from explorer.numbers import in_words
from explorer.runs.errors import RunError, write_error
from explorer.runs.folder import create, discard
from explorer.runs.launcher import Launcher, LocalLauncher, go_on
from explorer.runs.listing import runs_and_states
from explorer.runs.run import Run
from explorer.runs.series import read_metrics
from explorer.runs.status import State, Status

DIMS = (1, 2)
MOST_POINTS = {1: 201, 2: 101}
MOST_SPAN = 10.0
START_SECONDS = 30
LAUNCHER = LocalLauncher(command=WORKER)


@dataclass(frozen=True)
class Asked:
    """What is to be measured: `points` a direction (odd, so that the middle one is the network itself) from -`span` to `span`,
    in units of the filters' own lengths, on `pictures` of a data set; of the model with these very `weights` (SHA-256)."""

    model: str
    dims: int = 2
    points: int = 21
    span: float = 1.0
    pictures: int = 500
    dataset: str = ""
    weights: str = ""

    @property
    def axis(self) -> tuple[float, ...]:
        """Where the points are along each direction; exactly 0 in the middle, and symmetric."""
        half = self.points // 2
        return tuple(self.span * step / half for step in range(-half, half + 1))

    @property
    def count(self) -> int:
        """How many points there are in all."""
        return self.points**self.dims


@dataclass(frozen=True)
class Surface:
    """What has been measured: `loss[i][j]` and `error[i][j]` (0 to 1) at `axis[j]` along the first direction and `axis[i]`
    along the second; a single row for a line. None: not measured yet; nan and inf are what they say."""

    id: str
    title: str
    network: str
    family: str
    depth: int
    seed: int
    asked: Asked
    loss: tuple[tuple[float | None, ...], ...]
    error: tuple[tuple[float | None, ...], ...]

    @property
    def axis(self) -> tuple[float, ...]:
        return self.asked.axis

    @property
    def centre(self) -> tuple[float | None, float | None]:
        """Loss and error of the network itself."""
        middle = self.asked.points // 2
        row = middle if self.asked.dims == 2 else 0
        return self.loss[row][middle], self.error[row][middle]


def check(asked: Asked) -> Asked:
    """The same, if it can be measured. Raises BadInput with what would be right."""
    if asked.dims not in DIMS:
        raise BadInput(f"A loss surface has 1 dimension (a line) or 2, not {asked.dims}.")
    most = MOST_POINTS[asked.dims]
    if not (3 <= asked.points <= most and asked.points % 2):
        raise BadInput(f"The points a direction are an odd number from 3 to {most}, the network itself in the middle, not {asked.points}.")
    if not 0 < asked.span <= MOST_SPAN:
        raise BadInput(f"The span is a number above 0 and at most {MOST_SPAN:g}, in lengths of the filters, not {asked.span:g}.")
    if asked.pictures < 1:
        raise BadInput(f"At least one picture is needed to measure a loss, not {asked.pictures}.")
    return asked


def start(asked: Sequence[Asked], seed: int = 0, launcher: Launcher | None = None) -> list[Run]:
    """Measure these surfaces, in directions of a seed; what has been measured already is not measured again.

    A kept surface of the same question comes back as it is if it is finished or going, and goes on if it was stopped. All are
    checked before the first starts. Raises BadInput.
    """
    if not asked:
        raise BadInput("Choose at least one trained network.")
    if not 0 <= seed < 2**32:
        raise BadInput(f"A seed is a whole number from 0 to {2**32 - 1}, not {seed!r}.")
    checked = [_settled(check(one)) for one in asked]
    with _starting():
        _check_memory([(one, spec) for one, spec, _, _ in checked], seed)
        return [_started(*one, seed, launcher or LAUNCHER) for one in checked]


@contextmanager
def _starting() -> Iterator[None]:
    """Alone: two sessions that ask the same at the same time find the same surface. Raises RunError."""
    lock = landscapes_folder() / ".start.lock"
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(lock, timeout=START_SECONDS):
            yield
    except Timeout:
        raise RunError("Another session is starting loss surfaces: try again in a moment.") from None
    except OSError as error:
        raise write_error(lock, error) from error


def _check_memory(asked: Sequence[tuple[Asked, str]], seed: int) -> None:
    """Raises BadInput, with the estimate, for the first that is not measured yet and would take more memory than is free."""
    from explorer.anatomy.of import anatomy_of
    from explorer.lab.landscape_memory import check_surface

    if device_kind() != "cpu":  # a GPU's memory is found out by its worker
        return
    for one, spec in asked:
        if _kept_as(one, seed)[1] is not State.FINISHED:
            check_surface(anatomy_of(parse_spec(spec)), one)


def _kept_as(asked: Asked, seed: int) -> tuple[Run | None, State | None]:
    recipe = asdict(asked)
    return next(((run, status.state) for run, status in kept() if _asks(run, recipe, seed)), (None, None))


def _started(asked: Asked, spec: str, title: str, data: dict, seed: int, launcher: Launcher) -> Run:
    run, state = _kept_as(asked, seed)
    if run is None:
        run = create(spec, asdict(asked), seed, label=title, data=data, parent=landscapes_folder())
        try:
            launcher.submit(run)
        except BadInput:
            discard(run)
            raise
    elif state is State.PAUSED or not (state is State.FINISHED or state.active):
        go_on(run, launcher)
    return run


def kept() -> list[tuple[Run, Status]]:
    """Every surface, the newest first, with the state it is in."""
    return runs_and_states(landscapes_folder())


def open_surface(surface_id: str) -> Run:
    """The surface of that id. Raises RunError."""
    found = next((run for run, _ in kept() if run.id == surface_id), None)
    if found is None:
        raise RunError(f"There is no loss surface {surface_id[:120]} (any more?) on this machine.")
    return found


def resume(run: Run) -> None:
    """Go on with a surface that was stopped or lost. Raises RunError."""
    go_on(run, LAUNCHER)


def read_surface(run: Run) -> Surface:
    """What has been measured of it so far. Raises RunError where its description cannot be read."""
    try:
        asked = check(asked_of(run))
        spec = parse_spec(run.config.network)
    except (TypeError, AttributeError, SpecError, BadInput):
        raise RunError(f"The loss surface {run.id} cannot be read: {run.problem or 'its run.json is of another version.'}") from None
    rows = asked.points if asked.dims == 2 else 1
    loss, error = ([[None] * asked.points for _ in range(rows)] for _ in range(2))
    for index, values in points_of(run, asked).items():
        i, j = divmod(index, asked.points)
        loss[i][j], error[i][j] = values
    return Surface(run.id, run.config.label or asked.model, spec.text, spec.family, getattr(spec, "depth", 0), run.config.seed, asked,
                   tuple(map(tuple, loss)), tuple(map(tuple, error)))  # fmt: skip


def points_of(run: Run, asked: Asked) -> dict[int, tuple[float, float]]:
    """Loss and error of the points, by index, that have been measured; rows without both numbers are passed over."""
    found = {row["step"]: (_number(row.get("loss")), _number(row.get("error"))) for row in read_metrics(run)}
    return {index: values for index, values in found.items() if 0 <= index < asked.count and None not in values}


def asked_of(run: Run) -> Asked:
    """What a surface was asked to be. Raises TypeError or AttributeError where its run.json does not say."""
    return Asked(**run.config.recipe)


def row_of(index: int, loss: float, error: float) -> dict:
    """A point as `metrics.jsonl` keeps it: a loss that is not finite by its word."""
    return {"step": index, "loss": in_words(loss), "error": error}


def fingerprint(file: Path) -> str:
    """The SHA-256 of a weights file."""
    with open(file, "rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _settled(asked: Asked) -> tuple[Asked, str, str, dict]:
    """With data and weights settled, its network, a title and what is known of the data. Raises BadInput."""
    from explorer.data.datasets import DataError, describe, settled
    from explorer.lab.trained import check_judges, dataset_of
    from explorer.networks.spec import NetworkSpec
    from explorer.vision.models import find_model

    model = find_model(asked.model)
    if not isinstance(model.spec, NetworkSpec) or model.kind == "torchvision":
        raise BadInput(f"{model.title}: loss surfaces are measured around networks that were trained here, or shipped.")
    dataset = settled(asked.dataset or dataset_of(model))
    info = describe(dataset)
    check_judges(model, info)
    if not info.at_hand:
        raise DataError(f"{info.title} is not on this machine yet: download it on the Train page, or name other pictures.")
    pictures = min(asked.pictures, info.val)
    found = Asked(asked.model, asked.dims, asked.points, float(asked.span), pictures, dataset, fingerprint(model.file))
    return found, model.spec.text, model.title, {"title": info.title, "val": info.val}


def _asks(run: Run, recipe: dict, seed: int) -> bool:
    return run.config is not None and run.config.seed == seed and run.config.recipe == recipe


def _number(value) -> float | None:
    """A row's number; NaN and Infinity are words that Python reads."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return None
