"""What the layers of any runs do from the first step to the last: profile, heatmaps and drawings, moved by one scrubber."""

import time
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from explorer.figures.layer_charts import QUANTITIES, layer_heatmaps, layer_profile
from explorer.figures.series import LayerValues
from explorer.runs.folder import list_runs
from explorer.runs.run import Run
from explorer.runs.series import LAYERS
from explorer.runs.status import State, read_status
from explorer.ui.components.chart import chart, drawing, show_drawing
from explorer.ui.controls import segmented, some_of
from explorer.ui.format import plain
from explorer.ui.gradients.reading import beside, show_reading
from explorer.ui.gradients.training import scrubber
from explorer.ui.gradients.training.drawings import show_drawings
from explorer.ui.gradients.training.words import training_reading
from explorer.ui.say import say_warning
from explorer.ui.theme import is_dark
from explorer.ui.url import param, set_params
from explorer.ui.watch.charts import in_order
from explorer.ui.watch.labels import Subject, subjects
from explorer.ui.watch.layers import layer_values
from explorer.ui.watch.sessions import watched

MOST_RUNS = 6
MOST_AT_FIRST = 4
TICK_SECONDS = 2.0
PROFILE_HEIGHT = 400
PANEL_HEIGHT = 260  # a row of two heatmaps
LOG, EVEN = "y", "none"  # in the address
QUANTITY_NAMES = {"gradient": "Gradient norm", "update": "Update / weight", "activation": "Activation std", "dead": "Dead share"}


def show() -> None:
    st.markdown(
        "Every run writes down what its layers do while it trains. Choose runs, of one question or of several, and move all panels "
        "through their steps at once."
    )
    runs = {run.id: run for run in list_runs() if run.config}
    if not any(map(_has_rows, runs.values())):
        _say_what_to_do(bool(runs))
        return
    chosen = some_of("Runs", {run.id: _title(run) for run in runs.values()}, "runs", _first_choice(list(runs.values())), most=MOST_RUNS,
                     placeholder="Choose runs")  # fmt: skip
    quantity = segmented("Of each layer", QUANTITY_NAMES, "quantity", "gradient")
    named = in_order(subjects([runs[run_id] for run_id in chosen]))
    for run_id in chosen:
        if run_id not in {one.run.id for one in named}:
            say_warning(f"The run {run_id} is of a network that this version does not know: {runs[run_id].config.network}.")
    if not named:
        st.info("Choose at least one run.", icon=":material/info:")
        return
    active = _active(named)
    st.fragment(_panels, run_every=scrubber.tick(TICK_SECONDS if active else None))(named, quantity, active)


def _panels(named: Sequence[Subject], quantity: str, were_active: int) -> None:
    if _active(named) != were_active:
        st.rerun()
    seen = watched(tuple(one.run.id for one in named), [one.run for one in named])
    series = seen.layers(TICK_SECONDS / 2 if were_active else 0.0).value
    values = [layer_values(one, measured, quantity) for one, measured in zip(named, series)]
    for one, measured in zip(named, values):
        if not measured.steps:
            st.info(_why_nothing(one, quantity), icon=":material/hourglass_empty:")
    if not any(one.steps for one in values):
        return
    step = scrubber.choose(sorted({step for one in values for step in one.steps}))
    _charts(values, quantity, step, ",".join(one.run.id for one in named))
    st.markdown("##### The networks, drawn")
    st.caption("In the colours of the heatmaps, at the scrubber's step. A layer that is selected is marked in the profile.")
    show_drawings(named, values, quantity, step)


def _charts(values: Sequence[LayerValues], quantity: str, step: int | None, view: str) -> None:
    what, rows = QUANTITIES[quantity], (len(values) + 1) // 2
    figures, text = beside("training")
    with figures:
        # A quantity has a scale of its own until the reader has chosen one, which is kept in the address.
        scaled = replace(what, log=param("log") == LOG if param("log") in (LOG, EVEN) else what.log)
        profile = layer_profile(values, scaled, step, param("layer"))
        drawn = drawing(profile, "training-profile", height=PROFILE_HEIGHT, log_axes="y", tells=True, filename=f"{quantity}-by-layer",
                        view=f"{view} {quantity}")  # fmt: skip
        show_drawing(drawn, "training-profile", on_log=lambda axes: set_params(log=LOG if axes else EVEN))
        chart(layer_heatmaps(values, what, step, is_dark()), "training-heatmaps", height=max(340, PANEL_HEIGHT * rows),
              filename=f"{quantity}-over-training", view=f"{view} {quantity}")  # fmt: skip
    with text:
        show_reading(training_reading(quantity, values, step))


def _active(named: Sequence[Subject]) -> int:
    return sum(read_status(one.run).active for one in named)


def _has_rows(run: Run) -> bool:
    return (run.folder / LAYERS).is_file()


def _first_choice(runs: Sequence[Run]) -> list[str]:
    """The newest run that has measured its layers, and of each other network the newest that was trained by the same recipe."""
    measured = [run for run in runs if _has_rows(run)]
    alike = [run for run in measured if run.config.recipe == measured[0].config.recipe]
    newest: dict[str, str] = {}
    for run in alike:
        newest.setdefault(run.config.network, run.id)
    return list(newest.values())[:MOST_AT_FIRST]


def _title(run: Run) -> str:
    started = time.strftime("%d %b %Y, %H:%M", time.localtime(run.config.created))
    return f"{run.config.network} · seed {run.config.seed} · {started} · {run.id[-4:]}"


def _why_nothing(one: Subject, quantity: str) -> str:
    """Why a chosen run has nothing to show."""
    label, status = plain(one.label), read_status(one.run)
    if one.run.config.recipe.get("probe_every") == 0:
        return f"{label} reads nothing of its layers: its recipe says probe_every 0."
    if status.active:
        waits = "waits for a free slot" if status.state is State.QUEUED else "has not written its first row yet"
        return f"{label} {waits}; it is drawn as soon as it has."
    if _has_rows(one.run):
        missing = QUANTITY_NAMES[quantity].lower()
        return f"{label} was recorded by an earlier version, without {missing}: choose another quantity, or train anew."
    return f"{label} ended before it wrote anything of its layers."


def _say_what_to_do(any_runs: bool) -> None:
    what = "There are no runs on this machine yet"
    if any_runs:
        what = "None of the runs on this machine has written anything of its layers yet"
    st.info(f"{what}: train a plain and a residual net side by side, and come back; they can be followed while they learn.",
            icon=":material/inbox:")  # fmt: skip
    st.page_link("../pages/train.py", label="Train two networks", icon=":material/show_chart:")
