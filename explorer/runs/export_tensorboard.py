"""Runs as TensorBoard event files, made with TensorBoard's own writer. Imports neither torch nor TensorFlow."""

import io
import math
from collections.abc import Iterator, Mapping, Sequence

from explorer.runs.errors import RunError
from explorer.runs.public import public_recipe
from explorer.runs.run import Run
from explorer.runs.series import LayerSeries, read_layers, read_metrics
from explorer.runs.status import read_status

# The names that the field's other programs have for these figures; one that is not here keeps its own.
TAGS = {
    "loss": "loss/training",
    "val_loss": "loss/validation",
    "train_error": "error/training",
    "recent_error": "error/training_since_last",
    "val_error": "error/validation",
}
FAMILIES = ("gradient_norm", "update_ratio", "activation_std", "dead_share")
NOT_FIGURES = {"step", "seconds"}  # the axes: global_step, and the wall time of an event


def tensorboard_files(runs: Sequence[Run]) -> Iterator[tuple[str, bytes]]:
    """A folder a run with one event file in it: open the folder above with `tensorboard --logdir`. Raises RunError."""
    for run in runs:
        if not run.folder.is_dir():
            raise RunError(f"The run {run.id} is not there any more.")
        yield f"{run.id}/events.out.tfevents.{int(_began(run)):010d}.{run.id}", event_file(run)


def event_file(run: Run) -> bytes:
    """Every figure of a run as a scalar: its global_step the step, its wall time when the run began plus the seconds trained.

    Layers are `gradient_norm/<layer>`, `update_ratio/<layer>`, `activation_std/<activation>` and `dead_share/<activation>`.
    Values are 32-bit floats, TensorBoard's own; a figure that was not finite is NaN. The recipe, the network and the
    seed are the run's hyperparameters.
    """
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.record_writer import RecordWriter

    held = io.BytesIO()
    writer = RecordWriter(held)
    began = _began(run)
    writer.write(Event(wall_time=began, file_version="brain.Event:2").SerializeToString())
    if settings := _settings(run):
        writer.write(Event(wall_time=began, summary=_hyperparameters(settings, run.id, began)).SerializeToString())
    for step, seconds, figures in _events(run):
        values = [Summary.Value(tag=tag, simple_value=math.nan if value is None else value) for tag, value in figures.items()]
        writer.write(Event(wall_time=began + seconds, step=step, summary=Summary(value=values)).SerializeToString())
    return held.getvalue()


def _hyperparameters(settings: Mapping, run_id: str, began: float):
    """The summary that TensorBoard's HParams page reads, the same bytes in every process (a protobuf map has no order)."""
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
    from tensorboard.plugins.hparams.summary_v2 import hparams_pb

    summary = hparams_pb(settings, trial_id=run_id, start_time_secs=began)
    told = summary.value[0].metadata.plugin_data
    told.content = HParamsPluginData.FromString(told.content).SerializeToString(deterministic=True)
    return summary


def _events(run: Run) -> list[tuple[int, float, dict[str, float | None]]]:
    """(step, seconds trained, figures by their tags), by step."""
    rows, series = read_metrics(run), read_layers(run)
    figures = [_figures(row) for row in rows] + [_of_layers(series, at) for at in range(len(series.steps))]
    steps = [row["step"] for row in rows] + list(series.steps)
    found = zip(steps, _seconds(rows, steps), figures)
    return sorted((event for event in found if event[2]), key=lambda event: event[0])


def _figures(row: Mapping) -> dict[str, float | None]:
    return {
        TAGS.get(name, name): value
        for name, value in row.items()
        if name not in NOT_FIGURES and (value is None or isinstance(value, (int, float)) and not isinstance(value, bool))
    }


def _of_layers(series: LayerSeries, at: int) -> dict[str, float | None]:
    groups = ((series.layers, series.norms), (series.layers, series.ratios),
              (series.activations, series.stds), (series.activations, series.dead))  # fmt: skip
    return {
        f"{family}/{name}": value
        for family, (names, rows) in zip(FAMILIES, groups)
        for name, value in zip(names, rows[at] if at < len(rows) else ())
    }


def _seconds(rows: Sequence[Mapping], steps: Sequence[int]) -> list[float]:
    """Seconds of training at each step, between the steps that tell them in proportion; 0 for a run that has not recorded any."""
    import numpy as np

    told = {row["step"]: float(row["seconds"]) for row in rows if isinstance(row.get("seconds"), (int, float))}
    return np.interp(steps, [0, *told], [0.0, *told.values()]).tolist()


def _began(run: Run) -> float:
    return read_status(run).started or (run.config.created if run.config else 0.0)


def _settings(run: Run) -> dict[str, bool | int | float | str]:
    """The recipe's values that say anything, with the network and the seed."""
    if run.config is None:
        return {}
    told = {"network": run.config.network, "seed": run.config.seed, "label": run.config.label, **public_recipe(run.config.recipe)}
    return {name: value for name, value in told.items() if isinstance(value, (bool, int, float, str)) and value != ""}
