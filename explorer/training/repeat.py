"""The command that repeats a run. Imports no torch."""

import shlex

from explorer.runs.errors import RunError
from explorer.runs.run import Run, RunConfig
from explorer.runs.status import Status, read_status
from explorer.training.recipe import Recipe, read_recipe


def repeat_command(run: Run) -> str:
    """The line for a POSIX shell that trains the same network by the same recipe with the same seed.

    What the recipe leaves at its default is left out. A run on the CPU says so, and its threads: with them, the same versions and
    the same kind of processor the weights come out the same, bit for bit. Raises RunError for a run whose description
    cannot be read, RecipeError for a recipe that cannot be followed.
    """
    if run.config is None:
        raise RunError(f"The run {run.id} cannot be repeated: {run.problem}")
    return command_of(run.config, read_recipe(run.config.recipe), read_status(run))


def command_of(config: RunConfig, recipe: Recipe, status: Status) -> str:
    """As `repeat_command`, of what was read already. A time budget is repeated by the number of steps that came of it, a
    device that was left to the machine by the one that it was."""
    if recipe.seconds is not None and status.total_steps:
        recipe = recipe.variant(seconds=None, steps=status.total_steps)
    if recipe.device == "auto" and status.device:
        recipe = recipe.variant(device=status.device)
    threads = status.threads if status.device == "cpu" else None
    return train_command(config.network, recipe, config.seed, label=config.label, threads=threads)


def train_command(network: str, recipe: Recipe, seed: int, *, label: str = "", threads: int | None = None) -> str:
    """As `repeat_command`, of a run that need not exist yet."""
    words = ["explorer", "train", network]
    for name, value in recipe:
        if value != Recipe.model_fields[name].default:
            words += _option(name, value)
    words += ["--seed", str(seed)]
    words += ["--label", label] if label else []
    words += ["--threads", str(threads)] if threads else []
    return shlex.join(words)


def _option(name: str, value) -> list[str]:
    option = "--" + name.replace("_", "-")
    if isinstance(value, bool):
        return [option if value else option.replace("--", "--no-", 1)]
    return [option, str(value)]
