"""What a question is that a training can answer: what is trained, and what is compared. Imports no torch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from explorer.networks.spec import parse_spec
from explorer.training.recipe import Recipe
from explorer.training.start import Planned


@dataclass(frozen=True)
class Arm:
    """One thing that is trained: a network, and what it changes in the question's recipe.

    `label` says what the network's title does not: "shortcut B", "ten times the weight decay".
    """

    network: str
    label: str = ""
    changes: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def title(self) -> str:
        """The name of the arm in its question: Plain-56, Plain-56 with dropout."""
        return " ".join(filter(None, (parse_spec(self.network).title, self.label)))


@dataclass(frozen=True)
class Comparison:
    """Two arms, by their titles, whose training errors are held against each other seed by seed.

    `change` is what the second arm has and the first has not, in words that can begin a sentence. `paper` and `here` say
    what became of the training error, `worse`, `better` or `same`, or nothing where it is not said: in the paper, and on
    most seeds with this recipe, which tests/benchmarks/bench_questions.py checks.
    """

    before: str
    after: str
    change: str
    paper: str = ""
    here: str = ""


@dataclass(frozen=True)
class Preset:
    """An experiment under a name. `arms` stand in the order in which they are started, the longest first.

    `title` is the question, `short` the same for a menu, `text` says what to look for, `paper` what the paper found and
    where. The first of the comparisons decides: `means` says what the answer is where it came out `worse`, `better` or
    `same`. `minutes` is how long one seed takes on two CPU cores with fast bfloat16, measured; None where nobody has waited.
    """

    name: str
    short: str
    title: str
    text: str
    arms: tuple[Arm, ...]
    comparisons: tuple[Comparison, ...]
    means: Mapping[str, str] = field(hash=False)
    paper: str
    recipe: Recipe = Recipe()
    minutes: float | None = None

    @property
    def networks(self) -> tuple[str, ...]:
        """Every network once, in the order of the arms."""
        return tuple(dict.fromkeys(arm.network for arm in self.arms))

    def recipe_of(self, arm: Arm) -> Recipe:
        """The question's recipe with the arm's changes."""
        return self.recipe.variant(**arm.changes)


def planned(preset: Preset, seeds: Iterable[int]) -> list[Planned]:
    """The runs that `start(…, preset=preset.name)` takes: all arms of the first seed, then those of the next."""
    return [Planned(arm.network, preset.recipe_of(arm), seed, arm.label) for seed in seeds for arm in preset.arms]
