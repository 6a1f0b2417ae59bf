"""`explorer landscape`: the loss around trained networks, measured beside the app and kept for its pages."""

from collections.abc import Sequence
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli_output import check_output
from explorer.cli_runs import Json, print_json, wait
from explorer.errors import BadInput
from explorer.numbers import printed

if TYPE_CHECKING:
    from explorer.lab.landscapes import Surface

KINDS = ("npz", "csv", "json", "html")


def landscape(
    models: Annotated[list[str], typer.Argument(help="trained networks: shipped models or runs' ids, from `explorer doctor`")],
    points: Annotated[int, typer.Option(help="points along each direction, an odd number")] = 21,
    span: Annotated[float, typer.Option(help="how far each way, in lengths of the network's own filters")] = 1.0,
    pictures: Annotated[int, typer.Option(min=1, help="validation pictures to measure the loss of")] = 500,
    dims: Annotated[int, typer.Option(help="1 for a line, 2 for a plane")] = 2,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="the same seed gives the same directions")] = 0,
    data: Annotated[str, typer.Option(help="other pictures than those of the model's own data: a data set, a folder or a zip")] = "",
    output: Annotated[Path | None, typer.Option("-o", "--output", help="a file ending in .npz, .csv, .json or .html")] = None,
    waits: Annotated[bool, typer.Option("--wait/--no-wait", help="come back once they are measured, or at once")] = True,
    as_json: Json = False,
) -> None:
    """Measure the loss around trained networks, in filter-normalised random directions (Li et al. 2018).

    What was measured before is not measured again. Interrupting the wait stops the measuring; it goes on from there when
    the command is given again.
    """
    from explorer.lab.landscape_files import as_dict
    from explorer.lab.landscapes import LAUNCHER, Asked, read_surface, start

    kind = check_output(output, KINDS)
    if output and not waits:
        raise BadInput("--output and --no-wait do not go together: there is nothing to write yet")
    runs = start([Asked(model, dims, points, span, pictures, data) for model in dict.fromkeys(models)], seed)
    if not waits:
        rows = [{"surface": run.id, "network": run.config.network} for run in runs]
        return print_json(rows) if as_json else print("\n".join(f"{row['surface']}  {row['network']}  started" for row in rows))
    try:
        ended = wait(runs)
    except KeyboardInterrupt:
        for run in runs:
            LAUNCHER.stop(run)
        raise
    for run, status in ended:
        if status.state != "finished":
            why = status.reason or "its points are kept, and it goes on when asked for again"
            raise BadInput(f"the surface {run.id} is {status.state}: {why}")
    surfaces = [read_surface(run) for run in runs]
    if output:
        _write(surfaces, output, kind)
    if as_json:
        print_json([as_dict(one) for one in surfaces])
    else:
        _print(surfaces)


def _write(surfaces: "Sequence[Surface]", output: Path, kind: str) -> None:
    from explorer.figures.landscape import landscape_page
    from explorer.lab.landscape_files import as_file

    output.write_bytes(landscape_page(surfaces) if kind == "html" else as_file(surfaces, kind))


def _print(surfaces: "Sequence[Surface]") -> None:
    """A line a network: its loss and error, and what is around it."""
    for one in surfaces:
        losses = [value for row in one.loss for value in row if value is not None]
        numbers = [value for value in losses if not isnan(value)]
        loss, error = one.centre
        centre = "its centre is not measured" if loss is None else f"loss {printed(loss)}, error {error:.1%} at the centre"
        around = f"from {printed(min(numbers))} to {printed(max(numbers))}" if numbers else "NaN"
        print(f"{one.asked.model:<28}{one.network:<32}{centre}; loss {around} at {len(losses):,} points, "
              f"reach {one.asked.span:g}, seed {one.seed}")  # fmt: skip
