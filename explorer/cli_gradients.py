"""`explorer gradients`: how signals pass through fresh networks, and gradients back, at initialisation and after some steps."""

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli_output import check_output, write_numbers
from explorer.cli_runs import Json, print_json
from explorer.errors import BadInput
from explorer.lab.quantities import OWNERS, QUANTITIES, parts_of
from explorer.numbers import printed

if TYPE_CHECKING:
    from explorer.signals.flow import FlowResult

ALL = "all"
MOST_STEP = 1000
KEYS = {"weights": ("name", "kind"), "activations": ("name", "kind"), "edges": ("source", "target")}
COLUMNS = ("network", "seed", "data", "batch", "lr", "step", "loss", "quantity", "layer", "kind", "target", "value")


def gradients(
    specs: Annotated[list[str], typer.Argument(help="one or more networks, such as cifar/plain-56 cifar/basic-56")],
    steps: Annotated[str, typer.Option(help="after how many optimiser steps to measure, such as 0,1,2,5,10")] = "0",
    quantity: Annotated[str, typer.Option(help=f"{', '.join(QUANTITIES)} or {ALL}; several with commas")] = "weight",
    data: Annotated[str, typer.Option(help="digits, or noise of mean 0 and deviation 1 with random labels")] = "digits",
    batch: Annotated[int | None, typer.Option(min=2, max=4096, help="pictures in the batch: 64, or 8 above 64 pixels, if not said")] = None,
    lr: Annotated[float, typer.Option(min=0, max=1000, help="learning rate of the steps, with momentum 0.9")] = 0.05,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="the same seed gives the same initial weights and batches")] = 0,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="write all numbers to a file ending in .csv or .json")] = None,
    as_json: Json = False,
) -> None:
    """Measure gradients and activations of every layer of fresh networks, at initialisation or after some steps.

    weight is the L2 norm of each weight's gradient, root the same per root of its size; signal the norm of the gradient of each ReLU's
    result, mean, std and dead that result's mean, deviation and share of dead channels; edge the gradient along each edge.
    """
    at, wanted = _steps(steps), _quantities(quantity)
    kind = check_output(output, ("csv", "json"))
    from explorer.anatomy.of import anatomy_of
    from explorer.lab.fresh import check_memory, fresh_flow, usual_batch
    from explorer.networks.spec import parse_spec

    networks = [(spec, batch or usual_batch(spec)) for spec in map(parse_spec, specs)]
    for spec, pictures in networks:
        check_memory(anatomy_of(spec), pictures, at[-1])
    found = []
    for spec, pictures in networks:
        *_, flow = fresh_flow(spec, data=data, seed=seed, steps=at, batch=pictures, lr=lr)
        found.append(({"network": flow.network, "seed": seed, "data": data, "batch": pictures, "lr": lr}, flow))
        if not as_json and not output:
            print("\n".join(_lines(*found[-1], wanted)), flush=True)
    told = [_told(*one, wanted) for one in found]
    if output:
        rows = (row for about, flow in found for row in _table(about, flow, wanted))
        write_numbers(output, kind, told, chain([COLUMNS], rows))
        if not as_json:
            print(f"{', '.join(wanted)} of {len(found)} network{'s' if len(found) > 1 else ''} written to {output}")
    if as_json:
        print_json(told[0] if len(told) == 1 else told)


def _steps(text: str) -> tuple[int, ...]:
    """Each once, in order. Raises BadInput."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdecimal() and int(part) <= MOST_STEP for part in parts):
        raise BadInput(f"--steps are whole numbers from 0 to {MOST_STEP:,} with commas between them, such as 0,1,2,5,10, not {text[:60]}")
    return tuple(sorted({int(part) for part in parts}))


def _quantities(text: str) -> list[str]:
    """Raises BadInput for one that there is not."""
    asked = list(dict.fromkeys(part.strip() for part in text.split(",")))
    unknown = next((name for name in asked if name not in (*QUANTITIES, ALL)), None)
    if unknown is not None:
        raise BadInput(f"--quantity is {', '.join(QUANTITIES)} or {ALL}, not {unknown[:60] or 'nothing'}")
    return list(QUANTITIES) if ALL in asked else asked


def _rows(flow: "FlowResult", owner: str, wanted: list[str]) -> list[dict]:
    """For each of the owner's parts its names and, by quantity, its value at every step."""
    parts = parts_of(flow, owner)
    columns = {name: list(zip(*(QUANTITIES[name].values(flow, step) for step in flow.steps))) for name in wanted}
    return [dict(zip(KEYS[owner], part)) | {name: list(column[i]) for name, column in columns.items()} for i, part in enumerate(parts)]


def _told(about: dict, flow: "FlowResult", wanted: list[str]) -> dict:
    """For JSON: what was measured how, and under layers, activations and edges a list of values by step for each quantity."""
    found = about | {"steps": [step.step for step in flow.steps], "loss": [step.loss for step in flow.steps]}
    for owner in OWNERS:
        if names := [name for name in wanted if QUANTITIES[name].of == owner]:
            found["layers" if owner == "weights" else owner] = _rows(flow, owner, names)
    return found


def _lines(about: dict, flow: "FlowResult", wanted: list[str]) -> list[str]:
    """A table for each quantity: a line for each layer or edge, a column for each step."""
    lines = []
    for name in wanted:
        rows = _rows(flow, QUANTITIES[name].of, [name])
        labels = _labels(parts_of(flow, QUANTITIES[name].of), " -> " if QUANTITIES[name].of == "edges" else "  ")
        width = max(map(len, [*labels, "loss"]))
        table = [("", [f"step {step.step}" for step in flow.steps]), ("loss", [printed(step.loss) for step in flow.steps]),
                 *((label, [printed(value) for value in row[name]]) for label, row in zip(labels, rows))]  # fmt: skip
        how = f"seed {about['seed']}, batches of {about['batch']} ({about['data']})"
        lines += [f"{flow.network}, {how}: {QUANTITIES[name].label}"]
        lines += [f"  {label:<{width}}" + "".join(f"{cell:>12}" for cell in cells) for label, cells in table]
    return lines


def _labels(parts: tuple[tuple[str, str], ...], between: str) -> list[str]:
    width = max((len(first) for first, _ in parts), default=0)
    return [f"{first:<{width}}{between}{second}" for first, second in parts]


def _table(about: dict, flow: "FlowResult", wanted: list[str]):
    """A row for each number. In the CSV an edge is from `layer` to `target`."""
    for step in flow.steps:
        for name in wanted:
            quantity = QUANTITIES[name]
            for (layer, other), value in zip(parts_of(flow, quantity.of), quantity.values(flow, step)):
                kind, target = ("", other) if quantity.of == "edges" else (other, "")
                yield [*about.values(), step.step, step.loss, name, layer, kind, target, value]
