"""What of a run's description may leave this machine: where a folder of pictures lies on it is nobody else's business."""

import json
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


def public_text(text: bytes, config: RunConfig | None) -> bytes:
    """A text of the run, UTF-8 or JSON, with its data set's public name wherever the path stood (in an error's words, say)."""
    dataset = config and config.recipe.get("dataset")
    if not isinstance(dataset, str) or not is_path(dataset):
        return text
    for path, name in zip(_writings(dataset), _writings(public_name(dataset))):
        text = text.replace(path, name)
    return text


def _writings(name: str) -> list[bytes]:
    """How a name stands in texts: as it is and as Python quotes it, each in JSON of both kinds and plain."""
    return [written.encode(errors="surrogateescape") for said in (repr(name)[1:-1], name)
            for written in (json.dumps(said)[1:-1], json.dumps(said, ensure_ascii=False)[1:-1], said)]  # fmt: skip
