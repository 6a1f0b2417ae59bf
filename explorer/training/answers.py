"""What the runs of a question answer, in sentences that hold for whatever the numbers are. Imports no torch.

Comparisons are paired: two arms with one seed have seen the same batches, if they made the same number of steps. Trained
for a time they may not have, and then nothing is concluded. A run counts if it has finished with a figure; what did not is
named. The same seed run twice counts once.
"""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from explorer.networks.spec import parse_spec
from explorer.training.questions import Arm, Comparison, Preset
from explorer.training.verdict import ONE_SEED, SOME_ONE_SEED, at_chance, over_seeds, verdict

MADE = {"worse": "made training worse", "better": "made training better", "same": "made no clear difference",
        "mixed": "did different things with different seeds"}
PAPER = {"worse": "worse training", "better": "better training", "same": "no great difference"}
UNDECIDED = {"mixed": "These runs cannot say: the seeds disagree.",
             "chance": "These runs cannot say: what decides did not get beyond guessing.",
             "uneven": "These runs cannot say: what decides made different numbers of steps."}
SILENT = (None, "chance", "uneven")  # verdicts that nothing can be said from
STEPS_APART = 1.05  # times as many steps, above which two runs are no pair: a few steps more of hundreds change no error
ACTIVE = ("queued", "starting", "running", "paused")


@dataclass(frozen=True)
class Outcome:
    """How a run of a question ended, or where it stands. Errors are fractions; `state` as in the run's status."""

    network: str
    label: str
    seed: int
    state: str
    train_error: float | None = None
    val_error: float | None = None
    steps: int | None = None
    seconds: float | None = None
    reason: str = ""

    @property
    def counts(self) -> bool:
        """Whether there is a final figure to compare."""
        return self.state == "finished" and self.train_error is not None and math.isfinite(self.train_error)


@dataclass(frozen=True)
class Band:
    """The mean over seeds with the lowest and the highest value."""

    mean: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return self.told()

    def told(self, what: str = "") -> str:
        """The mean, of what, and the band where there are several seeds: 4.0% training error (3.1% to 6.0%)."""
        band = f"({self.low:.1%} to {self.high:.1%})" if self.n > 1 else ""
        return " ".join(filter(None, (f"{self.mean:.1%}", what, band)))


@dataclass(frozen=True)
class ArmResult:
    """What is known of an arm: the runs that count, one a seed and in the order of the seeds, and the other runs."""

    arm: Arm
    runs: tuple[Outcome, ...]
    others: tuple[Outcome, ...]

    @property
    def train_error(self) -> Band | None:
        return band([one.train_error for one in self.runs])

    @property
    def val_error(self) -> Band | None:
        return band([one.val_error for one in self.runs])

    @property
    def seconds(self) -> float | None:
        """Mean seconds of a run."""
        return mean(known) if (known := [one.seconds for one in self.runs if one.seconds is not None]) else None


@dataclass(frozen=True)
class Found:
    """What a comparison came to, over the seeds that both arms have and on which one of them got beyond guessing.

    `verdict` is None where the arms share no seed, `chance` where they only guessed on all, `uneven` where the two runs of
    some seed made different numbers of steps; else as `over_seeds`. `guessed` is the number of seeds left out because both
    arms only guessed, `steps` the mean number of each arm's steps where it is known.
    """

    comparison: Comparison
    before: Band | None = None
    after: Band | None = None
    verdicts: tuple[str, ...] = ()
    verdict: str | None = None
    guessed: int = 0
    steps: tuple[int, int] | None = None

    @property
    def as_in_paper(self) -> bool | None:
        """None where the paper says nothing or nothing was found."""
        if not self.comparison.paper or self.verdict in SILENT:
            return None
        return self.verdict == self.comparison.paper

    @property
    def sentence(self) -> str:
        """With the numbers, their bands and what the paper found; empty where nothing was found."""
        if self.verdict is None:
            return ""
        one = self.comparison
        figures = f"{one.before} ended at {self.before.told('training error')}, {one.after} at {self.after}"
        if self.verdict == "chance":
            return f"{figures}: neither learned more than guessing gives, which says nothing about {one.change}."
        if self.verdict == "uneven":
            first, second = self.steps
            return f"{figures}, after {first:,} against {second:,} steps: that is not the effect of {one.change} alone.{self._guesses()}"
        told = f"{_capital(one.change)} {MADE[self.verdict]}{self._seeds()}: {figures}.{self._guesses()}"
        if self.as_in_paper is None:
            return told
        return f"{told} As in the paper." if self.as_in_paper else f"{told} The paper found {PAPER[one.paper]}."

    def _guesses(self) -> str:
        if not self.guessed:
            return ""
        return f" Left out: {self.guessed} seed{'s' if self.guessed > 1 else ''} on which neither learned more than guessing gives."

    def _seeds(self) -> str:
        """Of several seeds, on how many: ` on 2 of 3 seeds`, ` (worse on 1 of 3 seeds)`."""
        count, n = Counter(self.verdicts), len(self.verdicts)
        if n == 1:
            return ""
        if self.verdict in ("worse", "better"):
            return f" on {count[self.verdict]} of {n} seeds"
        kinds = " and ".join(f"{kind} on {count[kind]}" for kind in ("worse", "better") if count[kind])
        return f" ({kinds} of {n} seeds)" if kinds else f" on any of {n} seeds"


@dataclass(frozen=True)
class Answer:
    """A question's answer so far."""

    preset: Preset
    arms: tuple[ArmResult, ...]
    found: tuple[Found, ...]

    @property
    def seeds(self) -> tuple[int, ...]:
        """Every seed of which some run counts."""
        return tuple(sorted({one.seed for arm in self.arms for one in arm.runs}))

    @property
    def conclusion(self) -> str:
        """What the deciding comparison means for the question; empty where it cannot be made."""
        verdict = self.found[0].verdict
        return "" if verdict is None else (UNDECIDED | dict(self.preset.means))[verdict]

    @property
    def headline(self) -> str:
        """How much of what the paper found these runs show; empty where nothing can be compared."""
        told = [one.as_in_paper for one in self.found if one.as_in_paper is not None]
        if not told:
            compared = any(one.verdict not in SILENT for one in self.found)
            return "The paper says nothing of what could be compared here." if compared else ""
        many = f"all {len(told)} comparisons" if len(told) > 1 else "the one comparison"
        if not any(told):
            return f"Otherwise than in the paper in {many} that it makes."
        if all(told):
            return f"As in the paper in {many} that it makes."
        return f"As in the paper in {sum(told)} of the {len(told)} comparisons that it makes."

    @property
    def sentences(self) -> list[str]:
        """One for each comparison that can be made, then on how many seeds they rest and what was left out."""
        told = [one.sentence for one in self.found if one.sentence]
        seeds = {len(one.verdicts) for one in self.found if one.verdicts}
        if 1 in seeds:
            told.append(ONE_SEED if seeds == {1} else SOME_ONE_SEED)
        return told + _left_out(self.arms)


def answer(preset: Preset, outcomes: Sequence[Outcome]) -> Answer:
    """What these runs of one question say; of two that count with one arm and seed, the first. Others' runs are passed over."""
    arms = tuple(_result(arm, outcomes) for arm in preset.arms)
    by_title = {result.arm.title: result for result in arms}
    return Answer(preset, arms, tuple(_compare(one, by_title[one.before], by_title[one.after]) for one in preset.comparisons))


def _result(arm: Arm, outcomes: Sequence[Outcome]) -> ArmResult:
    own = [one for one in outcomes if (one.network, one.label) == (arm.network, arm.label)]
    by_seed = {one.seed: one for one in reversed(own) if one.counts}
    # A run that failed is no news once another of its seed has finished.
    others = tuple(one for one in own if one.seed not in by_seed)
    return ArmResult(arm, tuple(by_seed[seed] for seed in sorted(by_seed)), others)


def _compare(comparison: Comparison, before: ArmResult, after: ArmResult) -> Found:
    first, second = ({one.seed: one for one in result.runs} for result in (before, after))
    pairs = [(first[seed], second[seed]) for seed in first if seed in second]
    if not pairs:
        return Found(comparison)
    classes = parse_spec(before.arm.network).classes
    telling = [pair for pair in pairs if not at_chance(min(one.train_error for one in pair), classes)]
    errors = [(one.train_error, other.train_error) for one, other in telling or pairs]
    bands = (band([pair[side] for pair in errors]) for side in (0, 1))
    return Found(comparison, *bands, tuple(verdict(*pair) for pair in errors), _together(telling, errors),
                 len(pairs) - len(telling) if telling else 0, _mean_steps(telling))


def _together(telling: Sequence[tuple[Outcome, Outcome]], errors: Sequence[tuple[float, float]]) -> str:
    if not telling:
        return "chance"
    return "uneven" if any(_apart(*pair) for pair in telling) else over_seeds(errors)


def _apart(one: Outcome, other: Outcome) -> bool:
    """Whether it is known that two runs made clearly different numbers of steps."""
    return bool(one.steps and other.steps) and max(one.steps, other.steps) > STEPS_APART * min(one.steps, other.steps)


def _mean_steps(pairs: Sequence[tuple[Outcome, Outcome]]) -> tuple[int, int] | None:
    known = [(one.steps, other.steps) for one, other in pairs if one.steps and other.steps]
    return tuple(round(mean(side)) for side in zip(*known)) if known else None


def band(values: Sequence[float | None]) -> Band | None:
    """The band of those values that are finite numbers; None where there are none."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    return Band(mean(known), min(known), max(known), len(known)) if known else None


def _left_out(arms: Sequence[ArmResult]) -> list[str]:
    ended = [f"{result.arm.title} with seed {one.seed} ({_ending(one)})"
             for result in arms for one in result.others if one.state not in ACTIVE]
    going = sum(one.state in ACTIVE for result in arms for one in result.others)
    missing = [result.arm.title for result in arms if not result.runs and not result.others]
    told = []
    if ended:
        told.append(f"Left out, as there is no final figure: {', '.join(ended)}.")
    if missing:
        told.append(f"Not trained yet: {', '.join(missing)}.")
    if going:
        told.append(f"{going} more {'run is' if going == 1 else 'runs are'} still on the way.")
    return told


def _ending(one: Outcome) -> str:
    """stopped at step 30; failed: the first sentence of the reason."""
    if one.state == "finished":
        return "finished without a training error"
    if one.state == "failed" and one.reason:
        return f"failed: {one.reason.partition('. ')[0].rstrip('.')}"
    return f"{one.state} at step {one.steps:,}" if one.steps else one.state


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
