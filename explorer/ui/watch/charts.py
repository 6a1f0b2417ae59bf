"""The live charts of some runs: error, loss, learning rate, the signals of their layers, the machine's load."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.errors import BadInput
from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.curves import error_curves, loss_curves, rate_curves
from explorer.figures.layer_charts import QUANTITIES, layer_heatmaps, layer_profile
from explorer.figures.load import load_chart
from explorer.figures.series import LayerValues, RunCurves
from explorer.runs.series import LayerSeries
from explorer.ui.components.chart import drawing, show_drawing
from explorer.ui.watch.labels import Subject
from explorer.ui.watch.layers import layer_values
from explorer.ui.watch.sessions import Seen, Watched
from explorer.ui.watch.settings import WatchSettings, keep_log_axes, log_axes
from explorer.ui.watch.targets import targets_table

CURVE_HEIGHT = 400
PROFILE_HEIGHT = 480
PANELS_HEIGHT = 240  # a row of two heatmaps
LAYERS_AGE = 2  # heatmaps are most of what is drawn, and change least: every second tick is often enough
ONE_SEED = "; of several seeds the first one that was measured, named here"
FAMILIES = list(FAMILY_COLOURS)
CURVES = {"error": error_curves, "loss": loss_curves, "rate": rate_curves}


@dataclass(frozen=True)
class Watch:
    """What is shown of which runs, to one session: `seen` is shared by all, and nothing in it older than `age` seconds."""

    subjects: Sequence[Subject]
    seen: Watched
    settings: WatchSettings
    age: float
    key: str = "train"

    @property
    def view(self) -> str:
        return ",".join(one.run.id for one in self.subjects)


def show_charts(watch: Watch) -> None:
    """Draw the charts that are asked for; what their readers did to them is kept under the watch's key."""
    shown = watch.settings.charts
    if "curves" in shown:
        left, right = st.columns(2, gap="medium")
        with left:
            _curves(watch, "error")
        with right:
            _curves(watch, "loss")
    if "target" in shown:
        _targets(watch)
    if "layers" in shown:
        _layers(watch)
    small = [name for name in ("rate", "load") if name in shown]
    for place, name in zip(st.columns(2, gap="medium") if small else (), small):
        with place:
            _curves(watch, "rate") if name == "rate" else _load(watch)


def in_order(subjects: Sequence[Subject]) -> list[Subject]:
    """The shallow before the deep, plain before residual."""
    return sorted(subjects, key=lambda one: (one.depth, FAMILIES.index(one.family), one.label))


def _curves(watch: Watch, name: str) -> None:
    seen = watch.seen.rows(watch.age)
    key, axes = f"{watch.key}-{name}", log_axes().get(name, "")
    view = watch.settings.curves(axes)
    # Another x axis is another chart: a zoom would mean nothing there.
    shows = f"{watch.view} {view.x}"
    macs = [_macs(one) if view.x == "macs" else None for one in watch.subjects]

    def draw() -> bytes:
        figure = CURVES[name](_run_curves(watch.subjects, seen, macs), view)
        return drawing(figure, key, height=CURVE_HEIGHT, log_axes="xy", tells=True, filename=FILES[name], view=shows)

    drawn = watch.seen.drawn((name, view, _names(watch)), seen.version, draw)
    show_drawing(drawn, key, on_log=lambda axes: keep_log_axes(name, axes))


FILES = {"error": "error", "loss": "loss", "rate": "learning-rate"}


def _run_curves(subjects: Sequence[Subject], seen: Seen, macs: Sequence[int | None]) -> list[RunCurves]:
    return [
        RunCurves(one.label, one.family, one.depth, rows, one.arm, one.run.config.recipe.get("batch", 0), forward)
        for one, rows, forward in zip(subjects, seen.value, macs)
    ]


def _macs(subject: Subject) -> int | None:
    """Multiply-adds of a forward pass over one image; taking the network apart imports torch, so only who asks waits for it."""
    from explorer.ui.anatomies import anatomy

    try:
        return anatomy(subject.run.config.network).macs
    except BadInput:
        return None


def _targets(watch: Watch) -> None:
    seen = watch.seen.rows(watch.age)
    error = watch.settings.target
    st.html(watch.seen.drawn(("target", error, _names(watch)), seen.version, lambda: targets_table(watch.subjects, seen.value, error)))


def _layers(watch: Watch) -> None:
    seen = watch.seen.layers(LAYERS_AGE * watch.age)
    settings, quantity = watch.settings, QUANTITIES[watch.settings.quantity]
    profile, heatmaps = f"{watch.key}-profile", f"{watch.key}-heatmaps"
    view, name = f"{watch.view} {settings.quantity}", settings.quantity.replace(" ", "-")

    def draw() -> tuple[bytes, bytes]:
        values = _layer_values(watch.subjects, seen.value, settings.quantity)
        height = max(PROFILE_HEIGHT, PANELS_HEIGHT * ((len(values) + 1) // 2))
        by_depth = layer_profile(values, quantity, settings.step)
        over_time = layer_heatmaps(values, quantity, settings.step)
        if len(values) < len(watch.subjects):
            for figure in (by_depth, over_time):
                figure["layout"]["title"]["subtitle"]["text"] += ONE_SEED
        return (
            drawing(by_depth, profile, height=PROFILE_HEIGHT, log_axes="y", filename=f"{name}-by-layer", view=view),
            drawing(over_time, heatmaps, height=height, filename=f"{name}-over-training", view=view),
        )

    drawn = watch.seen.drawn(("layers", settings.quantity, settings.step, _names(watch)), seen.version, draw)
    for place, key, one in zip(st.columns(2, gap="medium"), (profile, heatmaps), drawn):
        with place:
            show_drawing(one, key)


def _layer_values(subjects: Sequence[Subject], series: Sequence[LayerSeries], quantity: str) -> list[LayerValues]:
    """Of each arm the first run that has measured it: layers of several seeds in one panel could not be told apart."""
    found: dict[str, LayerValues] = {}
    for one, measured in zip(subjects, series):
        made = layer_values(one, measured, quantity)
        if one.arm not in found or (made.steps and not found[one.arm].steps):
            found[one.arm] = made
    return list(found.values())


def _load(watch: Watch) -> None:
    seen = watch.seen.load(watch.age)
    key = f"{watch.key}-load"

    def draw() -> bytes:
        return drawing(load_chart([row for rows in seen.value for row in rows]), key, height=CURVE_HEIGHT, filename="load", view=watch.view)

    show_drawing(watch.seen.drawn(("load",), seen.version, draw), key)


def _names(watch: Watch) -> tuple[str, ...]:
    return tuple(one.label for one in watch.subjects)
