"""`explorer train`: networks side by side, in worker processes that outlive the command."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from explorer.cli_runs import Json, print_json, print_trained, show_download, wait
from explorer.errors import BadInput

if TYPE_CHECKING:
    from explorer.training.recipe import Recipe
    from explorer.training.start import Planned

LENGTHS = ("epochs", "steps", "seconds")


def train(
    specs: Annotated[list[str] | None, typer.Argument(help="networks to train side by side")] = None,
    preset: Annotated[str | None, typer.Option(help="a question of the Train page, such as degradation, in place of networks")] = None,
    dataset: Annotated[str | None, typer.Option(help="mnist-5k, cifar10, ..., or a folder or zip of class folders")] = None,
    epochs: Annotated[int | None, typer.Option(help="passes over the training images")] = None,
    steps: Annotated[int | None, typer.Option(help="optimiser steps in all; counts before --epochs")] = None,
    seconds: Annotated[float | None, typer.Option(help="time to train for; counts before --steps and --epochs")] = None,
    batch: Annotated[int | None, typer.Option(help="images a step")] = None,
    lr: Annotated[float | None, typer.Option(help="peak learning rate")] = None,
    momentum: Annotated[float | None, typer.Option(help="of SGD, from 0 to below 1")] = None,
    weight_decay: Annotated[float | None, typer.Option(help="the factor of the weights in their gradient, such as 1e-4")] = None,
    decay_norm: Annotated[bool | None, typer.Option(help="weight decay on normalisations and biases too, as in the paper")] = None,
    label_smoothing: Annotated[float | None, typer.Option(help="from 0 to below 1")] = None,
    clip: Annotated[float | None, typer.Option(help="the largest norm that the whole gradient may have")] = None,
    warmup_steps: Annotated[int | None, typer.Option(help="steps that lead up to the peak; 0 for none")] = None,
    warmup: Annotated[str | None, typer.Option(help="linear, or constant at a tenth of the peak")] = None,
    schedule: Annotated[str | None, typer.Option(help="cosine, steps or constant")] = None,
    augment: Annotated[str | None, typer.Option(help="none, crop, crop-flip or imagenet")] = None,
    precision: Annotated[str | None, typer.Option(help="auto, fp32 or bf16")] = None,
    probe_every: Annotated[int | None, typer.Option(help="steps from one look at the layers to the next; 0 for none")] = None,
    device: Annotated[str | None, typer.Option(help="auto, cpu, cuda or mps")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 1, help="the same seed gives the same initial weights and batches")] = 0,
    seeds: Annotated[int, typer.Option("--seeds", "--runs", min=1, max=100, help="runs of each network, with seeds counted up")] = 1,
    label: Annotated[str, typer.Option(help="what the runs are called beside their network's name")] = "",
    slots: Annotated[int | None, typer.Option(min=1, max=64, help="how many of these runs compute at a time")] = None,
    threads: Annotated[int | None, typer.Option(min=1, max=1024, help="CPU threads of each run; by default its share of the cores")] = None,
    waits: Annotated[bool, typer.Option("--wait/--no-wait", help="come back once the runs have ended, or at once")] = True,
    as_json: Json = False,
) -> None:
    """Train networks in worker processes and wait; interrupting the wait leaves the runs going."""
    given = locals()
    from explorer.runs.launcher import LocalLauncher
    from explorer.training.recipe import Recipe
    from explorer.training.start import start

    changes = {name: given[name] for name in Recipe.model_fields if given[name] is not None}
    if seed + seeds > 2**32:
        raise BadInput(f"seeds go up to {2**32 - 1}: {seeds} runs from seed {seed} would pass that")
    if bool(specs) == bool(preset):
        raise BadInput("say which networks to train, or --preset degradation (one of the two)")
    if preset and label:
        raise BadInput("the runs of a preset have labels of their own: leave out --label")
    counted = range(seed, seed + seeds)
    planned = _of_preset(preset, changes, counted) if preset else _of_networks(specs, changes, counted, label)
    if threads:
        os.environ["OMP_NUM_THREADS"] = str(threads)  # the workers inherit it
    _fetch({one.recipe.dataset for one in planned})
    runs = start(planned, preset=preset or "", launcher=LocalLauncher(slots))
    if waits:
        print_trained(wait(runs), as_json)
        if preset and not as_json:
            _print_answer(preset, runs)
    else:
        _print_started(runs, as_json)


def _of_preset(name: str, changes: dict, seeds: Iterable[int]) -> "list[Planned]":
    """A question's runs; the arms keep what they change themselves."""
    from explorer.training.presets import PRESETS, planned

    if name not in PRESETS:
        raise BadInput(f"there is no preset {name}; there is: {', '.join(PRESETS)}")
    preset = PRESETS[name]
    return planned(replace(preset, recipe=_changed(preset.recipe, changes)), seeds)


def _of_networks(specs: Sequence[str], changes: dict, seeds: Iterable[int], label: str) -> "list[Planned]":
    from explorer.training.recipe import Recipe
    from explorer.training.start import Planned

    recipe = _changed(Recipe(), changes)
    return [Planned(spec, recipe, seed, label) for seed in seeds for spec in specs]


def _changed(recipe: "Recipe", changes: dict) -> "Recipe":
    """The recipe with the changes; where they say how long a run is, what the recipe itself says of that is forgotten."""
    lengths = {"steps": None, "seconds": None} if any(name in changes for name in LENGTHS) else {}
    return recipe.variant(**lengths | changes)


def _fetch(datasets: Iterable[str]) -> None:
    from explorer.data.datasets import describe, fetch

    for name in datasets:
        if not describe(name).at_hand:
            fetch(name, show_download)


def _print_answer(name: str, runs: Sequence) -> None:
    """What these runs say to the question."""
    from explorer.training.answers import answer
    from explorer.training.evidence import outcome
    from explorer.training.presets import PRESETS

    found = answer(PRESETS[name], [outcome(run) for run in runs])
    print("\n".join(filter(None, (found.conclusion, found.headline, *found.sentences))))


def _print_started(runs: Sequence, as_json: bool) -> None:
    rows = [{"network": run.config.network, "label": run.config.label, "seed": run.config.seed, "run": run.id} for run in runs]
    if as_json:
        print_json(rows)
    else:
        for row in rows:
            print(f"{row['run']:<44}{row['network']:<36}seed {row['seed']}  started")
