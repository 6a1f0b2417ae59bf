"""`explorer runs pause|resume|stop|restart|move|queue|slots|delete|restore|trash`: what people do to runs. Imports no torch."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from explorer.cli_runs import Json, print_json, print_trained, wait
from explorer.errors import BadInput
from explorer.machine.hardware import device_kind
from explorer.runs import queue
from explorer.runs.folder import open_run
from explorer.runs.launcher import LocalLauncher, pause
from explorer.runs.run import Run
from explorer.runs.settings import choose_runs_at_a_time, runs_at_a_time
from explorer.runs.slots import default_slots, slot_count, threads_each
from explorer.runs.trash import delete, empty_trash, restore, trashed

RunIds = Annotated[list[str], typer.Argument(help="one or more runs' ids, from `explorer runs list`")]
Wait = Annotated[bool, typer.Option("--wait", help="wait until they have ended, and print their errors")]
DEVICES = ("cpu", "cuda", "mps")


def add_commands(runs_app: typer.Typer) -> None:
    """Add these commands to `explorer runs`."""
    for name, command in {
        "pause": runs_pause, "resume": runs_resume, "stop": runs_stop, "restart": runs_restart, "move": runs_move,
        "queue": runs_queue, "slots": runs_slots, "delete": runs_delete, "restore": runs_restore, "trash": runs_trash,
    }.items():  # fmt: skip
        runs_app.command(name)(command)


def runs_pause(run_ids: RunIds, as_json: Json = False) -> None:
    """Let runs stand still; they keep their place in memory and give their slot to the next in the queue."""
    _change(run_ids, as_json, "asked to pause", pause)


def runs_stop(run_ids: RunIds, as_json: Json = False) -> None:
    """Ask runs to stop; they keep what they have learnt."""
    _change(run_ids, as_json, "asked to stop", LocalLauncher().stop)


def runs_resume(run_ids: RunIds, until_end: Wait = False, as_json: Json = False) -> None:
    """Go on: paused runs as soon as there is a slot, those that were stopped or lost from their last checkpoint."""
    from explorer.training.start import resume_run

    _tell(_each(run_ids, resume_run), "goes on", until_end, as_json)


def runs_restart(run_ids: RunIds, until_end: Wait = False, as_json: Json = False) -> None:
    """Start new runs of the same descriptions from the beginning; the old ones are kept."""
    from explorer.training.start import restart

    old = [open_run(run_id) for run_id in run_ids]
    new = restart(old)
    if until_end:
        return print_trained(wait(new), as_json)
    rows = [{"run": run.id, "restarts": before.id} for before, run in zip(old, new)]
    _print(rows, as_json, lambda row: f"{row['run']}: started, as {row['restarts']} was")


def runs_move(
    run_id: Annotated[str, typer.Argument(help="a waiting run's id, from `explorer runs queue`")],
    where: Annotated[str, typer.Argument(help=" or ".join(queue.MOVES))],
    as_json: Json = False,
) -> None:
    """Change a waiting run's place in the queue."""
    run = open_run(run_id)
    queue.move(run, where)
    row = {"run": run.id, "place": queue.places().get(run.id)}
    _print([row], as_json, lambda row: f"{row['run']}: {row['place']} in the queue")


def runs_queue(as_json: Json = False) -> None:
    """List the runs that wait for a slot, in order."""
    rows = [{"run": run_id, "place": place} for run_id, place in queue.places().items()]
    if as_json:
        print_json(rows)
    else:
        print("\n".join(f"{row['place']:>3}  {row['run']}" for row in rows) or "No run waits for a slot.")


def runs_slots(
    count: Annotated[str | None, typer.Argument(help="how many runs compute at a time, or `default`")] = None,
    device: Annotated[str | None, typer.Option(help=f"{', '.join(DEVICES)}; the best one here if not given")] = None,
    as_json: Json = False,
) -> None:
    """Show or choose how many runs compute at a time; fewer have more threads each."""
    kind = device_kind(device)
    if kind not in DEVICES:
        raise BadInput(f"a device is {', '.join(DEVICES)}, not {device}")
    if count is not None:
        if count != "default" and not count.isdecimal():
            raise BadInput(f"say how many runs compute at a time, a whole number or `default`, not {count}")
        choose_runs_at_a_time(kind, None if count == "default" else int(count))
    row = {"device": kind, "slots": slot_count(kind), "threads_each": threads_each(kind), "default": default_slots(kind),
           "chosen": runs_at_a_time(kind)}  # fmt: skip
    _print([row], as_json, lambda row: f"{row['device']}: {row['slots']} at a time, {row['threads_each']} thread"
           f"{'s' if row['threads_each'] > 1 else ''} each for runs that start from now on")


def runs_delete(run_ids: RunIds, as_json: Json = False) -> None:
    """Delete runs that are not active; `restore` brings them back for a day."""
    _change(run_ids, as_json, "deleted", delete)


def runs_restore(run_ids: Annotated[list[str], typer.Argument(help="ids from `explorer runs trash`")], as_json: Json = False) -> None:
    """Bring deleted runs back."""
    for run_id in run_ids:
        restore(run_id)
    _print([{"run": run_id, "done": "restored"} for run_id in run_ids], as_json, _done)


def runs_trash(
    empty: Annotated[bool, typer.Option("--empty", help="remove them for good, to free their space")] = False,
    as_json: Json = False,
) -> None:
    """List the deleted runs, which are kept for a day."""
    if empty:
        return _print([{"removed": empty_trash()}], as_json, lambda row: f"{row['removed']} removed for good")
    rows = [{"run": one.id, "deleted": one.deleted} for one in trashed()]
    if as_json:
        print_json(rows)
    else:
        print("\n".join(row["run"] for row in rows) or "The trash is empty.")


def _change(run_ids: Sequence[str], as_json: bool, done: str, change: Callable[[Run], object]) -> None:
    _tell(_each(run_ids, change), done, False, as_json)


def _each(run_ids: Sequence[str], change: Callable[[Run], object]) -> list[Run]:
    """Do it to every run; all ids are looked up first. Raises BadInput with the first refusal, after the others were done."""
    runs = [open_run(run_id) for run_id in run_ids]
    refused = []
    for run in runs:
        try:
            change(run)
        except BadInput as error:
            refused.append(str(error))
    if refused:
        raise BadInput(" ".join(dict.fromkeys(refused)))
    return runs


def _tell(runs: Sequence[Run], done: str, until_end: bool, as_json: bool) -> None:
    if until_end:
        return print_trained(wait(runs), as_json)
    _print([{"run": run.id, "done": done} for run in runs], as_json, _done)


def _print(rows: list[dict], as_json: bool, line: Callable[[dict], str]) -> None:
    """As JSON one row as it is, several as a list; else a line each."""
    if as_json:
        print_json(rows[0] if len(rows) == 1 else rows)
    else:
        print("\n".join(line(row) for row in rows))


def _done(row: dict) -> str:
    return f"{row['run']}: {row['done']}"
