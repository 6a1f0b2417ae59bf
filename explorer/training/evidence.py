"""Which runs on this machine belong to a question, and how each of them ended. Imports no torch."""

from collections.abc import Sequence

from explorer.errors import BadInput
from explorer.runs.run import Run
from explorer.runs.status import read_status
from explorer.training.answers import Outcome
from explorer.training.presets import PRESETS
from explorer.training.questions import Arm, Preset
from explorer.training.recipe import Recipe, read_recipe


def question_of(runs: Sequence[Run]) -> tuple[Preset, Recipe] | None:
    """The question that all these runs belong to, with the recipe it was asked with; None where they have none in common.

    A question may be asked with another recipe than its own, more epochs say; an arm's own changes are not part of it.
    """
    asked = [_asked(run) for run in runs]
    return asked[0] if asked and None not in asked and all(one == asked[0] for one in asked) else None


def evidence(question: Preset, recipe: Recipe, runs: Sequence[Run]) -> list[Run]:
    """Those of the runs that belong to this question asked with this recipe, whatever their seeds."""
    return [run for run in runs if run.config and run.config.preset == question.name and _asked(run) == (question, recipe)]


def outcome(run: Run) -> Outcome:
    """How a run of a question ended, or where it stands."""
    status, config = read_status(run), run.config
    return Outcome(config.network, config.label, config.seed, str(status.state), status.latest.get("train_error"),
                   status.latest.get("val_error"), status.step, status.elapsed, status.reason or "")


def unused_seed(runs: Sequence[Run]) -> int:
    """The least seed that none of these runs has."""
    used = {run.config.seed for run in runs if run.config}
    return next(seed for seed in range(len(used) + 1) if seed not in used)


def _asked(run: Run) -> tuple[Preset, Recipe] | None:
    question = PRESETS.get(run.config.preset) if run.config else None
    arm = next((arm for arm in question.arms if _trains(run, arm)), None) if question else None
    if arm is None:
        return None
    try:
        unchanged = {key: getattr(question.recipe, key) for key in arm.changes}
        return question, read_recipe(run.config.recipe | unchanged)
    except BadInput:
        return None


def _trains(run: Run, arm: Arm) -> bool:
    config = run.config
    changed = all(config.recipe.get(key) == value for key, value in arm.changes.items())
    return changed and (config.network, config.label) == (arm.network, arm.label)
