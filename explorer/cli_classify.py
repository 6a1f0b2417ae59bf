"""`explorer classify`: what is in pictures, by one or several networks; of class folders also the error, and what is mistaken for what."""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli_output import check_output, printable, write_numbers
from explorer.cli_remarks import MOST_NAMED, refusals, say_assumed, say_notes
from explorer.cli_runs import Json, print_json, show_download
from explorer.errors import BadInput
from explorer.numbers import percent

if TYPE_CHECKING:
    from explorer.vision.confusion import Judgement
    from explorer.vision.loading import LoadedModel
    from explorer.vision.many import Answered, Batch, Phases
    from explorer.vision.sources import Refused, Source

KEPT = 5  # answers a picture at least, for the top-5 error
MOST_IN_A_TABLE = 20  # classes


def classify(
    paths: Annotated[list[Path], typer.Argument(help="pictures, folders of pictures, and zips of them")],
    model: Annotated[list[str], typer.Option(help="an id from `explorer models list`, or a weights file; several may be given")] = [],
    network: Annotated[str | None, typer.Option(help="the network of a weights file that does not say")] = None,
    normalize: Annotated[str | None, typer.Option(help="cifar, imagenet or mnist: the statistics it was trained with")] = None,
    crops: Annotated[str, typer.Option(help="single, ten (corners, centre, and mirrored) or scales (the paper's five)")] = "single",
    top: Annotated[int, typer.Option(min=1, help="how many classes")] = 5,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="write the answers to a file ending in .csv or .json")] = None,
    as_json: Json = False,
) -> None:
    """Name what is in pictures.

    What cannot be read is named at the end, with exit status 2; the others have their answers by then. Of pictures that lie in
    class folders the error is told too, and what was mistaken for what.
    """
    kind = check_output(output, ("csv", "json"))
    from explorer.vision.crops import KINDS
    from explorer.vision.many import Phases
    from explorer.vision.sources import sources_of

    if crops not in KINDS:
        raise BadInput(f"--crops is {', '.join(KINDS)}, not {crops}")
    if not model:
        from explorer.vision.models import usable_now

        raise BadInput(f"--model says which network is to look; usable now: {usable_now()}. `explorer models list` has all")
    models = _opened(model, network, normalize)
    sources, refused = sources_of(paths)
    rows, phases, began = [], Phases(), time.perf_counter()
    for batch in _answers(models, sources, crops, max(top, KEPT)):
        rows += batch.rows
        refused += batch.refused
        phases += batch.phases
        if not (as_json or output):
            _print(line for row in batch.rows for line in _lines(row, models, top))
        _show_progress(len(rows), len(sources))
    told = _told(models, rows, refused, crops, top, phases, time.perf_counter() - began)
    if output:
        write_numbers(output, kind, told, _table(rows, models, crops, top))
    if as_json and rows:
        print_json(told)
    elif rows:
        _print_summary(models, rows, phases, told, output)
    say_notes(rows)
    if refused:  # said once the other pictures have their answers
        raise BadInput(refusals(refused))


def _opened(names: Sequence[str], network: str | None, normalize: str | None) -> list["LoadedModel"]:
    """The models; of several, what is said of a weights file is not said of those that have an id."""
    from explorer.vision.models import open_model

    names = list(dict.fromkeys(names))
    told = {name: (network, normalize) if len(names) == 1 or Path(name).is_file() else (None, None) for name in names}
    opened = [open_model(name, network=told[name][0], normalize=told[name][1], progress=show_download) for name in names]
    for name, loaded in zip(names, opened, strict=True):
        say_assumed(loaded, told[name][1])
    return opened


def _answers(models: Sequence["LoadedModel"], sources: Sequence["Source"], crops: str, top: int) -> Iterator["Batch"]:
    from explorer.machine.device import use_one_thread
    from explorer.vision.many import answers
    from explorer.vision.many_crops import answers_by_crops

    use_one_thread()
    return answers(models, sources, top) if crops == "single" else answers_by_crops(models, sources, crops, top)


def _show_progress(done: int, of: int) -> None:
    if sys.stderr.isatty() and not sys.stdout.isatty():
        print(f"\r{done} of {of} pictures\033[K", end="\n" if done == of else "", file=sys.stderr, flush=True)


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(printable(line))


def _named(row: "Answered", models: Sequence["LoadedModel"], top: int) -> Iterator[tuple["LoadedModel", list[tuple[str, float]]]]:
    """Each model with its likeliest classes by name."""
    for loaded, answer in zip(models, row.answers, strict=True):
        pairs = zip(answer.classes[:top], answer.probabilities, strict=False)
        yield loaded, [(loaded.classes[place], probability) for place, probability in pairs]


def _lines(row: "Answered", models: Sequence["LoadedModel"], top: int) -> Iterator[str]:
    for loaded, classes in _named(row, models, top):
        yield f"{row.name}: {', '.join(f'{label} {percent(probability)}' for label, probability in classes)}   ({loaded.model.id})"


def _told(models: Sequence["LoadedModel"], rows: Sequence["Answered"], refused: Sequence["Refused"], crops: str, top: int,
          phases: "Phases", seconds: float) -> dict:
    """All that was found, for JSON."""
    pictures = [
        {"file": row.name, "label": row.label, "model": loaded.model.id,
         "notes": row.notes, "classes": [{"label": label, "probability": probability} for label, probability in classes]}
        for row in rows for loaded, classes in _named(row, models, top)
    ]  # fmt: skip
    judged = [_judged(one, loaded) for one, loaded in zip(_judgements(models, rows), models, strict=True)] if _labelled(rows) else []
    spent = {"decode": phases.decode, "prepare": phases.prepare, "network": phases.network}
    return {"crops": crops, "precision": _precision(models, crops), "pictures": pictures, "judged": judged,
            "refused": [{"name": one.name, "sentence": one.sentence} for one in refused], "seconds": seconds, "seconds_by_phase": spent,
            "pictures_per_second": len(rows) / seconds}  # fmt: skip


def _precision(models: Sequence["LoadedModel"], crops: str) -> dict[str, str]:
    """What each network computed in: single crops go through them in batches, as fast as the machine allows."""
    from explorer.vision.quick import precision

    return {loaded.model.id: precision(loaded) if crops == "single" else "float32" for loaded in models}


def _labelled(rows: Sequence["Answered"]) -> list["Answered"]:
    return [row for row in rows if row.label is not None]


def _judgements(models: Sequence["LoadedModel"], rows: Sequence["Answered"]) -> list["Judgement"]:
    from explorer.vision.confusion import Seen, judge, shared_meanings

    known = _labelled(rows)
    meant = shared_meanings({row.label for row in known}, [loaded.classes for loaded in models])
    return [judge([Seen(row.label, row.answers[place].classes) for row in known], loaded.classes, meant[place])
            for place, loaded in enumerate(models)]  # fmt: skip


def _judged(judgement: "Judgement", loaded: "LoadedModel") -> dict:
    cells = [{"class": loaded.classes[truth], "answer": loaded.classes[answer], "pictures": count}
             for (truth, answer), count in sorted(judgement.cells.items())]  # fmt: skip
    return {"model": loaded.model.id, "pictures": judgement.pictures, "wrong": judgement.wrong, "error": judgement.error,
            "standard_error": judgement.standard_error, "wrong_of_five": judgement.wrong_of_five, "confusion": cells,
            "unmatched_folders": list(judgement.unmatched)}  # fmt: skip


def _table(rows: Sequence["Answered"], models: Sequence["LoadedModel"], crops: str, top: int) -> Iterator[Sequence]:
    """The rows of the CSV, the first one their names: one for every picture and model."""
    width = min(top, max(len(loaded.classes) for loaded in models))
    yield ["file", "label", "model", "crops", *(f"{name} {rank}" for rank in range(1, width + 1) for name in ("class", "probability"))]
    for row in rows:
        for loaded, classes in _named(row, models, top):
            cells = [cell for pair in classes for cell in pair]
            yield [row.name, row.label, loaded.model.id, crops, *cells, *[None] * (2 * width - len(cells))]


def _print_summary(
    models: Sequence["LoadedModel"], rows: Sequence["Answered"], phases: "Phases", told: dict, output: Path | None
) -> None:
    if _labelled(rows):
        for loaded, judgement in zip(models, _judgements(models, rows), strict=True):
            _print(_judgement_lines(loaded, judgement))
    if output:
        print(f"the answers to {len(rows):,} pictures written to {output}")
    if len(rows) > 1:
        spent = f"{phases.decode:.1f} s decoding, {phases.prepare:.1f} s preparing, {phases.network:.1f} s in the network"
        seconds, pace = told["seconds"], told["pictures_per_second"]
        print(f"{len(rows):,} pictures in {seconds:.1f} s, {pace:.0f} a second ({spent}, added up over threads; "
              f"{_precision_words(told['precision'])})")  # fmt: skip


def _precision_words(by_model: Mapping[str, str]) -> str:
    """float32, or where they differ: float32: cifar10-residual-20; bfloat16: torchvision/resnet50."""
    kinds = list(dict.fromkeys(by_model.values()))
    if len(kinds) == 1:
        return kinds[0]
    return "; ".join(f"{kind}: {', '.join(name for name, one in by_model.items() if one == kind)}" for kind in kinds)


def _judgement_lines(loaded: "LoadedModel", judgement: "Judgement") -> Iterator[str]:
    name = loaded.model.id
    if not judgement.pictures:
        yield f"{name}: no folder has the name of one of its classes"
        return
    of_five = "" if judgement.wrong_of_five is None else f"; top-5 error {percent(judgement.wrong_of_five / judgement.pictures)}"
    off = judgement.standard_error
    spread = "" if off is None else f" +- {percent(off)} (standard error)"
    yield f"{name}: error {percent(judgement.error)}{spread}, {judgement.wrong:,} of {judgement.pictures:,} pictures{of_five}"
    if judgement.unmatched:
        more = f" and {len(judgement.unmatched) - MOST_NAMED} more" if len(judgement.unmatched) > MOST_NAMED else ""
        yield f"  folders that are called like none of its classes do not count: {', '.join(judgement.unmatched[:MOST_NAMED])}{more}"
    shown = sorted({place for cell in judgement.cells for place in cell})
    if len(shown) <= MOST_IN_A_TABLE:
        yield from _matrix(judgement, [loaded.classes[place] for place in shown], shown)
    else:
        for truth, answer, count in judgement.confusions[:MOST_NAMED]:
            yield f"  {count} x {loaded.classes[truth]} taken for {loaded.classes[answer]}"


def _matrix(judgement: "Judgement", names: Sequence[str], places: Sequence[int]) -> Iterator[str]:
    """The confusion matrix: a row for each class that is shown, a column for each that is answered."""
    width = max(len("class"), *map(len, names))
    heads = [name[:6] for name in names]
    yield "  " + "class".ljust(width) + "".join(f"{head:>8}" for head in heads) + "   (columns: answers)"
    for name, truth in zip(names, places, strict=True):
        counts = [judgement.cells.get((truth, answer), 0) for answer in places]
        yield "  " + name.ljust(width) + "".join(f"{count or '.':>8}" for count in counts)
