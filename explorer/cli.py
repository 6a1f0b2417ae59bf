"""`explorer …`: the app's abilities without a browser.

Every command takes `--json`. Exit status 0, or 2 with one clear line on standard error for bad input.
The rooms are imported inside the commands: `--help`, `runs` and `doctor` answer without importing torch.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from explorer.anatomy.overlay import INITIAL_GRADIENT
from explorer.cli_classify import classify
from explorer.cli_compare import compare
from explorer.cli_control import add_commands
from explorer.cli_export import export
from explorer.cli_gradients import gradients
from explorer.cli_landscape import landscape
from explorer.cli_lesion import lesion
from explorer.cli_models import models_app
from explorer.cli_output import printable
from explorer.cli_run_files import add_commands as add_file_commands
from explorer.cli_runs import Json, print_json, runs_app
from explorer.cli_summary import summary
from explorer.cli_train import train
from explorer.errors import BadInput

app = typer.Typer(
    help="See why very deep networks need shortcuts.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
add_commands(runs_app)
add_file_commands(runs_app)
app.add_typer(runs_app, name="runs")
app.add_typer(models_app, name="models")
app.command()(classify)
app.command()(compare)
app.command()(summary)
app.command()(export)
app.command()(gradients)
app.command()(landscape)
app.command()(lesion)
app.command()(train)

Spec = Annotated[str, typer.Argument(help="a network, such as cifar/basic-56 or imagenet/bottleneck-50?stride=3x3")]


def main() -> None:
    """Run the command line; whatever the user can mend becomes one line and exit status 2."""
    try:
        status = app(sys.argv[1:] or ["--help"], standalone_mode=False)
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
    print("explorer: " + printable(" ".join(sentence.split())), file=sys.stderr)
    sys.exit(2)


@app.command()
def diagram(
    spec: Spec,
    output: Annotated[Path, typer.Option("-o", "--output", help="a file ending in .svg, .png, .pdf or .dot")],
    opened: Annotated[list[str], typer.Option("--open", help="a folded group to open, such as layer1.1-2")] = [],
    level: Annotated[str, typer.Option("--detail", help="stages, folded, blocks or layers")] = "folded",
    dark: Annotated[bool, typer.Option(help="colours for a dark background")] = False,
    page: Annotated[str | None, typer.Option(help="fill a page: A4 portrait, Letter landscape, 16:9, ...")] = None,
    colour: Annotated[str | None, typer.Option(help=f"params, macs, activations, receptive_field or {INITIAL_GRADIENT}")] = None,
    overlay: Annotated[Path | None, typer.Option(help="colour by your own numbers: a CSV or JSON file, see README")] = None,
    column: Annotated[str | None, typer.Option(help="of that file, where it has several")] = None,
    step: Annotated[int | None, typer.Option(help="of that file, where it has several; the last if not given")] = None,
    as_json: Json = False,
) -> None:
    """Draw a network, its shortcuts as arcs and repeated blocks folded."""
    from explorer.anatomy.of import anatomy_of
    from explorer.anatomy.outline import groups
    from explorer.cli_colour import chosen_overlay, row_of
    from explorer.figures import detail
    from explorer.figures.overlay_colours import laid_over
    from explorer.figures.paper import advice, printed
    from explorer.networks.spec import parse_spec

    kind = output.suffix.lstrip(".").lower()
    if kind not in ("svg", "png", "pdf", "dot"):
        raise BadInput(f"cannot draw {output.name}: the file's name must end in .svg, .png, .pdf or .dot")
    if dark and page:
        raise BadInput("--dark and --page do not go together: paper is white")
    if level not in detail.DETAILS:
        raise BadInput(f"--detail is {', '.join(detail.DETAILS)}, not {level}")
    network = parse_spec(spec)
    anatomy = anatomy_of(network)
    can_open = [group.id for group in groups(anatomy) if group.kind != "stage"]
    if unknown := next((group for group in opened if group not in can_open), None):
        raise BadInput(f"{network.text} has no group {unknown} to open; it has: {', '.join(can_open) or 'none'}")
    shown = detail.opened(anatomy, level) | set(opened)
    laid = chosen_overlay(network, anatomy, colour, overlay, column, step)
    fills, legend = laid_over(anatomy, laid, shown, row_of(laid, step), dark) if laid else ({}, "")
    found = printed(anatomy, shown, page, dark=dark, fills=fills, legend=legend)
    data = found.picture(kind)
    output.write_bytes(data)
    if hint := advice(anatomy, shown, found):
        print(f"explorer: {hint}", file=sys.stderr)
    if as_json:
        said = {"page": page, "smallest_type": round(found.type_size, 1)}
        print_json({"network": network.text, "file": str(output), "bytes": len(data)} | said)
    else:
        print(f"{network.title} drawn to {output}")


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what this machine has and what works."""
    from dataclasses import asdict

    from explorer.data.datasets import datasets_at_hand
    from explorer.machine.state import machine_state
    from explorer.vision.models import list_models

    report = asdict(machine_state())
    report["datasets"] = datasets_at_hand()
    report["models"] = [model.id for model in list_models() if model.at_hand]
    if as_json:
        print_json({key: str(value) if isinstance(value, Path) else value for key, value in report.items()})
    else:
        for key, value in report.items():
            print(f"{key.replace('_', ' '):<16}{value}")


if __name__ == "__main__":
    main()
