"""`explorer summary`: a network's layers, costs and memory, as text or in a file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from explorer.anatomy.memory import USUAL_BATCH
from explorer.cli_runs import Json, print_json
from explorer.errors import BadInput


class Format(StrEnum):
    """What `explorer summary` can write."""

    text = "text"
    csv = "csv"
    markdown = "markdown"
    parquet = "parquet"
    torchinfo = "torchinfo"


_SUFFIXES = {".txt": Format.text, ".csv": Format.csv, ".md": Format.markdown, ".parquet": Format.parquet}


def summary(
    spec: Annotated[str, typer.Argument(help="a network, such as cifar/basic-56 or torchvision/swin_t")],
    unit: Annotated[str, typer.Option(help="MACs, or FLOPs = 2 x MACs")] = "MACs",
    form: Annotated[Format | None, typer.Option("--format", help="by default what the file's name says, else text")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="short for --format csv")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="a file to write instead of printing")] = None,
    by: Annotated[str | None, typer.Option(help="subtotals by stage, block or kind instead of layers")] = None,
    batch: Annotated[int, typer.Option(help="images in a batch, for the memory")] = USUAL_BATCH,
    precision: Annotated[str, typer.Option(help="fp32 or bf16 (autocast), for the memory")] = "fp32",
    optimiser: Annotated[str, typer.Option(help="none (inference), sgd, momentum or adam, for the memory")] = "momentum",
    as_json: Json = False,
) -> None:
    """Print every layer of a network with its shape, parameters and cost, and the memory that it takes."""
    from explorer.anatomy import summary as texts
    from explorer.anatomy import table
    from explorer.anatomy.memory import memory_of
    from explorer.anatomy.of import anatomy_of
    from explorer.networks.spec import parse_spec

    unit = _one_of("--unit", unit, table.UNITS)
    by = by and _one_of("--by", by, table.GROUPINGS)
    if as_json and not output and (csv or form):
        raise BadInput(f"--json and {'--csv' if csv else f'--format {form}'} contradict each other: leave one out, or write to a file with -o")
    form = _format(form, csv, output)
    if form == Format.torchinfo and (by or unit != "MACs"):
        raise BadInput("torchinfo's text is as torchinfo makes it, with its own unit: leave out --by and --unit")
    network = parse_spec(spec)
    anatomy = anatomy_of(network)
    memory = memory_of(anatomy, batch, precision, optimiser)
    if as_json and not output:
        found = texts.summary_json(anatomy, memory)
        print_json(found | {"subtotals": table.subtotals(anatomy, unit, by)} if by else found)
        return
    rows = table.subtotals(anatomy, unit, by) if by else None
    if form == Format.torchinfo:
        from explorer.anatomy.torchinfo_text import torchinfo_text

        data = torchinfo_text(network)
    elif form == Format.text:
        layers = texts.subtotals_text(rows) if rows else texts.summary_text(anatomy, unit)
        data = f"{layers}\n\n{texts.memory_text(memory)}\n"
    else:
        data = _table(rows or table.rows(anatomy, unit), form, {"network": network.text, "counted": table.counted(anatomy, unit)})
    _deliver(data, output, network, as_json)


def _one_of(option, value, known):
    """The known word that `value` is but for capitals."""
    found = next((word for word in known if word.lower() == value.lower()), None)
    if found is None:
        raise BadInput(f"{option} is {', '.join(known)}, not {value}")
    return found


def _format(form, csv, output):
    """The format that was asked for, by an option or by the file's name."""
    if csv and form not in (None, Format.csv):
        raise BadInput(f"--csv and --format {form} contradict each other: leave one out")
    if csv or form:
        form = form or Format.csv
    elif output is None:
        form = Format.text
    elif output.suffix.lower() in _SUFFIXES:
        form = _SUFFIXES[output.suffix.lower()]
    else:
        raise BadInput(f"{output.name} does not say what to write: end it in {', '.join(_SUFFIXES)}, or give --format")
    if form == Format.parquet and output is None:
        raise BadInput("Parquet is not for a terminal: say where to write it with -o FILE.parquet")
    return form


def _table(rows, form, notes) -> str | bytes:
    from explorer.anatomy.table_formats import to_csv, to_markdown, to_parquet

    if form == Format.parquet:
        return to_parquet(rows, notes)
    return to_csv(rows) if form == Format.csv else to_markdown(rows)


def _deliver(data, output, network, as_json):
    """Into the file, with a line that says so, or to the terminal."""
    if output is None:
        print(data, end="")
        return
    data = data if isinstance(data, bytes) else data.encode()
    output.write_bytes(data)
    if as_json:
        print_json({"network": network.text, "file": str(output), "bytes": len(data)})
    else:
        print(f"{network.title} written to {output}")
