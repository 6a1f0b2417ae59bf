"""The forms in which runs can be taken away. Imports no torch."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from explorer.runs.export import run_files
from explorer.runs.export_tables import parquet_files
from explorer.runs.export_tensorboard import tensorboard_files
from explorer.runs.run import Run
from explorer.training.model_card import has_weights, model_files

Files = Iterator[tuple[str, str | bytes]]


@dataclass(frozen=True)
class Export:
    """A form. `files(runs)` are its paths and their contents; `fits` says whether a run can be given away in it."""

    name: str
    title: str
    text: str
    files: Callable[[Sequence[Run]], Files]
    fits: Callable[[Run], bool] = lambda run: True


EXPORTS = {
    export.name: export
    for export in (
        Export("csv", "CSV and JSON", "Everything readable of each run, its series as CSV, the log and the final weights. "
               "Another Residual Explorer can import it.", run_files),
        Export("parquet", "Parquet", "Two tidy tables over all the runs: metrics and layers.", parquet_files),
        Export("tensorboard", "TensorBoard", "Event files, a folder a run: tensorboard --logdir FOLDER.", tensorboard_files),
        Export("model", "Weights with a model card", "The final weights as safetensors, and what they are: recipe, seed, "
               "versions, errors, how to load and to repeat them.", model_files, has_weights),
    )
}  # fmt: skip
