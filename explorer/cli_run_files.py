"""`explorer runs export|import|command`: runs that leave this machine and come to it."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from explorer.cli_runs import Json, RunId, print_json
from explorer.errors import BadInput
from explorer.runs.folder import open_run
from explorer.runs.run import Run


class Form(StrEnum):
    """What `explorer runs export` can write."""

    csv = "csv"
    parquet = "parquet"
    tensorboard = "tensorboard"
    model = "model"


class Table(StrEnum):
    """The tidy tables, of which a single file holds one."""

    metrics = "metrics"
    layers = "layers"


def add_commands(runs_app: typer.Typer) -> None:
    """Add these commands to `explorer runs`."""
    for name, command in {"export": runs_export, "import": runs_import, "command": runs_command}.items():
        runs_app.command(name)(command)


def runs_export(
    run_ids: Annotated[list[str], typer.Argument(help="run ids, from `explorer runs list`")],
    output: Annotated[Path, typer.Option("-o", "--output", help="a .zip, a folder, or one table over all the runs: .csv or .parquet")],
    form: Annotated[Form | None, typer.Option("--format", help="of a zip or a folder; csv if not given")] = None,
    table: Annotated[Table | None, typer.Option(help="of a single .csv or .parquet file; metrics if not given")] = None,
    as_json: Json = False,
) -> None:
    """Write runs as CSV and JSON, Parquet tables, TensorBoard event files, or weights with a model card."""
    runs = [open_run(run_id) for run_id in dict.fromkeys(run_ids)]
    kind = output.suffix.lower()
    if kind in (".csv", ".parquet") and not output.is_dir():
        if form not in (None, kind[1:]):
            raise BadInput(f"--format {form} does not fit into {output.name}: write it to a .zip or a folder")
        _write_table(runs, output, table or Table.metrics)
    else:
        if table:
            raise BadInput(f"--table belongs to a single .csv or .parquet file, and {output.name} is none")
        _write_files(runs, output, form or Form.csv)
    if as_json:
        print_json({"runs": [run.id for run in runs], "file": str(output)})
    else:
        print(f"{', '.join(run.id for run in runs)}: exported to {output}")


def runs_import(
    place: Annotated[Path, typer.Argument(help="a folder of runs from another machine, or a zip of `explorer runs export`")],
    as_json: Json = False,
) -> None:
    """Take over runs from another machine; none that is here is written over."""
    from explorer.runs.importing import import_runs

    report = import_runs(place)
    if as_json:
        runs = [{"run": one.run.id, "new": one.new, "words": one.words} for one in report.runs]
        print_json({"runs": runs, "skipped": [{"file": name, "why": why} for name, why in report.skipped]})
    else:
        for one in report.runs:
            print(f"{one.run.id:<44}{'imported' if one.new else 'not imported'}  {one.words}".rstrip())
        for name, why in report.skipped:
            print(f"skipped {name}: {why}")
    if not report.runs:
        raise BadInput(f"no run of {place} could be imported")


def runs_command(run_id: RunId, as_json: Json = False) -> None:
    """Print the command that repeats a run."""
    from explorer.training.repeat import repeat_command

    command = repeat_command(open_run(run_id))
    if as_json:
        print_json({"run": run_id, "command": command})
    else:
        print(command)


def _write_table(runs: Sequence[Run], output: Path, table: Table) -> None:
    from explorer.runs.export_tables import TABLES, table_csv, table_parquet
    from explorer.runs.files import write_whole

    found = TABLES[table](runs)
    write_whole(output, table_parquet(found) if output.suffix.lower() == ".parquet" else table_csv(found).encode())


def _write_files(runs: Sequence[Run], output: Path, form: Form) -> None:
    from explorer.runs.archive import write_folder, write_zip
    from explorer.training.exports import EXPORTS

    files = EXPORTS[form].files(runs)
    if output.suffix.lower() == ".zip":
        write_zip(files, output)
    elif output.suffix and not output.is_dir():
        raise BadInput(f"{output.name} does not say what to write: end it in .zip, .csv or .parquet, or name a folder")
    else:
        write_folder(files, output)
