"""`explorer compare`: two or more networks held against the first, in words and numbers."""

from typing import Annotated

import typer

from explorer.anatomy.memory import LARGEST_BATCH, USUAL_BATCH
from explorer.cli_runs import Json, print_json
from explorer.errors import BadInput

LEAST, MOST = 2, 8


def compare(
    specs: Annotated[list[str], typer.Argument(help="two or more networks; the others are held against the first")],
    unit: Annotated[str, typer.Option(help="MACs, or FLOPs = 2 x MACs")] = "MACs",
    batch: Annotated[int, typer.Option(min=1, max=LARGEST_BATCH, help="images in the training step whose memory is told")] = USUAL_BATCH,
    as_json: Json = False,
) -> None:
    """Say what differs between networks: shortcuts, depth, channels, strides, costs."""
    from explorer.anatomy.diff import differences
    from explorer.anatomy.of import anatomy_of
    from explorer.anatomy.table import UNITS
    from explorer.networks.spec import parse_spec

    units = {name.lower(): name for name in UNITS}
    if unit.lower() not in units:
        raise BadInput(f"--unit is {' or '.join(UNITS)}, not {unit}")
    unit = units[unit.lower()]
    networks = [parse_spec(text) for text in specs]
    names = [spec.text for spec in networks]
    if len(set(names)) < LEAST:
        raise BadInput("compare needs two different networks, such as: explorer compare imagenet/plain-34 imagenet/basic-34")
    if len(networks) > MOST:
        raise BadInput(f"compare takes at most {MOST} networks, not {len(networks)}")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise BadInput(f"{twice} is named twice: leave one out")
    anatomies = [anatomy_of(spec) for spec in networks]
    found = [differences(anatomies[0], other, unit) for other in anatomies[1:]]
    totals = [_totals(anatomy, batch, unit) for anatomy in anatomies]
    if as_json:
        told = [{"network": anatomy.network, "sentences": list(one.sentences), "before": one.before, "after": one.after}
                for anatomy, one in zip(anatomies[1:], found)]
        print_json({"reference": anatomies[0].network, "networks": totals, "differences": told})
    else:
        print("\n\n".join([_table(totals), *map(_paragraph, [anatomies[0]] * len(found), anatomies[1:], found)]))


def _totals(anatomy, batch, unit):
    from explorer.anatomy.memory import memory_of
    from explorer.anatomy.table import UNITS
    from explorer.anatomy.ways import depth_of, shortcuts_of

    return {
        "network": anatomy.network,
        "title": anatomy.title,
        "depth": depth_of(anatomy),
        "shortcuts": len(shortcuts_of(anatomy)),
        "params": anatomy.params,
        unit.lower(): UNITS[unit] * anatomy.macs,
        "elementwise": anatomy.elementwise,
        "activation_bytes": anatomy.activation_bytes,
        "batch": batch,
        "peak_bytes": memory_of(anatomy, batch, "fp32", "momentum").peak,
    }


def _table(totals):
    """Names to the left, numbers to the right."""
    shown = [key for key in totals[0] if key != "title"]
    lines = [shown, *([f"{row[key]:,}" if isinstance(row[key], int) else row[key] for key in shown] for row in totals)]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("  ".join(cell.rjust(width) if place else cell.ljust(width) for place, (cell, width) in enumerate(zip(line, widths)))
                     for line in lines)


def _paragraph(reference, anatomy, difference):
    return "\n".join([f"{reference.network} -> {anatomy.network}", *(f"  {sentence}" for sentence in difference.sentences)])
