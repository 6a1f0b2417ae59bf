"""Error against cost: what has been published, and what finished runs reached here, one data set at a time."""

from collections.abc import Mapping

import streamlit as st

from explorer.data.datasets import title_of
from explorer.errors import BadInput
from explorer.networks.changes import Spec
from explorer.networks.published import PUBLISHED, Result, read_published
from explorer.networks.spec import parse_spec
from explorer.runs.folder import list_runs
from explorer.runs.run import Run
from explorer.runs.status import State, read_status
from explorer.ui.anatomies import anatomy
from explorer.ui.components.chart import chart
from explorer.ui.format import plain
from explorer.ui.labels import names_of
from explorer.ui.url import choice, set_params

HERE = "measured here"
# Reading a run's folder takes a moment, and a chart of more points is no clearer.
MOST_RUNS = 60
COSTS = {"macs": None, "params": "Parameters"}
ERRORS = {"top1": "Top-1", "top5": "Top-5"}


def show_errors(labels: Mapping[str, str], first: Spec, unit: str) -> None:
    """`labels` has the compared networks' names by their texts; the `first` says which data set is shown at first."""
    from explorer.figures.error_scatter import error_scatter

    results = [*read_published(), *finished_runs()]
    datasets = list(dict.fromkeys(result.dataset for result in results))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        dataset = _control("Data set", "data", datasets, "CIFAR-10" if getattr(first, "stem", "") == "cifar" else "ImageNet")
        on_it = [result for result in results if result.dataset == dataset]
        cost = _control("Against", "cost", list(COSTS), "macs", lambda cost: COSTS[cost] or unit)
        has_top5 = any(result.top5 is not None for result in on_it)
        error = _control("Error", "error", list(ERRORS), "top1", ERRORS.get) if has_top5 else "top1"
    figure = error_scatter(on_it, cost, error, unit, labels.keys())
    chart(figure, "errors", height=620, log_toggle=True, filename=f"error-{dataset}", view=f"{dataset} {cost} {error} {unit}")
    _say_what_is_not_there(on_it, cost, error, labels, dataset)
    st.download_button("All published results (CSV)", PUBLISHED.read_bytes(), PUBLISHED.name, "text/csv", on_click="ignore")


def finished_runs() -> list[Result]:
    """A result for each of the newest finished runs whose network can be read: its last validation error."""
    found = (_result(run) for run in list_runs()[:MOST_RUNS])
    return [result for result in found if result]


def _result(run: Run) -> Result | None:
    status = read_status(run)
    error = status.latest.get("val_error")
    if run.config is None or status.state != State.FINISHED or error is None:
        return None
    try:
        spec = parse_spec(run.config.network)
        whole = anatomy(spec.text)
    except BadInput:
        return None
    recipe = run.config.recipe
    return Result(
        dataset=title_of(str(recipe.get("dataset", "?"))), network=spec.text, name=names_of(spec)[-1], family=spec.family,
        kind=HERE, source="finished runs on this machine", protocol=f"1 view, {recipe.get('epochs', '?')} epochs",
        input=spec.input, top1=round(100 * error, 3), params=whole.params, macs=whole.macs, note=f"seed {run.config.seed}, run {run.id}",
    )  # fmt: skip


def _say_what_is_not_there(results, cost, error, labels, dataset):
    sentences = ["Errors of one source compare with each other: another number of crops or scales, other pre-training or another recipe "
                 "moves them by several points. The work is that of one view, counted as everywhere in this app."]
    sizeless = [result.name for result in results if getattr(result, cost) is None]
    if sizeless:
        sentences.append(f"Not drawn, as their source gives no such cost: {', '.join(sizeless)}.")
    drawn = {result.network for result in results if getattr(result, error) is not None}
    unknown = [label for text, label in labels.items() if text not in drawn]
    if unknown:
        sentences.append(f"No error on {dataset} is known here of: {', '.join(unknown)}.")
    st.caption(plain(" ".join(sentences), most=2000))


def _control(label, name, offered, default, written=str):
    """A choice kept in the address under its name."""
    default = default if default in offered else offered[0]
    st.session_state[f"errors {name}"] = chosen = choice(name, offered, default)

    def keep():
        value = st.session_state[f"errors {name}"]
        set_params(**{name: None if value == default else value})

    st.segmented_control(label, offered, format_func=written, key=f"errors {name}", required=True, on_change=keep)
    return chosen
