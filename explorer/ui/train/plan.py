"""What is about to be trained, before it starts: the learning rate over the run, how many steps, about how long."""

from collections.abc import Mapping, Sequence
from math import ceil
from statistics import median

import streamlit as st

from explorer.data.datasets import DatasetInfo
from explorer.figures.learning_rate import learning_rate_curves
from explorer.runs.folder import list_runs
from explorer.runs.status import State, read_status
from explorer.training.recipe import Recipe, total_steps
from explorer.ui.components.chart import chart
from explorer.ui.format import count, duration

CURVE_HEIGHT = 260
GUESSED_STEPS = 1_000  # for which the curve of a time budget is drawn
LATEST = 200  # as many runs are asked how fast they were
REMEMBERED_SECONDS = 60


def show_learning_rate(recipe: Recipe, info: DatasetInfo, others: Mapping[str, Recipe] | None = None) -> None:
    """The learning rate over the run, with how many steps and epochs it has. `others` are recipes of the same length, by name."""
    per_epoch = steps_per_epoch(recipe, info)
    steps = total_steps(recipe, per_epoch)
    figure = learning_rate_curves(others or {"learning rate": recipe}, per_epoch, steps or GUESSED_STEPS, share=steps is None)
    chart(figure, "train-learning-rate", height=CURVE_HEIGHT, log_toggle=True, filename="learning-rate", view=str(steps))
    st.caption(length_words(recipe, per_epoch))


def steps_per_epoch(recipe: Recipe, info: DatasetInfo) -> int:
    """Full batches only, as in training."""
    return max(1, info.train // recipe.batch)


def length_words(recipe: Recipe, per_epoch: int) -> str:
    """How long a run is: 248 steps of 64 pictures, 4 epochs of 62 steps."""
    steps = total_steps(recipe, per_epoch)
    if steps is None:
        return (f"{duration(recipe.seconds)} of training for each run; how many steps that is, the machine decides. An epoch has "
                f"{count(per_epoch)}. The warm-up is drawn as if there were {count(GUESSED_STEPS)}.")
    epochs = steps / per_epoch
    whole = f"{epochs:,.0f}" if epochs.is_integer() else f"{epochs:,.1f}"
    return f"{_many(count(steps), 'step')} of {count(recipe.batch)} pictures: {_many(whole, 'epoch')} of {_many(count(per_epoch), 'step')}."


def time_words(recipe: Recipe, info: DatasetInfo, networks: Sequence[str], seeds: int, at_a_time: int) -> str:
    """About how long all runs will take, and by what that is known."""
    runs = len(networks) * seeds
    if recipe.seconds:
        return f"About {duration(ceil(runs / at_a_time) * recipe.seconds)} in all, without starting and validating."
    speeds = _speeds(recipe.device)
    known = [speeds[network] for network in networks if network in speeds]
    if len(known) < len(networks):
        unknown = len(networks) - len(known)
        which = f"{unknown} of these networks have" if unknown > 1 else "one of these networks has"
        return f"No estimate of the time: {which} not been trained on this machine yet." if len(networks) > 1 else \
            "No estimate of the time: this network has not been trained on this machine yet."
    pictures = (total_steps(recipe, steps_per_epoch(recipe, info)) or 0) * recipe.batch
    each = [pictures / speed for speed in known]
    return f"About {duration(max(max(each), sum(each) * seeds / min(runs, at_a_time)))} in all, by earlier runs of these networks here."


def _many(number: str, what: str) -> str:
    return f"{number} {what}" if number == "1" else f"{number} {what}s"


@st.cache_data(show_spinner=False, ttl=REMEMBERED_SECONDS)
def _speeds(device: str) -> Mapping[str, float]:
    """Pictures a second, validation and start included, of each network that has been trained here to its end."""
    found: dict[str, list[float]] = {}
    for run in list_runs()[:LATEST]:
        if run.config is None or run.config.recipe.get("device", "auto") != device:
            continue
        status = read_status(run)
        if status.state == State.FINISHED and status.step and status.elapsed:
            found.setdefault(run.config.network, []).append(status.step * run.config.recipe.get("batch", 0) / status.elapsed)
    return {network: median(speeds) for network, speeds in found.items() if median(speeds) > 0}
