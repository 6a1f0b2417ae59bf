"""How the runs are shown: a bar of controls whose state is the page's address, so that a link shows the same."""

from dataclasses import dataclass

import streamlit as st

from explorer.figures.curves import CurveView
from explorer.ui.url import param

# What the controls show is what the address says.
X = {"step": "step", "epoch": "epoch", "time": "time", "MACs": "macs"}
SEEDS = {"each run": "each", "mean, min-max": "range", "mean, sd": "sd"}
LAYERS = {"gradient norm": "gradient", "update ratio": "update", "activation std": "activation", "dead share": "dead"}
CHARTS = {"error, loss": "curves", "learning rate": "rate", "time to error": "target", "layers": "layers", "load": "load"}
SHOWN = ["error, loss", "time to error", "layers"]
TARGET = 10.0  # per cent
BOUND = ("x", "band", "smooth", "charts", "target", "of", "at")  # the controls' parameters: Streamlit alone may change them


@dataclass(frozen=True)
class WatchSettings:
    """What a reader has chosen. `step` None is each run's latest, `target` a fraction, `charts` some of CHARTS."""

    x: str = "step"
    seeds: str = "each"
    smooth: float = 0.0
    quantity: str = "gradient"
    step: int | None = None
    target: float = TARGET / 100
    charts: tuple[str, ...] = tuple(CHARTS[name] for name in SHOWN)

    def curves(self, log: str) -> CurveView:
        return CurveView(self.x, log, self.smooth, self.seeds)


def choose_settings(most_seeds: int, last_step: int) -> WatchSettings:
    """Draw the bar. `most_seeds`: runs of the largest arm; `last_step`: the end of the scrubber, no scrubber if 0."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        x = st.segmented_control("Against", list(X), default="step", key="x", bind="query-params",
                                 required=True, width="content", help="What the curves are drawn against")  # fmt: skip
        seeds = st.segmented_control("Seeds", list(SEEDS), default="mean, min-max" if most_seeds > 1 else "each run",
                                     key="band", bind="query-params", required=True, width="content",
                                     help="Runs that differ in their seed only can be drawn as their mean, with a band: from the "
                                     "least to the greatest, or one standard deviation to each side")  # fmt: skip
        smooth = st.slider("Smoothing", 0.0, 0.98, 0.0, 0.02, key="smooth", bind="query-params", width=150,
                           help="A moving average of the training curves: the share that the past keeps at each point. "
                           "The raw line stays, faint; validation is never smoothed")  # fmt: skip
        # Not "show": the Runs page has a parameter of that name, and a bound one goes along from page to page.
        charts = st.pills("Show", list(CHARTS), selection_mode="multi", default=SHOWN, key="charts",
                          bind="query-params", width="content")  # fmt: skip
    layers, target = _choose_details("layers" in charts, "time to error" in charts, last_step)
    return WatchSettings(X[x], SEEDS[seeds], smooth, *layers, target / 100, tuple(CHARTS[name] for name in charts))


def _choose_details(layers: bool, target: bool, last_step: int) -> tuple[tuple[str, int | None], float]:
    """What belongs to the charts of layers (a quantity; a step, None at the scrubber's end) and to the table (per cent)."""
    quantity, step, error = "gradient norm", last_step, TARGET
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        if target:
            error = st.number_input("Error to reach (%)", 0.0, 100.0, TARGET, 1.0, key="target", bind="query-params", width=150)
        if layers:
            quantity = st.segmented_control("Of each layer", list(LAYERS), default="gradient norm", key="of", bind="query-params",
                                            required=True, width="content")  # fmt: skip
        if layers and last_step:
            _stay_at_end(last_step)
            step = st.slider("Step (at its end: the latest)", 0, last_step, last_step, key="at", bind="query-params", width="stretch",
                             help="Moves the profile by depth and the line in every heatmap")  # fmt: skip
    return (LAYERS[quantity], None if step >= last_step else step), error


def _stay_at_end(last_step: int) -> None:
    """Whoever follows the latest step goes on doing so when the scrubber grows longer, and never stands beyond its end."""
    before = st.session_state.get("scrubber_end", last_step)
    st.session_state["scrubber_end"] = last_step
    if "at" in st.session_state and (st.session_state["at"] >= before != last_step or st.session_state["at"] > last_step):
        st.session_state["at"] = last_step


def log_axes() -> dict[str, str]:
    """The logarithmic axes of each chart, out of the address: `log=error:xy,loss:y`."""
    pairs = (entry.partition(":") for entry in param("log").split(",") if entry)
    return {name: "".join(letter for letter in "xy" if letter in axes) for name, _, axes in pairs}


def keep_log_axes(name: str, axes: str) -> None:
    """Write into the address which axes the reader has made logarithmic."""
    kept = {**log_axes(), name: axes}
    st.query_params["log"] = ",".join(f"{name}:{axes}" for name, axes in sorted(kept.items()) if axes)
    if not st.query_params["log"]:
        del st.query_params["log"]


def nice_end(step: int) -> int:
    """The least of 100, 200, 500, 1000, 2000, … that is no less: an end for a scrubber whose run has none yet."""
    size = 100
    while True:
        for factor in (1, 2, 5):
            if step <= factor * size:
                return factor * size
        size *= 10
