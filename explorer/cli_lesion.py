"""`explorer lesion`: a trained network with blocks removed or exchanged, judged by pictures that it was not trained on."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli_output import check_output, write_numbers
from explorer.cli_runs import Json, print_json, show_download
from explorer.errors import BadInput
from explorer.numbers import printed

if TYPE_CHECKING:
    from explorer.lab.lesions import Judged
    from explorer.lab.trained import Validation
    from explorer.signals.lesions import Lesion
    from explorer.vision.loading import LoadedModel

COLUMNS = ("model", "network", "dataset", "pictures", "removed", "swapped", "error", "loss", "undecided")


def lesion(
    model: Annotated[str, typer.Argument(help="a shipped model such as mnist-residual-20, a run, or a weights file")],
    remove: Annotated[list[str], typer.Option(help="a block to remove, such as layer1.1; may be given several times")] = [],
    swap: Annotated[tuple[str, str] | None, typer.Option(help="two blocks of one shape that change places", metavar="BLOCK BLOCK")] = None,
    each: Annotated[bool, typer.Option("--each", help="remove each block in turn")] = False,
    data: Annotated[str | None, typer.Option(help="pictures to judge by, a data set, folder or zip; by default its own")] = None,
    pictures: Annotated[int, typer.Option(min=1, help="how many validation pictures, chosen by chance but always the same ones")] = 500,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="write the numbers to a file ending in .csv or .json")] = None,
    as_json: Json = False,
) -> None:
    """Remove blocks of a trained network, or let two change places, and tell its validation error.

    Of a residual block its shortcut is left, of a highway layer its carry path, of a plain block nothing; where a plain block
    changes the signal's shape, the parameter-free shortcut A stands in.
    """
    kind = check_output(output, ("csv", "json"))
    from explorer.signals.lesions import Lesion

    loaded, shown, found = _measured(model, Lesion(tuple(dict.fromkeys(remove)), (swap,) if swap else ()), each, data, pictures)
    head = {"model": loaded.model.id, "network": loaded.model.spec.text, "dataset": shown.title, "pictures": len(shown.labels)}
    told = head | {"intact": _numbers(found[0][1]), "lesions": [_told(one) | _numbers(judged) for one, judged in found[1:]]}
    if output:
        write_numbers(output, kind, told, [COLUMNS, *(_row(head, one, judged) for one, judged in found)])
    if as_json:
        print_json(told)
    elif output:
        print(f"{len(found) - 1} lesions of {loaded.model.title} written to {output}")
    else:
        print(f"{loaded.model.title}: {len(shown.labels):,} of the {shown.of:,} validation pictures of {shown.title}")
        print("\n".join(_lines(found)))


def _measured(
    model: str, asked: "Lesion", each: bool, data: str | None, pictures: int
) -> tuple["LoadedModel", "Validation", list[tuple["Lesion", "Judged"]]]:
    """The network, its pictures, and it as trained, with what is asked for, and without each block. Raises BadInput."""
    from explorer.data.datasets import settled
    from explorer.lab.lesions import examine, one_at_a_time
    from explorer.lab.trained import dataset_of, validation
    from explorer.networks.spec import NetworkSpec
    from explorer.signals.lesions import OWN_ONLY, Lesion, blocks_of, lesioned
    from explorer.vision.models import find_model, open_model

    if not isinstance(find_model(model).spec, NetworkSpec):
        raise BadInput(OWN_ONLY)
    loaded = open_model(model, progress=show_download)
    lesioned(loaded.net, asked)  # what cannot be is said before any picture is read
    shown = validation(loaded, settled(data) if data else dataset_of(loaded.model), pictures)
    lesions = [Lesion(), *([asked] if asked else []), *(one_at_a_time(blocks_of(loaded.net)) if each else [])]
    examination = examine(loaded, shown)
    return loaded, shown, [(one, examination.judge(one)) for one in lesions]


def _numbers(judged: "Judged") -> dict:
    return {"error": judged.error, "loss": judged.loss, "undecided": judged.undecided}


def _told(one: "Lesion") -> dict:
    return {"removed": list(one.removed), "swapped": [list(pair) for pair in one.swapped]}


def _lines(found: Sequence[tuple["Lesion", "Judged"]]) -> list[str]:
    words = [_words(one) for one, _ in found]
    width = max(map(len, words))
    lines = []
    for text, (_, judged) in zip(words, found, strict=True):
        undecided = f"   {judged.undecided} outputs not finite" if judged.undecided else ""
        lines.append(f"  {text:<{width}}  error {judged.error:6.1%}  loss {printed(judged.loss)}{undecided}")
    return lines


def _words(one: "Lesion") -> str:
    parts = [f"without {', '.join(one.removed)}"] if one.removed else []
    parts += [f"{first} and {second} exchanged" for first, second in one.swapped]
    return "; ".join(parts) or "as trained"


def _row(head: dict, one: "Lesion", judged: "Judged") -> list:
    return [*head.values(), " ".join(one.removed), " ".join(map("~".join, one.swapped)), *_numbers(judged).values()]
