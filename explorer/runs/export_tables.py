"""Runs as tidy tables: one table over all of them, a row a measurement, the run's own description in the first columns."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, repeat

from explorer.runs.public import public_config, public_name
from explorer.runs.run import Run
from explorer.runs.series import read_layers, read_metrics
from explorer.tables import csv_text, parquet_bytes

Columns = dict[str, list]
DESCRIPTION = ("run", "network", "dataset", "seed", "preset", "label", "group")
LAYER_COLUMNS = ("step", "layer", "kind", "grad_norm", "update_ratio", "activation_std", "dead_share")
NOTES = {
    "written by": "Residual Explorer",
    "errors": "fractions from 0 to 1; null where a figure was not measured or was not a finite number",
    "layers": "grad_norm: L2 norm of the weight's gradient; update_ratio: norm of the step over that of the weight; "
              "activation_std: of a ReLU's results over the batch; dead_share: of its channels that are zero for the whole batch",
}  # fmt: skip


def metrics_table(runs: Sequence[Run]) -> Columns:
    """A row for every logged step of every run; after the description a column for every number that any run has logged."""
    read = [(run, read_metrics(run)) for run in runs]
    figures = dict.fromkeys(key for _, rows in read for row in rows for key, value in row.items() if _is_number(value))
    names = list(dict.fromkeys(["step", *figures]))
    table: Columns = {name: [] for name in (*DESCRIPTION, *(name for name in names if name not in DESCRIPTION))}
    for run, rows in read:
        _describe(table, run, len(rows))
        for name in table:
            if name not in DESCRIPTION:
                table[name] += [value if _is_number(value := row.get(name)) else None for row in rows]
    return table


def layers_table(runs: Sequence[Run]) -> Columns:
    """A row for every probed step and layer of every run; a ReLU's result is a layer of kind "activation"."""
    table: Columns = {name: [] for name in (*DESCRIPTION, *LAYER_COLUMNS)}
    for run in runs:
        series = read_layers(run)
        for at, step in enumerate(series.steps):
            weights = _cells(step, series.layers, series.kinds, (series.norms[at], _at(series.ratios, at)), before=0)
            results = _cells(step, series.activations, repeat("activation"), (_at(series.stds, at), _at(series.dead, at)), before=2)
            rows = [*weights, *(row for row in results if row[-2:] != (None, None))]
            _describe(table, run, len(rows))
            for name, values in zip(LAYER_COLUMNS, zip(*rows)):
                table[name] += values
    return table


TABLES: dict[str, Callable[[Sequence[Run]], Columns]] = {"metrics": metrics_table, "layers": layers_table}


def table_csv(table: Columns) -> str:
    """A tidy table as CSV: numbers in full, an empty cell for a missing one."""
    return csv_text([list(table), *zip(*table.values())])


def table_parquet(table: Columns) -> bytes:
    """A tidy table as Parquet, with what its columns mean in the file's own metadata."""
    return parquet_bytes(table, NOTES)


def parquet_files(runs: Sequence[Run]) -> Iterator[tuple[str, bytes]]:
    """Both tables over all the runs, and each run's description as it stands."""
    for name, table in TABLES.items():
        yield f"{name}.parquet", table_parquet(table(runs))
    for run in runs:
        if run.config:
            yield f"{run.id}.json", public_config(run.config).model_dump_json(indent=1).encode()


def _describe(table: Columns, run: Run, rows: int) -> None:
    config = run.config
    told = {
        "run": run.id,
        "network": config and config.network,
        "dataset": config and _dataset(config.recipe.get("dataset")),
        "seed": config and config.seed,
        "preset": config and config.preset,
        "label": config and config.label,
        "group": config and config.group,
    }
    for name in DESCRIPTION:
        table[name] += repeat(told[name], rows)


def _cells(step: int, names: Sequence[str], kinds, values: Sequence[Sequence], before: int) -> list[tuple]:
    """A row for each name, its values after `before` empty cells of the four."""
    columns = [list(column) or [None] * len(names) for column in values]
    after = 4 - before - len(columns)
    return [(step, *named, *chain(repeat(None, before), cells, repeat(None, after)))
            for *named, cells in zip(names, kinds, zip(*columns))]  # fmt: skip


def _at(rows: Sequence[Sequence], at: int) -> Sequence:
    return rows[at] if at < len(rows) else ()


def _dataset(value) -> str | None:
    return public_name(value) if isinstance(value, str) else None


def _is_number(value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
