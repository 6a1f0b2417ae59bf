"""A run as it lies on the disk and its series as CSV, for other programs, other people and other machines."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from explorer.runs.archive import write_zip, zip_bytes
from explorer.runs.control import CONTROL
from explorer.runs.errors import RunError
from explorer.runs.public import is_path, public_config
from explorer.runs.run import CONFIG, Run
from explorer.runs.series import LayerSeries, read_layers, read_metrics
from explorer.runs.status import LAUNCH, read_status
from explorer.tables import csv_text

STATE = "state.json"  # the state a run was really in when it was exported
LEFT_OUT = {CONTROL, LAUNCH}  # how it was steered
SUFFIXES = {".json", ".jsonl", ".txt", ".safetensors"}  # and not .pt, the optimiser's state


def export(run: Run, path: Path) -> Path:
    """Write a zip of the run's description, state, series, log and final weights, the series as CSV too.

    `state.json` is the state the run is really in. Raises RunError if the run is not there, RunWriteError if the zip
    cannot be written; then nothing is left behind.
    """
    return write_zip(run_files([run]), path)


def export_bytes(*runs: Run) -> bytes:
    """The same zip in memory, of one run or several, each in a folder of its own."""
    return zip_bytes(run_files(runs))


def run_files(runs: Sequence[Run]) -> Iterator[tuple[str, str | bytes]]:
    """What the zip holds. Raises RunError on the way where a run is not there or cannot be read."""
    for run in runs:
        for name, content in _files(run):
            yield f"{run.id}/{name}", content


def metrics_csv(run: Run) -> str:
    """One row a logged step, a column for every figure that appears; empty where a row does not have it."""
    rows = read_metrics(run)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return csv_text([columns, *([row.get(column) for column in columns] for row in rows)])


def layers_csv(run: Run) -> str:
    """One row a probed step, a column a layer: the L2 norm of its weight's gradient, empty where not finite."""
    series = read_layers(run)
    return csv_text([["step", *series.layers], *([step, *norms] for step, norms in zip(series.steps, series.norms))])


def ratios_csv(run: Run) -> str:
    """As `layers_csv`, of the norm of each weight's update over that of the weight; "" for a run that has not recorded it."""
    series = read_layers(run)
    return _wide(series.layers, series, series.ratios)


def activations_csv(run: Run) -> str:
    """As `layers_csv`, a column a ReLU: the standard deviation of its results; "" for a run that has not recorded it."""
    series = read_layers(run)
    return _wide(series.activations, series, series.stds)


def dead_csv(run: Run) -> str:
    """As `activations_csv`: the share of each ReLU's channels that were zero for the whole batch."""
    series = read_layers(run)
    return _wide(series.activations, series, series.dead)


def _wide(names: Sequence[str], series: LayerSeries, values: Sequence[Sequence]) -> str:
    rows = [[step, *row] for step, row in zip(series.steps, values) if row]
    return csv_text([["step", *names], *rows]) if rows else ""


def _files(run: Run) -> Iterator[tuple[str, str | bytes]]:
    if not run.folder.is_dir():
        raise RunError(f"The run {run.id} is not there any more.")
    for file in sorted(run.folder.rglob("*")):
        if _belongs(file):
            try:
                yield file.relative_to(run.folder).as_posix(), _public(run) if file.name == CONFIG else file.read_bytes()
            except OSError as error:
                raise RunError(f"{file.name} of {run.id} could not be read: {error.strerror or error}.") from error
    yield STATE, json.dumps(read_status(run).model_dump(), indent=1)
    yield "metrics.csv", metrics_csv(run)
    yield "layers.csv", layers_csv(run)
    for name, text in (("update_ratios", ratios_csv), ("activation_stds", activations_csv), ("dead_shares", dead_csv)):
        if found := text(run):
            yield f"{name}.csv", found


def _public(run: Run) -> bytes:
    """run.json as it is, unless it says where on this machine the pictures lie."""
    if run.config and is_path(str(run.config.recipe.get("dataset", ""))):
        return public_config(run.config).model_dump_json(indent=1).encode()
    return (run.folder / CONFIG).read_bytes()


def _belongs(file: Path) -> bool:
    return (
        file.is_file()
        and not file.is_symlink()
        and not file.name.startswith(".")
        and file.suffix in SUFFIXES
        and file.name not in (*LEFT_OUT, STATE)
    )
