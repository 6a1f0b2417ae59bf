"""What a group of ended runs has shown, in sentences that hold for whatever the numbers are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from explorer.training.answers import band
from explorer.training.verdict import ONE_SEED, SOME_ONE_SEED, over_seeds, ratio
from explorer.ui.format import percent

DEGRADED = 1.5
SHORTCUTS = {"residual": "identity shortcuts", "preactivation": "pre-activation shortcuts", "highway": "gated shortcuts"}
LAYERS_DID = {"worse": "made training worse", "better": "helped", "same": "made no clear difference",
              "mixed": "did different things with different seeds"}
SHORTCUTS_DID = {"worse": "here they did not help", "better": "they helped", "same": "no clear difference", "mixed": "the seeds disagree"}


@dataclass(frozen=True)
class Outcome:
    """Where a run ended: errors are fractions; `state` is finished, stopped, failed or lost. Runs of one `arm` differ in
    their seed only; those of one `setting` and one seed may be compared."""

    label: str
    arm: str
    family: str
    depth: int
    setting: tuple
    seed: int
    state: str
    train_error: float | None = None
    val_error: float | None = None
    step: int | None = None


@dataclass(frozen=True)
class _Arm:
    """What ended with a figure, the training error by the seed."""

    name: str
    family: str
    depth: int
    setting: tuple
    errors: Mapping[int, float]


@dataclass(frozen=True)
class _Pair:
    """Two arms, and their training errors on each seed that both have."""

    before: _Arm
    after: _Arm
    errors: Sequence[tuple[float, float]]

    @property
    def verdict(self) -> str:
        return over_seeds(self.errors)

    @property
    def bands(self) -> tuple:
        return tuple(band([pair[side] for pair in self.errors]) for side in (0, 1))

    @property
    def degraded(self) -> bool:
        before, after = self.bands
        return self.after.family == "plain" and self.verdict == "worse" and ratio(after.mean, before.mean) >= DEGRADED


def findings(outcomes: Sequence[Outcome]) -> list[str]:
    """What a reader is here for first: a deeper plain net that is worse than a shallower one.

    Then depth against depth in the other families, plain against shortcut nets of one depth, paired by seed, on how many
    seeds each comparison rests, and what was left out.
    """
    finished = [one for one in outcomes if one.state == "finished" and one.train_error is not None]
    arms = _arms(finished)
    depths = sorted(_depth_pairs(arms), key=lambda pair: (not pair.degraded, pair.before.family != "plain"))
    shortcuts = _shortcut_pairs(arms)
    told = [*map(_depth_sentence, depths), *map(_shortcut_sentence, shortcuts)]
    seeds = {len(pair.errors) for pair in (*depths, *shortcuts)}
    if not told:
        told = [f"{one.label} ended at {_errors(one)}." for one in finished]
    elif 1 in seeds:
        told.append(ONE_SEED if seeds == {1} else SOME_ONE_SEED)
    left_out = [f"{one.label} ({_ending(one)})" for one in outcomes if one not in finished]
    if left_out and len(outcomes) > 1:
        told.append(f"Left out, as there is no final figure: {', '.join(left_out)}.")
    return told


def _arms(finished: Sequence[Outcome]) -> list[_Arm]:
    """In the order in which their first runs were given; of two runs of one seed the first counts."""
    runs: dict[tuple, list[Outcome]] = {}
    for one in finished:
        runs.setdefault((one.setting, one.arm), []).append(one)
    return [
        _Arm(name, members[0].family, members[0].depth, setting, {one.seed: one.train_error for one in reversed(members)})
        for (setting, name), members in runs.items()
    ]


def _depth_pairs(arms: Sequence[_Arm]) -> list[_Pair]:
    """The shallowest and the deepest of each family."""
    families = _together(arms, lambda one: (one.setting, one.family))
    ends = [(min(members, key=_depth), max(members, key=_depth)) for members in families]
    return _paired([(shallow, deep) for shallow, deep in ends if deep.depth > shallow.depth])


def _shortcut_pairs(arms: Sequence[_Arm]) -> list[_Pair]:
    """A plain net of each depth and every one of that depth with shortcuts."""
    pairs = []
    for members in _together(arms, lambda one: (one.setting, one.depth)):
        plain = [one for one in members if one.family == "plain"]
        pairs += [(plain[0], other) for other in members if plain and other.family in SHORTCUTS]
    return _paired(pairs)


def _paired(pairs: Sequence[tuple[_Arm, _Arm]]) -> list[_Pair]:
    found = [
        _Pair(one, other, [(one.errors[seed], other.errors[seed]) for seed in sorted(one.errors.keys() & other.errors.keys())])
        for one, other in pairs
    ]
    return [pair for pair in found if pair.errors]


def _depth(arm: _Arm) -> int:
    return arm.depth


def _depth_sentence(pair: _Pair) -> str:
    before, after = pair.bands
    seen = f"{pair.after.name} ended at {after.told('training error')}, {pair.before.name} at {before}: "
    if pair.degraded:
        return seen + (
            "the deeper plain net fits its own training images worse, although it could imitate the shallower one. "
            "This is the degradation problem."
        )
    return f"{seen}here the added layers {LAYERS_DID[pair.verdict]}."


def _shortcut_sentence(pair: _Pair) -> str:
    before, after = pair.bands
    change = f"{SHORTCUTS[pair.after.family]} changed the training error from {before} to {after}"
    return f"From {pair.before.name} to {pair.after.name}, {change}: {SHORTCUTS_DID[pair.verdict]}."


def _together(arms: Sequence[_Arm], key: Callable[[_Arm], tuple]) -> list[list[_Arm]]:
    """Groups of two or more that are alike by `key`, in the order in which their first members were given."""
    ordered = sorted(arms, key=lambda one: repr(key(one)))
    groups = [list(members) for _, members in groupby(ordered, key=key)]
    return sorted((group for group in groups if len(group) > 1), key=lambda group: arms.index(group[0]))


def _errors(one: Outcome) -> str:
    validation = "" if one.val_error is None else f" and {percent(one.val_error)} validation error"
    return f"{percent(one.train_error)} training error{validation}" + (f" after {one.step:,} steps" if one.step else "")


def _ending(one: Outcome) -> str:
    return f"{one.state} at step {one.step:,}" if one.step else one.state
