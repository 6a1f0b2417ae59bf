"""A run's weights to give away, with a card that says what they are. Every number is the run's own. Imports no torch."""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from explorer.data.datasets import describe
from explorer.data.errors import DataError
from explorer.networks.metadata import parameter_count, read_metadata
from explorer.networks.spec import parse_spec
from explorer.runs.errors import RunError
from explorer.runs.public import is_path, public_name, public_recipe
from explorer.runs.run import FINAL_WEIGHTS, Run
from explorer.runs.status import Status, read_status
from explorer.training.recipe import read_recipe
from explorer.training.recipe_words import in_words
from explorer.training.repeat import command_of

CARD = "README.md"  # where Hugging Face and others look for a model's card


def model_files(runs: Sequence[Run]) -> Iterator[tuple[str, bytes]]:
    """The final weights of each run with their card, in a folder of its own. Raises RunError for a run that has none."""
    for run in runs:
        card = model_card(run)
        try:
            weights = (run.folder / FINAL_WEIGHTS).read_bytes()
        except OSError as error:
            raise RunError(f"The weights of {run.id} could not be read: {error.strerror or error}.") from error
        yield f"{run.id}/{CARD}", card.encode()
        yield f"{run.id}/{Path(FINAL_WEIGHTS).name}", weights


def has_weights(run: Run) -> bool:
    """Whether the run has come to its end and left its weights."""
    return run.config is not None and (run.folder / FINAL_WEIGHTS).is_file()


def model_card(run: Run) -> str:
    """The card of a run's final weights, in Markdown with a head that Hugging Face reads.

    Raises RunError for a run without final weights, RecipeError or SpecError for one whose description is damaged.
    """
    status = read_status(run)
    if not has_weights(run):
        raise RunError(f"The run {run.id} is {status.state} and has no final weights: only a run that came to its end has.")
    spec, recipe = parse_spec(run.config.network), read_recipe(run.config.recipe)
    weights = run.folder / FINAL_WEIGHTS
    told = read_metadata(weights)
    dataset = public_name(recipe.dataset)
    sections = {
        "Network": f"`{spec.text}`: {spec.title}, {parameter_count(weights):,} parameters.",
        "Input": _input(spec, told),
        "Classes": ", ".join(_list(told.get("classes"))) or "not recorded",
        "Data": _data(run, recipe.dataset),
        "Errors": _errors(status),
        "Recipe": f"{in_words(recipe.variant(dataset=dataset))}\n\n```json\n{json.dumps(public_recipe(run.config.recipe), indent=1, ensure_ascii=False)}\n```",
        "Made": _made(run, status),
        "Repeat it": f"```sh\n{command_of(run.config, recipe.variant(dataset=dataset), status)}\n```",
        "Load it": _load(spec),
    }
    head = "\n".join(["---", "library_name: pytorch", "pipeline_tag: image-classification", "tags:", "- residual-explorer",
                      f"- {spec.family}", "datasets:", f"- {json.dumps(dataset, ensure_ascii=False)}", "---"])  # fmt: skip
    body = "\n\n".join(f"## {title}\n\n{text}" for title, text in sections.items())
    return f"{head}\n\n# {spec.title} trained on {run.config.data.get('title') or dataset}\n\n{body}\n"


def _input(spec, told: Mapping[str, str]) -> str:
    sentence = f"Images of {spec.input} x {spec.input} pixels, {spec.channels} channel{'s' if spec.channels > 1 else ''}, from 0 to 1"
    mean, std = (", ".join(f"{value:.4f}" for value in _list(told.get(key))) for key in ("mean", "std"))
    return f"{sentence}, less the mean ({mean}) over the standard deviation ({std}), channel by channel." if mean and std else f"{sentence}."


def _data(run: Run, dataset: str) -> str:
    about = run.config.data
    parts = [str(about.get("title") or public_name(dataset))]
    if "train" in about and "val" in about:
        parts.append(f"{about['train']:,} images to train on, {about['val']:,} to validate on")
    sentence = ": ".join(parts) + "."
    if is_path(dataset):
        return f"{sentence} A folder or zip of the trainer's own; its source and licence are not known to this program."
    try:
        info = describe(dataset)
    except DataError:
        return sentence
    return " ".join([sentence, *(f"{title}: {text.rstrip('.')}." for title, text in (("Source", info.source), ("Licence", info.licence)) if text)])


def _errors(status: Status) -> str:
    latest, best = status.latest, status.best
    rows = [
        (f"training, over {_counted(status.epoch)}", latest.get("train_error")),
        ("validation, of these weights", latest.get("val_error")),
        (f"validation, the best of the run{_when(best)}", best.get("val_error")),
    ]
    table = "\n".join(f"| {name} | {_percent(value)} |" for name, value in rows)
    return f"| error | measured in this run |\n|---|---:|\n{table}\n\nOne run: another seed gives other figures."


def _counted(epoch: float | None) -> str:
    """What the last training error is over, of a training that ended after so many epochs: see `Trainer.begins_count`."""
    if epoch is None or epoch == int(epoch):
        return "the last epoch"
    return "the last whole epoch and the steps after it" if epoch > 1 else "all steps, less than an epoch"


def _when(best: Mapping) -> str:
    return f", at step {best['step']:,}" if isinstance(best.get("step"), int) else ""


def _made(run: Run, status: Status) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(run.config.versions.items()))
    where = f"{status.device or 'a device that was not recorded'}" + (f", {status.threads} thread{'s' if status.threads > 1 else ''}" if status.threads else "")
    lines = [
        f"- Run `{run.id}`, seed {run.config.seed}, {status.step or 0:,} steps",
        f"- Begun {_date(status.started or run.config.created)}" + (f", ended {_date(status.ended)}" if status.ended else ""),
        f"- Device: {where}",
        f"- Versions: {versions or 'not recorded'}",
    ]
    return "\n".join(lines)


def _load(spec) -> str:
    return f"""With [PyTorch](https://pytorch.org) alone, through the network as one Python file:

```sh
explorer export '{spec.text}' -o net.py
```

```python
import torch
from net import load, network

net = network()
load(net, "{Path(FINAL_WEIGHTS).name}")
net.eval()
scores = net(torch.zeros(1, {spec.channels}, {spec.input}, {spec.input}))  # normalised images in, one score a class out
```

Or with Residual Explorer itself: `explorer classify PICTURE --model {Path(FINAL_WEIGHTS).name}`."""


def _list(text: str | None) -> list:
    try:
        found = json.loads(text or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []


def _percent(fraction: float | None) -> str:
    return "not measured" if fraction is None else f"{100 * fraction:.2f}%"


def _date(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds))
