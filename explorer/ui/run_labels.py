"""What runs are called on screen: short names, made longer only where two would read the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.networks.spec import SpecError, parse_spec
from explorer.runs.run import Run
from explorer.ui.labels import names_of, unequal


@dataclass(frozen=True)
class Subject:
    """A run as the charts and sentences name it. `setting` is all that two runs must share to be compared."""

    run: Run
    label: str
    family: str
    depth: int
    setting: tuple


def subjects(runs: Sequence[Run]) -> list[Subject]:
    """The runs whose description can be read, in the given order."""
    told = [(run, _network(run)) for run in runs]
    told = [(run, network) for run, network in told if network is not None]
    names = unequal([_names(run, network) for run, network in told])
    return [
        Subject(run, name, network.family, getattr(network, "depth", 0), _setting(run, network))
        for (run, network), name in zip(told, names)
    ]


def _network(run: Run):
    try:
        return parse_spec(run.config.network) if run.config else None
    except SpecError:
        return None


def _names(run: Run, network) -> list[str]:
    """From the shortest to the one that no other run can have."""
    title, detailed = names_of(network)
    return [title, detailed, f"{detailed} seed {run.config.seed}", f"{detailed} seed {run.config.seed}, {run.id[-4:]}", run.id]


def _setting(run: Run, network) -> tuple:
    """The recipe, the seed and the network's options, without its block type, its depth and what belongs to these."""
    shape = tuple(getattr(network, key, None) for key in ("stem", "width", "input", "channels", "classes", "norm", "init", "dropout"))
    return shape, run.config.seed, tuple(sorted((key, str(value)) for key, value in run.config.recipe.items()))
