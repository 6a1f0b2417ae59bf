"""`explorer …`: the app's abilities without a browser.

Every command takes `--json`. Exit status 0, or 2 with one clear line on standard error for bad input.
The rooms are imported inside the commands: `--help`, `runs` and `doctor` answer without importing torch.
"""

import json
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from explorer.errors import BadInput

app = typer.Typer(
    help="See why very deep networks need shortcuts.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
runs_app = typer.Typer(help="The runs on this machine.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(runs_app, name="runs")

Spec = Annotated[str, typer.Argument(help="a network, such as cifar/basic-56 or imagenet/bottleneck-50?stride=3x3")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]
Seed = Annotated[int, typer.Option(min=0, help="the same seed gives the same initial weights and batches")]
RunId = Annotated[str, typer.Argument(help="a run's id, from `explorer runs list`")]


def main() -> None:
    """Run the command line; whatever the user can mend becomes one line and exit status 2."""
    try:
        status = app(standalone_mode=False)
    except BadInput as error:
        _fail(str(error))
    except typer.Abort:
        _fail("interrupted")
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(130)
    except OSError as error:
        _fail(f"{error.filename or 'the system'}: {error.strerror or error}")
    except Exception as error:
        if not hasattr(error, "format_message"):  # only what Typer's parser raises has one
            raise
        _fail(error.format_message())
    else:
        sys.exit(status if isinstance(status, int) else 0)


def _fail(sentence: str) -> None:
    print("explorer: " + " ".join(sentence.split()), file=sys.stderr)
    sys.exit(2)


def _print_json(value) -> None:
    print(json.dumps(value, indent=2))


@app.command()
def summary(
    spec: Spec,
    unit: Annotated[str, typer.Option(help="MACs, or FLOPs = 2 x MACs")] = "MACs",
    csv: Annotated[bool, typer.Option("--csv", help="print the layer table as CSV")] = False,
    as_json: Json = False,
) -> None:
    """Print every layer of a network with its shape, parameters and cost."""
    from explorer.anatomy import table
    from explorer.anatomy.of import anatomy_of
    from explorer.networks.spec import parse_spec

    units = {"macs": "MACs", "flops": "FLOPs"}
    if unit.lower() not in units:
        raise BadInput(f"--unit is MACs or FLOPs, not {unit}")
    unit, anatomy = units[unit.lower()], anatomy_of(parse_spec(spec))
    if as_json:
        _print_json(table.summary_json(anatomy))
    else:
        print(table.to_csv(anatomy, unit) if csv else table.summary_text(anatomy, unit))


@app.command()
def diagram(
    spec: Spec,
    output: Annotated[Path, typer.Option("-o", "--output", help="a file ending in .svg, .png, .pdf or .dot")],
    opened: Annotated[list[str], typer.Option("--open", help="a folded group to open, such as layer1.1-2")] = [],
    dark: Annotated[bool, typer.Option(help="colours for a dark background")] = False,
    as_json: Json = False,
) -> None:
    """Draw a network, its shortcuts as arcs and repeated blocks folded."""
    from explorer.anatomy.of import anatomy_of
    from explorer.figures.diagram import to_dot
    from explorer.figures.svg import render
    from explorer.networks.spec import parse_spec

    kind = output.suffix.lstrip(".").lower()
    if kind not in ("svg", "png", "pdf", "dot"):
        raise BadInput(f"cannot draw {output.name}: the file's name must end in .svg, .png, .pdf or .dot")
    network = parse_spec(spec)
    data = render(to_dot(anatomy_of(network), frozenset(opened), dark=dark), kind)
    output.write_bytes(data)
    if as_json:
        _print_json({"network": network.text, "file": str(output), "bytes": len(data)})
    else:
        print(f"{network.title} drawn to {output}")


@app.command()
def gradients(
    specs: Annotated[list[str], typer.Argument(help="one or more networks")],
    seed: Seed = 0,
    steps: Annotated[int, typer.Option(min=0, max=1000, help="optimiser steps to take first")] = 0,
    batch: Annotated[int, typer.Option(min=2, max=4096, help="pictures in the batch")] = 64,
    as_json: Json = False,
) -> None:
    """Print the gradient norm of every layer at initialisation, or after some optimiser steps."""
    from explorer.networks.spec import parse_spec
    from explorer.signals.flow import gradient_flow
    from explorer.training.data import batch_for

    results = []
    for spec in [parse_spec(text) for text in specs]:
        images, labels = batch_for(spec, batch * (steps + 1), seed)
        flow = gradient_flow(spec, images, labels, seed=seed, steps=(steps,), batch=batch)
        layers = zip(flow.names, flow.kinds, flow.steps[-1].norms)
        rows = [{"name": name, "kind": kind, "grad_norm": norm} for name, kind, norm in layers]
        results.append({"network": flow.network, "seed": seed, "step": steps, "layers": rows})
    if as_json:
        _print_json(results[0] if len(results) == 1 else results)
        return
    for result in results:
        print(f"{result['network']}, seed {seed}, after {steps} steps: L2 norm of each weight's gradient")
        for row in result["layers"]:
            norm = "not finite" if row["grad_norm"] is None else f"{row['grad_norm']:.3e}"
            print(f"  {row['name']:<28}{row['kind']:<8}{norm}")


@app.command()
def train(
    specs: Annotated[list[str] | None, typer.Argument(help="networks to train side by side")] = None,
    preset: Annotated[str | None, typer.Option(help="degradation: plain and residual, 20 and 56 layers")] = None,
    dataset: Annotated[str | None, typer.Option(help="mnist-5k, cifar10, or a folder or zip of class folders")] = None,
    epochs: Annotated[int | None, typer.Option(help="passes over the training images")] = None,
    batch: Annotated[int | None, typer.Option(help="images a step")] = None,
    lr: Annotated[float | None, typer.Option(help="peak learning rate")] = None,
    seed: Seed = 0,
    runs: Annotated[int, typer.Option(min=1, max=20, help="runs of each network, with seeds counted up")] = 1,
    as_json: Json = False,
) -> None:
    """Train networks in worker processes and wait; interrupting the wait leaves the runs going."""
    from explorer.training.presets import PRESETS
    from explorer.training.recipe import Recipe
    from explorer.training.start import start_runs

    if bool(specs) == bool(preset):
        raise BadInput("say which networks to train, or --preset degradation (one of the two)")
    if preset and preset not in PRESETS:
        raise BadInput(f"there is no preset {preset}; there is: {', '.join(PRESETS)}")
    base = PRESETS[preset].recipe if preset else Recipe()
    chosen = {"dataset": dataset, "epochs": epochs, "batch": batch, "lr": lr}
    recipe = base.variant(**{key: value for key, value in chosen.items() if value is not None})
    networks = list(PRESETS[preset].networks) if preset else specs
    started = [run for offset in range(runs) for run in start_runs(networks, recipe, seed + offset)]
    _print_trained(_wait(started), as_json)


def _wait(runs) -> list:
    """Wait until every run has ended; the state of the runs goes to standard error once a second."""
    from explorer.runs.status import read_status

    while True:
        statuses = [read_status(run) for run in runs]
        line = "  ".join(f"{run.config.network} {s.state} {s.progress or 0:.0%}" for run, s in zip(runs, statuses))
        if sys.stderr.isatty():
            print(f"\r{line}\033[K", end="", file=sys.stderr, flush=True)
        if not any(status.active for status in statuses):
            print(file=sys.stderr, end="\n" if sys.stderr.isatty() else "")
            return list(zip(runs, statuses))
        time.sleep(1)


def _print_trained(ended: list, as_json: bool) -> None:
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
        _print_json(rows)
    else:
        for row in rows:
            print(f"{row['network']:<36}seed {row['seed']}  {row['state']}  {row['steps']} steps  "
                  f"training error {_percent(row['train_error'])}  validation error {_percent(row['val_error'])}")
    for run, status in ended:
        if status.state not in ("finished", "stopped"):
            raise BadInput(f"the run {run.id} is {status.state}: {status.reason or 'see its log'}")


def _percent(fraction: float | None) -> str:
    return "-" if fraction is None else f"{fraction:.1%}"


@runs_app.command("list")
def runs_list(as_json: Json = False) -> None:
    """List every run, the newest first."""
    from explorer.runs.folder import list_runs

    rows = [_run_row(run) for run in list_runs()]
    if as_json:
        _print_json(rows)
    elif not rows:
        print("No runs yet. Start some with: explorer train --preset degradation")
    else:
        for row in rows:
            errors = f"validation error {_percent(row['val_error'])} (best {_percent(row['best_val_error'])})"
            print(f"{row['run']:<44}{row['state']:<10}{row['network'] or '?':<36}{errors}")


def _run_row(run) -> dict:
    from explorer.runs.status import read_status

    status, config = read_status(run), run.config
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
    from explorer.runs.folder import open_run
    from explorer.runs.series import tail_log

    run = open_run(run_id)
    row = _run_row(run) | {"recipe": run.config and run.config.recipe, "log": tail_log(run)}
    if as_json:
        _print_json(row)
    else:
        for key, value in row.items():
            print(f"{key:<16}{value}" if key != "log" else "log\n  " + "\n  ".join(value))


@runs_app.command("stop")
def runs_stop(run_id: RunId, as_json: Json = False) -> None:
    """Ask a run to stop; it keeps what it has learnt."""
    from explorer.runs.launcher import LocalLauncher

    _change(run_id, as_json, "asked to stop", LocalLauncher().stop)


@runs_app.command("resume")
def runs_resume(run_id: RunId, as_json: Json = False) -> None:
    """Go on with a run that was stopped, paused or lost, from its last checkpoint."""
    from explorer.training.start import resume_run

    _change(run_id, as_json, "goes on", resume_run)


@runs_app.command("export")
def runs_export(
    run_id: RunId,
    output: Annotated[Path, typer.Option("-o", "--output", help="the zip file to write")],
    as_json: Json = False,
) -> None:
    """Write a run's figures as a zip of CSV and JSON files."""
    from explorer.runs.export import export

    _change(run_id, as_json, f"exported to {output}", lambda run: export(run, output))


@runs_app.command("delete")
def runs_delete(run_id: RunId, as_json: Json = False) -> None:
    """Delete a run that is not active."""
    from explorer.runs.folder import delete

    _change(run_id, as_json, "deleted", delete)


def _change(run_id: str, as_json: bool, done: str, change) -> None:
    from explorer.runs.folder import open_run

    change(open_run(run_id))
    if as_json:
        _print_json({"run": run_id, "done": done})
    else:
        print(f"{run_id}: {done}")


@app.command()
def classify(
    files: Annotated[list[Path], typer.Argument(help="pictures")],
    model: Annotated[str, typer.Option(help="a shipped model, a run's id, torchvision/<name>, or a weights file")],
    network: Annotated[str | None, typer.Option(help="the network of a weights file that does not say")] = None,
    normalize: Annotated[str | None, typer.Option(help="cifar, imagenet or mnist: the statistics it was trained with")] = None,
    top: Annotated[int, typer.Option(min=1, help="how many classes")] = 5,
    as_json: Json = False,
) -> None:
    """Name what is in pictures."""
    from explorer.vision.classify import classify as classify_picture
    from explorer.vision.models import open_model
    from explorer.vision.picture import open_picture

    pictures = [(file, open_picture(file)) for file in files]
    loaded = open_model(model, network=network, normalize=normalize)
    rows = []
    for file, picture in pictures:
        found = classify_picture(loaded, picture, top=top)
        classes = [{"label": label, "probability": probability} for label, probability in found.classes]
        rows.append({"file": str(file), "model": found.model, "seconds": found.seconds, "classes": classes})
    if as_json:
        _print_json(rows)
        return
    for row in rows:
        named = ", ".join(f"{entry['label']} {entry['probability']:.1%}" for entry in row["classes"])
        print(f"{row['file']}: {named}   ({row['model']}, {row['seconds'] * 1000:.0f} ms)")


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what this machine has and what works."""
    from dataclasses import asdict

    from explorer.machine.state import machine_state
    from explorer.training.datasets import datasets_at_hand
    from explorer.vision.models import list_models

    report = asdict(machine_state())
    report["datasets"] = datasets_at_hand()
    report["models"] = [model.id for model in list_models()]
    if as_json:
        _print_json({key: str(value) if isinstance(value, Path) else value for key, value in report.items()})
    else:
        for key, value in report.items():
            print(f"{key.replace('_', ' '):<16}{value}")


if __name__ == "__main__":
    main()
