"""A run as one zip file, for other programs and other people."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from explorer.runs.control import CONTROL
from explorer.runs.errors import RunError
from explorer.runs.files import write_whole
from explorer.runs.run import Run
from explorer.runs.series import read_layers, read_metrics
from explorer.runs.status import LAUNCH, read_status

LEFT_OUT = {CONTROL, LAUNCH, "last.pt"}  # how it was steered, and the optimiser's state
SUFFIXES = {".json", ".jsonl", ".txt", ".safetensors"}


def export(run: Run, path: Path) -> Path:
    """Write a zip of the run's description, state, series, log and final weights, the series as CSV too.

    `state.json` is the state the run is really in. Raises RunError if the run is not there, RunWriteError if the zip
    cannot be written; then nothing is left behind.
    """
    path = Path(path)
    if path.is_dir():
        raise RunError(f"{path} is a folder; name a zip file to write.")
    write_whole(path, export_bytes(run))
    return path


def export_bytes(*runs: Run) -> bytes:
    """The same zip in memory, of one run or several, each in a folder of its own."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for run in runs:
            for name, content in _files(run):
                archive.writestr(f"{run.id}/{name}", content)
    return held.getvalue()


def metrics_csv(run: Run) -> str:
    """One row a logged step, a column for every figure that appears; empty where a row does not have it."""
    rows = read_metrics(run)
    columns = list(dict.fromkeys(key for row in rows for key in row))
    return _csv([columns, *([row.get(column) for column in columns] for row in rows)])


def layers_csv(run: Run) -> str:
    """One row a probed step, a column a layer: the L2 norm of its weight's gradient, empty where not finite."""
    series = read_layers(run)
    return _csv([["step", *series.layers], *([step, *norms] for step, norms in zip(series.steps, series.norms))])


def ratios_csv(run: Run) -> str:
    """As `layers_csv`, of the norm of each weight's update over that of the weight; "" for a run that has not recorded it."""
    series = read_layers(run)
    rows = [[step, *ratios] for step, ratios in zip(series.steps, series.ratios) if ratios]
    return _csv([["step", *series.layers], *rows]) if rows else ""


def _files(run: Run) -> Iterator[tuple[str, str | bytes]]:
    if not run.folder.is_dir():
        raise RunError(f"The run {run.id} is not there any more.")
    for file in sorted(run.folder.rglob("*")):
        if _belongs(file):
            try:
                yield file.relative_to(run.folder).as_posix(), file.read_bytes()
            except OSError as error:
                raise RunError(f"{file.name} of {run.id} could not be read: {error.strerror or error}.") from error
    yield "state.json", json.dumps(read_status(run).model_dump(), indent=1)
    yield "metrics.csv", metrics_csv(run)
    yield "layers.csv", layers_csv(run)
    if ratios := ratios_csv(run):
        yield "update_ratios.csv", ratios


def _csv(rows: list[list]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _belongs(file: Path) -> bool:
    return (
        file.is_file()
        and not file.is_symlink()
        and not file.name.startswith(".")
        and file.suffix in SUFFIXES
        and file.name not in LEFT_OUT
    )
