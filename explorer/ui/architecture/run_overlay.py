"""Colour a network's drawing by what one of its runs has measured: the controls, and the values as far as they go."""

import time
from collections.abc import Sequence

import streamlit as st

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.overlay import Overlay, measured
from explorer.networks.spec import NetworkSpec, SpecError, TorchvisionSpec, parse_spec
from explorer.runs.folder import list_runs
from explorer.runs.run import Run
from explorer.runs.series import LayerSeries, SeriesReader
from explorer.runs.status import read_status
from explorer.ui.format import plain
from explorer.ui.theme import ONE_HEIGHT
from explorer.ui.url import choice, param, set_params
from explorer.ui.watch.layers import numbers

RUN = "run"
TICK_SECONDS = 2.0
MOST_OTHERS = 3
GRADIENT, RATIO = "grad_norm", "update_ratio"
QUANTITIES = {GRADIENT: "Gradient norm", RATIO: "Update / weight"}
NOTES = {
    GRADIENT: "L2 norm of the loss gradient at each weight, before the step",
    RATIO: "L2 norm of what the optimiser's step changes in each weight, over the norm of that weight",
}
ON_OFFER = Overlay(RUN, "A run…", "", "max", "log", "Choose a run of this network, or train one.")


def run_overlay(spec: NetworkSpec | TorchvisionSpec, anatomy: Anatomy) -> Overlay:
    """The controls, and what the chosen run has measured so far; without values where there is nothing to show, and says why."""
    runs = _runs_of(spec)
    if not runs:
        _say_what_to_do(spec)
        return ON_OFFER
    run, quantity = _choose(runs)
    series = _reader(run).layers()
    _follow(run, len(series.steps))
    problem = _problem(run, series, quantity)
    if problem:
        st.info(problem, icon=":material/hourglass_empty:" if read_status(run).active else ":material/info:")
        return ON_OFFER
    return _overlay(anatomy, run, series, quantity)


def _runs_of(spec) -> list[Run]:
    """The runs of this very network, the newest first."""
    return [run for run in list_runs() if _network(run) == spec.text]


def _network(run: Run) -> str | None:
    """The network's canonical text: an older run may spell it otherwise."""
    try:
        return parse_spec(run.config.network).text if run.config else None
    except SpecError:
        return None


def _say_what_to_do(spec) -> None:
    if isinstance(spec, TorchvisionSpec):
        st.info("torchvision's models are not trained here, so there are no runs to colour by: choose one of this project's networks.",
                icon=":material/inbox:")  # fmt: skip
        return
    st.info(f"There is no run of {plain(spec.text)} yet. Train it and come back: the drawing can be coloured while it learns.",
            icon=":material/inbox:")  # fmt: skip
    others = list(dict.fromkeys(filter(None, map(_network, list_runs()))))[:MOST_OTHERS]
    with st.container(horizontal=True):
        st.page_link("../pages/train.py", label="Train this network", icon=":material/show_chart:",
                     query_params={"preset": "own", "networks": spec.text})  # fmt: skip
        for other in others:
            change = {"network": other, "step": None}
            st.button(f"Show {other}, which has runs", key=f"overlay-show-{other}", on_click=set_params, kwargs=change)


def _choose(runs: Sequence[Run]) -> tuple[Run, str]:
    """By the address, else the newest run; a run that is not among these is said."""
    by_id = {run.id: run for run in runs}
    asked = param("run")
    if asked and asked not in by_id:
        st.warning(f"{plain(asked)} is no run of this network; shown instead is its newest.", icon=":material/search_off:")
    st.session_state["overlay-run"] = asked if asked in by_id else runs[0].id
    st.session_state["overlay-quantity"] = choice("quantity", tuple(QUANTITIES), GRADIENT)
    labels = {run.id: _label(run) for run in runs}
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"overlay-run-{ONE_HEIGHT}"):
        st.selectbox("Run", list(labels), format_func=lambda run_id: labels.get(run_id, run_id), key="overlay-run", on_change=_take_run, width=460)
        st.segmented_control("Quantity", list(QUANTITIES), format_func=QUANTITIES.get, required=True, key="overlay-quantity",
                             on_change=_take_quantity)  # fmt: skip
    return by_id[st.session_state["overlay-run"]], st.session_state["overlay-quantity"]


def _take_run() -> None:
    set_params(run=st.session_state["overlay-run"], step=None)


def _take_quantity() -> None:
    quantity = st.session_state["overlay-quantity"]
    set_params(quantity=None if quantity == GRADIENT else quantity)


def _label(run: Run) -> str:
    """When it was started, on what data, its seed and its state."""
    config = run.config
    data = config.data.get("title") or config.recipe.get("dataset", "")
    started = time.strftime("%d %b %Y, %H:%M:%S", time.localtime(config.created))
    return " · ".join(filter(None, (started, " ".join(str(data).split())[:40], f"seed {config.seed}", str(read_status(run).state))))


def _reader(run: Run) -> SeriesReader:
    """The session's own reader of the run, which parses only what was appended since its last look."""
    held = st.session_state.get("overlay-reader")
    if held is None or held[0] != run.id:
        held = st.session_state["overlay-reader"] = (run.id, SeriesReader(run))
    return held[1]


def _follow(run: Run, seen: int) -> None:
    """While the run goes on, draw the page again as soon as it has written more than was seen."""
    if not read_status(run).active:
        return

    def look() -> None:
        rows = len(_reader(run).layers().steps)
        if rows != seen or not read_status(run).active:
            st.rerun()
        st.caption(f"This run goes on; the drawing follows it. Norms of {rows} steps so far.")

    st.fragment(look, run_every=TICK_SECONDS)()


def _problem(run: Run, series: LayerSeries, quantity: str) -> str:
    """Why there is nothing to show, or nothing of that quantity; "" where there is."""
    if not series.steps:
        if run.config.recipe.get("probe_every") == 0:
            return "This run reads no gradient norms: its recipe says probe_every 0. Choose another, or train anew."
        if read_status(run).active:
            return "This run has not written its first norms yet; the drawing is coloured as soon as it has."
        return "This run ended before it wrote any norms: choose another."
    if quantity == RATIO and not any(series.ratios):
        return "This run was recorded by an earlier version, without update / weight ratios: choose Gradient norm, or train anew."
    return ""


def _overlay(anatomy: Anatomy, run: Run, series: LayerSeries, quantity: str) -> Overlay:
    """Made anew only when the run has written something."""
    key = (run.id, anatomy.network, quantity, len(series.steps), series.steps[-1])
    held = st.session_state.get("overlay-of-run")
    if held is None or held[0] != key:
        found = series.norms if quantity == GRADIENT else series.ratios
        kept = [i for i, row in enumerate(found) if row]
        rows = [numbers(found[i]) for i in kept]
        note = f"{NOTES[quantity]}: run {run.id}, by optimiser step."
        made = measured(anatomy, RUN, f"{QUANTITIES[quantity]} of a run", "", note, series.layers, rows, [series.steps[i] for i in kept])
        held = st.session_state["overlay-of-run"] = (key, made)
    return held[1]
