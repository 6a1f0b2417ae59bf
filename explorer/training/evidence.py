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

    A question may be asked with another recipe than its own, more epochs say. What an arm changes in it is told by the
    arms that leave it as it is; where none of them is among these runs, it is the question's own.
    """
    asked = [_asked(run) for run in runs]
    if not asked or None in asked:
        return None
    question, values = asked[0][0], {}
    for own, told in asked:
        if own != question or any(values.get(key, value) != value for key, value in told.items()):
            return None
        values |= told
    return question, question.recipe.variant(**values)


def evidence(question: Preset, recipe: Recipe, runs: Sequence[Run]) -> list[Run]:
    """Those of the runs that belong to this question asked with this recipe, whatever their seeds."""
    return [run for run in runs if run.config and run.config.preset == question.name and _belongs(run, recipe)]


def outcome(run: Run) -> Outcome:
    """How a run of a question ended, or where it stands."""
    status, config = read_status(run), run.config
    return Outcome(config.network, config.label, config.seed, str(status.state), status.latest.get("train_error"),
                   status.latest.get("val_error"), status.step, status.elapsed, status.reason or "")


def unused_seed(runs: Sequence[Run]) -> int:
    """The least seed that none of these runs has."""
    used = {run.config.seed for run in runs if run.config}
    return next(seed for seed in range(len(used) + 1) if seed not in used)


def _belongs(run: Run, recipe: Recipe) -> bool:
    asked = _asked(run)
    return asked is not None and all(getattr(recipe, key) == value for key, value in asked[1].items())


def _asked(run: Run) -> tuple[Preset, dict] | None:
    """The run's question, and what its recipe says of the one that was asked with: all but what the arm changes."""
    question = PRESETS.get(run.config.preset) if run.config else None
    arm = next((arm for arm in question.arms if _trains(run, arm)), None) if question else None
    if arm is None:
        return None
    try:
        values = read_recipe(run.config.recipe).model_dump()
    except BadInput:
        return None
    return question, {key: value for key, value in values.items() if key not in arm.changes}


def _trains(run: Run, arm: Arm) -> bool:
    config = run.config
    changed = all(config.recipe.get(key) == value for key, value in arm.changes.items())
    return changed and (config.network, config.label) == (arm.network, arm.label)
