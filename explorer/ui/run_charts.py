"""The live charts of some runs: error, loss, gradient norms by depth and over training."""

from collections.abc import Callable, Sequence

import streamlit as st
from plotly.graph_objects import Figure

from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.curves import error_curves, loss_curves
from explorer.figures.gradients import gradient_heatmaps, gradient_profile
from explorer.figures.series import GradientSeries, RunCurves
from explorer.runs.series import SeriesReader
from explorer.ui.components.chart import chart
from explorer.ui.run_labels import Subject

CURVE_HEIGHT = 400
PROFILE_HEIGHT = 480
PANELS_HEIGHT = 240  # a row of two heatmaps
FAMILIES = list(FAMILY_COLOURS)


def show_charts(subjects: Sequence[Subject], key: str) -> None:
    """Draw the four charts; what their readers did to them is kept under `key`."""
    subjects = sorted(subjects, key=lambda one: (one.depth, FAMILIES.index(one.family), one.label))
    view = ",".join(one.run.id for one in subjects)
    readers = _readers(subjects)
    error, loss = _curves(subjects, readers)
    profile, heatmaps = _gradients(subjects, readers)
    left, right = st.columns(2, gap="medium")
    with left:
        chart(error, f"{key}-error", height=CURVE_HEIGHT, log_toggle=True, filename="error", view=view)
        chart(profile, f"{key}-profile", height=PROFILE_HEIGHT, log_toggle=True, filename="gradient-norms-by-layer", view=view)
    with right:
        chart(loss, f"{key}-loss", height=CURVE_HEIGHT, log_toggle=True, filename="loss", view=view)
        height = max(PROFILE_HEIGHT, PANELS_HEIGHT * ((len(subjects) + 1) // 2))
        chart(heatmaps, f"{key}-heatmaps", height=height, filename="gradient-norms-over-training", view=view)


def _curves(subjects: Sequence[Subject], readers: Sequence[SeriesReader]) -> list[Figure]:
    found = [reader.metrics() for reader in readers]
    written = [(one.run.id, one.label, len(rows), rows[-1:]) for one, rows in zip(subjects, found)]
    curves = [RunCurves(one.label, one.family, one.depth, rows) for one, rows in zip(subjects, found)]
    return _drawn("curves", written, lambda: [error_curves(curves), loss_curves(curves)])


def _gradients(subjects: Sequence[Subject], readers: Sequence[SeriesReader]) -> list[Figure]:
    found = [reader.layers() for reader in readers]
    written = [(one.run.id, one.label, len(measured.steps), measured.steps[-1:]) for one, measured in zip(subjects, found)]
    series = [
        GradientSeries(one.label, one.family, measured.layers, measured.kinds, measured.steps, measured.norms, depth=one.depth)
        for one, measured in zip(subjects, found)
    ]
    return _drawn("gradients", written, lambda: [gradient_profile(series), gradient_heatmaps(series)])


def _drawn(name: str, written: list, draw: Callable[[], list[Figure]]) -> list[Figure]:
    """The figures, drawn anew only when a run has written something: norms come seldom, and a paused run costs nothing."""
    last = st.session_state.get(f"drawn-{name}")
    if last is None or last[0] != written:
        last = st.session_state[f"drawn-{name}"] = (written, draw())
    return last[1]


def _readers(subjects: Sequence[Subject]) -> list[SeriesReader]:
    """The session's own readers of these runs and no others: each parses only what was appended since its last look."""
    before = st.session_state.get("run_readers", {})
    readers = {one.run.id: before.get(one.run.id, SeriesReader(one.run)) for one in subjects}
    st.session_state["run_readers"] = readers
    return list(readers.values())
