"""What of a run's description may leave this machine: where a folder of pictures lies on it is nobody else's business."""

from collections.abc import Mapping

from explorer.runs.run import RunConfig


def is_path(dataset: str) -> bool:
    """Whether a data set is named by a path; names with options ("shapes?train=100") are none."""
    return "/" in dataset.partition("?")[0] or "\\" in dataset


def public_name(dataset: str) -> str:
    """The data set's name, of a path the last part."""
    return dataset.replace("\\", "/").rstrip("/").rpartition("/")[2] or "data" if is_path(dataset) else dataset


def public_recipe(recipe: Mapping) -> dict:
    """The recipe with its data set's public name."""
    dataset = recipe.get("dataset")
    return {**recipe, "dataset": public_name(dataset)} if isinstance(dataset, str) else dict(recipe)


def public_config(config: RunConfig) -> RunConfig:
    """The description with its data set's public name."""
    return config.model_copy(update={"recipe": public_recipe(config.recipe)})
