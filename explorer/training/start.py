"""Start runs: everything that is asked for is checked before any folder is made. Imports no torch."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from explorer.data.datasets import DataError, DatasetInfo, describe, settled
from explorer.errors import BadInput
from explorer.networks.spec import NetworkSpec, TorchvisionSpec, parse_spec
from explorer.runs.errors import RunError
from explorer.runs.folder import create, discard
from explorer.runs.launcher import Launcher, LocalLauncher, go_on
from explorer.runs.run import Run
from explorer.training.recipe import Recipe, read_recipe


@dataclass(frozen=True)
class Planned:
    """A run that is to be started. `label` says what the network's name does not ("with dropout")."""

    network: str
    recipe: Recipe
    seed: int = 0
    label: str = ""


def start_runs(networks: Sequence[str | NetworkSpec], recipe: Recipe, seed: int = 0, launcher: Launcher | None = None) -> list[Run]:
    """Start a run for each network, all with one recipe and seed, so that they see identical batches. As `start`."""
    return start([Planned(str(network), recipe, seed) for network in networks], launcher=launcher)


def start(planned: Sequence[Planned], *, preset: str = "", launcher: Launcher | None = None) -> list[Run]:
    """Start these runs, as one group, in this order.

    Raises BadInput (SpecError, DataError, RecipeError) with the first thing that does not fit, and then starts nothing.
    Where the machine fails midway (a full disk, no more processes), the folders of the runs not yet started are removed,
    and the error names those that are going.
    """
    return _start([(preset, planned)], launcher)


def _start(groups: Sequence[tuple[str, Sequence[Planned]]], launcher: Launcher | None) -> list[Run]:
    """As `start`, of several presets, each with its runs as a group of its own: all are checked before the first is made."""
    if not any(planned for _, planned in groups):
        raise BadInput("Choose at least one network to train.")
    look = cache(describe)  # a folder of pictures is scanned once, however many runs train on it
    checked = [(preset, [_checked(one, look) for one in planned]) for preset, planned in groups]
    launcher = launcher or LocalLauncher()
    runs: list[Run] = []
    going: list[Run] = []
    try:
        for preset, some in checked:
            group = secrets.token_hex(4)
            for one, info in some:
                runs.append(_create(one, info, group, preset))
        for run in runs:
            launcher.submit(run)
            going.append(run)
    except Exception as error:
        for run in runs[len(going):]:
            discard(run)
        if going:
            raise RunError(f"{error} Started before that, and going: {', '.join(run.id for run in going)}.") from error
        raise
    return runs


def _create(one: Planned, info: DatasetInfo, group: str, preset: str) -> Run:
    data = {"title": info.title, "classes": list(info.classes), "train": info.train, "val": info.val}
    return create(one.network, one.recipe.model_dump(), one.seed, group=group, preset=preset, label=one.label, data=data)


def _checked(one: Planned, look: Callable[[str], DatasetInfo]) -> tuple[Planned, DatasetInfo]:
    """The same, with the network's and the data's settled names, and what is known of its data. Raises BadInput."""
    if not isinstance(one.seed, int) or not 0 <= one.seed < 2**32:
        raise BadInput(f"A seed is a whole number from 0 to {2**32 - 1}, not {one.seed!r}.")
    info = look(one.recipe.dataset)
    if not info.at_hand:
        raise DataError(f"{info.title} is not on this machine yet: download it on the Train page, give the path of a copy, or train on mnist-5k.")
    if one.recipe.batch > info.train:
        raise BadInput(f"A batch of {one.recipe.batch} is more than the {info.train} training images of {info.title}: take a smaller one.")
    spec = check_fit(parse_spec(one.network), info)
    return replace(one, network=spec.text, recipe=one.recipe.variant(dataset=settled(one.recipe.dataset))), info


def resume_run(run: Run, launcher: Launcher | None = None) -> None:
    """Go on with a run: a paused one as soon as it has a slot, one that ended early from its last checkpoint.

    Raises RunError for one that is active already, and BadInput for one that this version cannot train.
    """
    if run.config is None:
        raise BadInput(f"The run {run.id} cannot go on: {run.problem}")
    parse_spec(run.config.network)
    read_recipe(run.config.recipe)
    go_on(run, launcher)


def restart(runs: Sequence[Run], launcher: Launcher | None = None) -> list[Run]:
    """Start new runs of the same descriptions, from the beginning, in this order; the old ones are kept. As `start`."""
    by_preset = groupby(runs, key=lambda run: run.config.preset if run.config else "")
    return _start([(preset, [_planned(run) for run in some]) for preset, some in by_preset], launcher)


def _planned(run: Run) -> Planned:
    if run.config is None:
        raise BadInput(f"The run {run.id} cannot be started again: {run.problem}")
    return Planned(run.config.network, read_recipe(run.config.recipe), run.config.seed, run.config.label)


def fitted(spec: NetworkSpec, info: DatasetInfo) -> NetworkSpec:
    """The same network with the classes of a data set, and its channels and size as input where it has them."""
    changes = {"classes": len(info.classes)}
    if info.channels:
        changes["channels"] = info.channels
    if info.size:
        changes["input"] = info.size
    return spec.variant(**changes)


def check_fit(spec: NetworkSpec | TorchvisionSpec, info: DatasetInfo) -> NetworkSpec:
    """The spec, if it can be trained on the data. Raises DataError with the variant that could.

    Grey images fit any channels, and images of any size any input: they are resized.
    """
    if isinstance(spec, TorchvisionSpec):
        raise DataError(f"{spec.text} is there to classify with; train one of this project's networks, such as imagenet/basic-18.")
    mismatches = []
    if spec.classes != len(info.classes):
        mismatches.append(f"{len(info.classes)} classes")
    if info.channels == 3 and spec.channels != 3 or spec.channels not in (1, 3):
        mismatches.append(f"{info.channels or '1 or 3'} channels")
    if mismatches:
        raise DataError(f"{info.title} has {', '.join(mismatches)}, and {spec.text} does not: train {fitted(spec, info).text}.")
    return spec
