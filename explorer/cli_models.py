"""`explorer models …`: which models there are, what is known of each, their downloads, and one's own weights files.

Imports no torch to list.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli_runs import Json, print_json, show_download
from explorer.errors import BadInput

if TYPE_CHECKING:
    from explorer.vision.cards import ModelCard
    from explorer.vision.model import Model

models_app = typer.Typer(help="The models that pictures can be shown to.", rich_markup_mode=None)
ModelId = Annotated[str, typer.Argument(help="a model's id, from `explorer models`")]


@models_app.callback(invoke_without_command=True)
def models(context: typer.Context, as_json: Json = False) -> None:
    """The models that pictures can be shown to; without a command, those that can be used now."""
    if context.invoked_subcommand is None:
        _print_list([model for model in _listed() if model.at_hand], as_json)
    elif as_json:
        raise BadInput("--json comes last: explorer models list --json")


@models_app.command("list")
def models_list(
    words: Annotated[list[str] | None, typer.Argument(help="words that the id or the title must have, such as cifar or resnet50")] = None,
    as_json: Json = False,
) -> None:
    """Every model, those that would be downloaded first included."""
    wanted = [word.lower() for word in words or ()]
    found = [model for model in _listed() if all(word in f"{model.id} {model.title}".lower() for word in wanted)]
    if not found:
        raise BadInput(f"no model is called {' '.join(words)}; explorer models list says which there are")
    _print_list(found, as_json)


@models_app.command("show")
def models_show(model: ModelId, as_json: Json = False) -> None:
    """A model's card: data, input, normalisation, classes, and errors with their sources."""
    from explorer.vision.cards import card
    from explorer.vision.models import find_model

    found = card(find_model(model))
    if as_json:
        print_json(_told(found))
        return
    about = found.model
    lines = {
        "id": about.id,
        "network": found.network,
        "data": found.data,
        "input": found.input,
        "normalisation": found.normalisation,
        "classes": f"{len(found.classes):,}: {', '.join(found.classes[:10])}{', …' if len(found.classes) > 10 else ''}",
        "parameters": "not known" if found.parameters is None else f"{found.parameters:,}",
        "file": f"{found.bytes / 1e6:,.1f} MB, {about.file if about.at_hand else 'not downloaded yet'}",
        "licence": found.licence,
        "from": found.address,
    }
    print(about.title)
    for name, value in lines.items():
        print(f"  {name:<15}{value}")
    for claim in found.errors:
        whose = "" if claim.same_weights else ", other weights"
        print(f"  {'error':<15}{claim.error} on {claim.on} ({claim.kind}{whose}: {claim.source})")
    for note in found.notes:
        print(f"  {note}")


@models_app.command("fetch")
def models_fetch(models: Annotated[list[str], typer.Argument(help="ids, from `explorer models list`")], as_json: Json = False) -> None:
    """Download weights, each checked against its checksum; what an interrupted download has left is taken up."""
    from explorer.vision.models import fetch, find_model

    done, problems = [], []
    for model in [find_model(name) for name in dict.fromkeys(models)]:
        try:
            fetch(model, show_download)
        except BadInput as problem:
            problems.append(str(problem))
            continue
        done.append({"id": model.id, "file": str(model.file), "bytes": model.file.stat().st_size, "downloaded": not model.at_hand})
    if as_json and done:
        print_json(done)
    for row in done if not as_json else ():
        print(f"{row['id']}: {row['bytes'] / 1e6:,.1f} MB in {row['file']}" + ("" if row["downloaded"] else " (was there)"))
    if problems:  # said once the others are there
        raise BadInput(" ".join(problems))


@models_app.command("add")
def models_add(
    file: Annotated[Path, typer.Argument(help="a .safetensors, .pt, .pth or .th file with a state_dict")],
    network: Annotated[str, typer.Option(help="what it is for, such as cifar/basic-20, where the file does not say")] = "",
    normalize: Annotated[str | None, typer.Option(help="cifar, imagenet or mnist: the statistics it was trained with")] = None,
    classes: Annotated[str, typer.Option(help="the names of the classes in order, with commas between, or a text file of them")] = "",
    name: Annotated[str, typer.Option(help="what to call it, in place of the file's name")] = "",
    as_json: Json = False,
) -> None:
    """Bring in weights of your own, to be used like the other models."""
    from explorer.vision.own import bring_in, class_names_in

    names = Path(classes)
    text = names.read_text(encoding="utf-8", errors="replace") if classes.endswith(".txt") and names.is_file() else classes
    if not file.is_file():
        raise BadInput(f"there is no file {file}")
    with file.open("rb") as data:
        model = bring_in(data, file.name, network, normalize, class_names_in(text), name)
    _print_list([model], as_json)


@models_app.command("remove")
def models_remove(model: ModelId, as_json: Json = False) -> None:
    """Delete weights of your own that were brought in."""
    from explorer.vision.own import remove

    remove(model)
    if as_json:
        print_json({"removed": model})
    else:
        print(f"{model} removed")


def _listed() -> list["Model"]:
    from explorer.vision.models import list_models

    return list_models()


def _print_list(models: Sequence["Model"], as_json: bool) -> None:
    if as_json:
        print_json([_row(model) for model in models])
        return
    width = max((len(model.id) for model in models), default=0) + 2
    for model in models:
        print(f"{model.id:<{width}}{model.title}{f'; error {model.error}' if model.error else ''}")


def _row(model: "Model") -> dict:
    return {
        "id": model.id,
        "title": model.title,
        "kind": model.kind,
        "network": model.spec.text,
        "at_hand": model.at_hand,
        "error": model.error,
        "download": None if model.download is None or model.at_hand else {"url": model.download.url, "bytes": model.download.bytes},
    }


def _told(found: "ModelCard") -> dict:
    """A card as JSON: the image's preparation in numbers too."""
    preparation = found.preparation
    return _row(found.model) | {
        "data": found.data,
        "input": found.input,
        "preparation": {
            "size": preparation.size, "shorter": preparation.shorter, "channels": preparation.channels, "digits": preparation.digits,
            "interpolation": preparation.resample.name.lower(), "mean": preparation.mean, "std": preparation.std,
        },
        "normalisation": found.normalisation,
        "classes": found.classes,
        "parameters": found.parameters,
        "bytes": found.bytes,
        "errors": [vars(claim) for claim in found.errors],
        "licence": found.licence,
        "address": found.address,
        "notes": found.notes,
    }  # fmt: skip
