"""A run as it lies on the disk and its series as CSV, for other programs, other people and other machines."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from explorer.runs.control import CONTROL
from explorer.runs.errors import RunError
from explorer.runs.public import is_path, public_config, public_text
from explorer.runs.run import CONFIG, Run
from explorer.runs.series import read_layers, read_metrics
from explorer.runs.status import LAUNCH, read_status
from explorer.tables import csv_text

STATE = "state.json"  # the state a run was really in when it was exported
LEFT_OUT = {CONTROL, LAUNCH}  # how it was steered
SUFFIXES = {".json", ".jsonl", ".txt", ".safetensors"}  # and not .pt, the optimiser's state


def run_files(runs: Sequence[Run]) -> Iterator[tuple[str, str | bytes]]:
    """Each run's description, state, series, log and final weights, the series as CSV too, in a folder of its own.

    `state.json` is the state the run is really in. Where its pictures lie on this machine is said in none of them. Raises
    RunError on the way where a run is not there or cannot be read.
    """
    for run in runs:
        for name, content in _files(run):
            yield f"{run.id}/{name}", content


def metrics_csv(run: Run) -> str:
    """One row a logged step, a column for every figure that appears; empty where a row does not have it."""
    rows = read_metrics(run)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return csv_text([columns, *([row.get(column) for column in columns] for row in rows)])


def layer_csvs(run: Run) -> dict[str, str]:
    """What the probes saw, each a CSV by its file's name: one row a probed step, a column a layer or a ReLU, empty where not finite.

    `layers.csv` has the L2 norm of every weight's gradient, `update_ratios.csv` the norm of its step over its own; of a
    ReLU's results `activation_stds.csv` has the standard deviation, `dead_shares.csv` the share of channels that were
    zero for the whole batch. All but the first are left out of a run that has not recorded them.
    """
    series = read_layers(run)
    found = {
        "update_ratios.csv": (series.layers, series.ratios),
        "activation_stds.csv": (series.activations, series.stds),
        "dead_shares.csv": (series.activations, series.dead),
    }
    recorded = {name: _by_step(names, series.steps, values) for name, (names, values) in found.items() if any(values)}
    return {"layers.csv": _by_step(series.layers, series.steps, series.norms), **recorded}


def _by_step(names: Sequence[str], steps: Sequence[int], values: Sequence[Sequence]) -> str:
    return csv_text([["step", *names], *([step, *row] for step, row in zip(steps, values) if row)])


def _files(run: Run) -> Iterator[tuple[str, str | bytes]]:
    if not run.folder.is_dir():
        raise RunError(f"The run {run.id} is not there any more.")
    for file in sorted(run.folder.rglob("*")):
        if _belongs(file):
            try:
                yield file.relative_to(run.folder).as_posix(), _public(run, file)
            except OSError as error:
                raise RunError(f"{file.name} of {run.id} could not be read: {error.strerror or error}.") from error
    yield STATE, public_text(json.dumps(read_status(run).model_dump(), indent=1).encode(), run.config)
    yield "metrics.csv", metrics_csv(run)
    yield from layer_csvs(run).items()


def _public(run: Run, file: Path) -> bytes:
    """A file of the run as it is, unless it says where on this machine the pictures lie."""
    if file.name == CONFIG and run.config and is_path(str(run.config.recipe.get("dataset", ""))):
        return public_config(run.config).model_dump_json(indent=1).encode()
    content = file.read_bytes()
    return content if file.suffix == ".safetensors" else public_text(content, run.config)


def _belongs(file: Path) -> bool:
    return (
        file.is_file()
        and not file.is_symlink()
        and not file.name.startswith(".")
        and file.suffix in SUFFIXES
        and file.name not in (*LEFT_OUT, STATE)
    )
