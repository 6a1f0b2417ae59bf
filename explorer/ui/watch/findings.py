"""What a group of ended runs has shown, in sentences that hold for whatever the numbers are."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from explorer.training.verdict import ONE_SEED, ratio, verdict
from explorer.ui.format import percent

DEGRADED = 1.5
SHORTCUTS = {"residual": "identity shortcuts", "preactivation": "pre-activation shortcuts", "highway": "gated shortcuts"}


@dataclass(frozen=True)
class Outcome:
    """Where a run ended: errors are fractions; `state` is finished, stopped, failed or lost."""

    label: str
    family: str
    depth: int
    setting: tuple
    state: str
    train_error: float | None = None
    val_error: float | None = None
    step: int | None = None


def findings(outcomes: Sequence[Outcome]) -> list[str]:
    """What a reader is here for first: a deeper plain net that is worse than a shallower one.

    Then depth against depth in the other families, plain against shortcut nets of one depth, on how many seeds each
    comparison rests (outcomes of one setting share their seed), and what was left out.
    """
    finished = [one for one in outcomes if one.state == "finished" and one.train_error is not None]
    families = _together(finished, lambda one: (one.setting, one.family))
    ends = [(min(members, key=_depth), max(members, key=_depth)) for members in families]
    ends = [(shallow, deep) for shallow, deep in ends if deep.depth > shallow.depth]
    told = [_depth_sentence(*pair) for pair in sorted(ends, key=lambda pair: (not _degraded(*pair), pair[0].family != "plain"))]
    for members in _together(finished, lambda one: (one.setting, one.depth)):
        plain = [one for one in members if one.family == "plain"]
        told += [_shortcut_sentence(plain[0], other) for other in members if plain and other.family in SHORTCUTS]
    if told:
        told.append(ONE_SEED)
    else:
        told = [f"{one.label} ended at {_errors(one)}." for one in finished]
    left_out = [f"{one.label} ({_ending(one)})" for one in outcomes if one not in finished]
    if left_out and len(outcomes) > 1:
        told.append(f"Left out, as there is no final figure: {', '.join(left_out)}.")
    return told


def _depth(outcome: Outcome) -> int:
    return outcome.depth


def _degraded(shallow: Outcome, deep: Outcome) -> bool:
    return deep.family == "plain" and ratio(deep.train_error, shallow.train_error) >= DEGRADED


def _depth_sentence(shallow: Outcome, deep: Outcome) -> str:
    seen = f"{deep.label} ended at {percent(deep.train_error)} training error, {shallow.label} at {percent(shallow.train_error)}: "
    if _degraded(shallow, deep):
        return seen + (
            "the deeper plain net fits its own training images worse, although it could imitate the shallower one. "
            "This is the degradation problem."
        )
    told = {"worse": "made training worse", "better": "helped", "same": "made no clear difference"}
    return f"{seen}here the added layers {told[verdict(shallow.train_error, deep.train_error)]}."


def _shortcut_sentence(plain: Outcome, other: Outcome) -> str:
    kind = SHORTCUTS[other.family]
    errors = f"{percent(plain.train_error)} to {percent(other.train_error)}"
    seen = f"From {plain.label} to {other.label}, {kind} changed the training error from {errors}"
    told = {"worse": "here they did not help", "better": "they helped", "same": "no clear difference"}
    return f"{seen}: {told[verdict(plain.train_error, other.train_error)]}."


def _together(outcomes: list[Outcome], key) -> list[list[Outcome]]:
    """Groups of two or more that are alike by `key`, in the order in which their first members were given."""
    ordered = sorted(outcomes, key=lambda one: repr(key(one)))
    groups = [list(members) for _, members in groupby(ordered, key=key)]
    return sorted((group for group in groups if len(group) > 1), key=lambda group: outcomes.index(group[0]))


def _errors(one: Outcome) -> str:
    validation = "" if one.val_error is None else f" and {percent(one.val_error)} validation error"
    return f"{percent(one.train_error)} training error{validation}" + (f" after {one.step:,} steps" if one.step else "")


def _ending(one: Outcome) -> str:
    return f"{one.state} at step {one.step:,}" if one.step else one.state
