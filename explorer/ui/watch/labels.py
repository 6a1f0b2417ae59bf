"""What runs are called on screen: short names, made longer only where two would read the same."""

from collections.abc import Sequence
from dataclasses import dataclass

from explorer.networks.spec import SpecError, parse_spec
from explorer.runs.run import Run
from explorer.ui.labels import names_of, unequal


@dataclass(frozen=True)
class Subject:
    """A run as the charts and sentences name it. Runs of one `arm` differ in their seed only, and `arm` is its name.

    `setting` is all that two runs must share to be compared, beside their seed.
    """

    run: Run
    label: str
    family: str
    depth: int
    setting: tuple
    arm: str


def subjects(runs: Sequence[Run]) -> list[Subject]:
    """The runs whose description can be read, in the given order."""
    told = [(run, _network(run)) for run in runs]
    told = [(run, network) for run, network in told if network is not None]
    arms = [_arm(run) for run, _ in told]
    networks = dict(zip(arms, (network for _, network in told)))
    names = dict(zip(networks, unequal([_arm_names(network, arm, list(networks)) for arm, network in networks.items()])))
    labels = unequal([_names(names[arm], arms.count(arm), run) for arm, (run, _) in zip(arms, told)])
    return [
        Subject(run, label, network.family, getattr(network, "depth", 0), _setting(run, network), names[arm])
        for (run, network), label, arm in zip(told, labels, arms)
    ]


def _network(run: Run):
    try:
        return parse_spec(run.config.network) if run.config else None
    except SpecError:
        return None


def _arm(run: Run) -> tuple:
    """All that runs share which differ in their seed only."""
    return run.config.network, _recipe(run), run.config.label


def _arm_names(network, arm: tuple, arms: Sequence[tuple]) -> list[str]:
    """The network's names with the words of its question, then also what its recipe has that the others have not."""
    title, detailed = names_of(network)
    common = set.intersection(*(set(recipe) for _, recipe, _ in arms))
    own = ", ".join(f"{key.replace('_', ' ')} {value}" for key, value in arm[1] if (key, value) not in common)
    named = [f"{name} {arm[2]}".strip() for name in (title, detailed)]
    return [*named, f"{named[1]}, {own}" if own else named[1]]


def _names(arm: str, seeds: int, run: Run) -> list[str]:
    """From the shortest to the one that no other run can have."""
    seed = f"{arm} seed {run.config.seed}"
    return [*([arm] if seeds == 1 else []), seed, f"{seed}, {run.id[-4:]}", run.id]


def _recipe(run: Run) -> tuple:
    return tuple(sorted((key, str(value)) for key, value in run.config.recipe.items()))


def _setting(run: Run, network) -> tuple:
    """The recipe and the network's options, without its block type, its depth and what belongs to these."""
    shape = tuple(getattr(network, key, None) for key in ("stem", "width", "input", "channels", "classes", "norm", "init", "dropout"))
    return shape, _recipe(run)
