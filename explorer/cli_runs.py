"""`explorer runs …`, and what `explorer train` waits for and prints. Imports no torch."""

import json
import sys
import time
from typing import Annotated

import typer

from explorer.errors import BadInput
from explorer.numbers import in_words
from explorer.runs.folder import open_run
from explorer.runs.listing import runs_and_states
from explorer.runs.run import Run
from explorer.runs.series import tail_log
from explorer.runs.status import Status, read_status

runs_app = typer.Typer(help="The runs on this machine.", rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="print JSON")]
RunId = Annotated[str, typer.Argument(help="a run's id, from `explorer runs list`")]


def show_download(done: int, total: int | None) -> None:
    """Bytes so far, and in all where that is known, on one line of standard error; nothing unless it is a terminal."""
    if sys.stderr.isatty():
        whole = f" of {total / 1e6:.0f}" if total else ""
        print(f"\rdownloading, {done / 1e6:.0f}{whole} MB\033[K", end="\n" if done == total else "", file=sys.stderr, flush=True)


def wait(runs) -> list:
    """Wait until every run has ended; the state of the runs goes to standard error once a second."""
    while True:
        statuses = [read_status(run) for run in runs]
        line = "  ".join(f"{run.config.network} {s.state} {s.progress or 0:.0%}" for run, s in zip(runs, statuses))
        if sys.stderr.isatty():
            print(f"\r{line}\033[K", end="", file=sys.stderr, flush=True)
        if not any(status.active for status in statuses):
            print(file=sys.stderr, end="\n" if sys.stderr.isatty() else "")
            return list(zip(runs, statuses))
        time.sleep(1)


def print_trained(ended: list, as_json: bool) -> None:
    """Print what became of the runs, (run, status) each. Raises BadInput, after that, for the first one that failed."""
    rows = [
        {
            "network": run.config.network,
            "seed": run.config.seed,
            "train_error": status.latest.get("train_error"),
            "val_error": status.latest.get("val_error"),
            "steps": status.step,
            "state": status.state,
            "run": run.id,
        }
        for run, status in ended
    ]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            print(f"{row['network']:<36}seed {row['seed']}  {row['state']}  {row['steps']} steps  "
                  f"training error {_percent(row['train_error'])}  validation error {_percent(row['val_error'])}")
    for run, status in ended:
        if status.state not in ("finished", "stopped"):
            raise BadInput(f"the run {run.id} is {status.state}: {status.reason or 'see its log'}")


@runs_app.command("list")
def runs_list(as_json: Json = False) -> None:
    """List every run, the newest first."""
    rows = [_run_row(run, status) for run, status in runs_and_states()]
    if as_json:
        print_json(rows)
    elif not rows:
        print("No runs yet. Start some with: explorer train --preset degradation")
    else:
        for row in rows:
            errors = f"validation error {_percent(row['val_error'])} (best {_percent(row['best_val_error'])})"
            print(f"{row['run']:<44}{row['state']:<10}{row['network'] or '?':<36}{errors}")


def _run_row(run: Run, status: Status) -> dict:
    config = run.config
    return {
        "run": run.id,
        "state": status.state,
        "reason": run.problem or status.reason,
        "network": config and config.network,
        "dataset": config and config.recipe.get("dataset"),
        "seed": config and config.seed,
        "steps": status.step,
        "train_error": status.latest.get("train_error"),
        "val_error": status.latest.get("val_error"),
        "best_val_error": status.best.get("val_error"),
        "folder": str(run.folder),
    }


@runs_app.command("show")
def runs_show(run_id: RunId, as_json: Json = False) -> None:
    """Show one run: its state, figures and last log lines."""
    run = open_run(run_id)
    row = _run_row(run, read_status(run)) | {"recipe": run.config and run.config.recipe, "log": tail_log(run)}
    if as_json:
        print_json(row)
    else:
        for key, value in row.items():
            print(f"{key:<16}{value}" if key != "log" else "log\n  " + "\n  ".join(value))


def print_json(value) -> None:
    """Print a value as JSON, indented, on standard output; what is not finite is "NaN", "Infinity" or "-Infinity"."""
    print(json.dumps(in_words(value), indent=2))


def _percent(fraction: float | None) -> str:
    return "-" if fraction is None else f"{fraction:.1%}"
