"""The loss around trained networks: asked for here, measured by a worker of its own, kept, and drawn as it fills in."""

from collections.abc import Sequence

import streamlit as st

from explorer.errors import BadInput
from explorer.lab.landscapes import Asked, Surface, kept, read_surface, start
from explorer.lab.trained import trained_models
from explorer.machine.hardware import cores
from explorer.runs.run import CONFIG, Run
from explorer.runs.series import METRICS
from explorer.runs.status import State, Status
from explorer.ui.anatomies import anatomy
from explorer.ui.components.chart import chart
from explorer.ui.controls import listed, segmented, some_of, stops, switch, whole_number
from explorer.ui.format import duration
from explorer.ui.gradients.models import choose_datasets
from explorer.ui.gradients.reading import beside, show_reading
from explorer.ui.gradients.surface.kept import offer_undo, show_kept, show_progress
from explorer.ui.gradients.surface.words import reading
from explorer.ui.say import say_error, say_warning
from explorer.ui.url import param, set_params

MOST_SHOWN = 4
PAIR = ("mnist-plain-20", "mnist-residual-20")
SPANS = {"0.25": "¼", "0.5": "½", "1": "1", "2": "2"}
POINTS = (5, 11, 21, 31, 51, 101)
PICTURES = (100, 200, 500, 1000, 2000, 5000)
DIMS = {"2": "a plane", "1": "a line"}
FORMS = {"surface": "Surface", "contour": "Contours", "line": "Line"}
QUANTITIES = {"loss": "Loss", "error": "Error"}
MACS_A_SECOND = 45e9  # of one core, in float32: measured here (Xeon with AVX-512, a residual-20 of width 16)
TICK_SECONDS = 1.0
REFUSED = "surface-refused"


def show() -> None:
    st.markdown(
        "From a trained network walk in random directions of its weights, each filter in steps of its own length, and measure the loss "
        "of pictures it was not trained on. A surface is measured by a process of its own, goes on when this page is closed, and is kept."
    )
    _ask()
    is_active = any(status.active for _, status in kept())
    st.fragment(_live, run_every=TICK_SECONDS if is_active else None)(is_active)


def _ask() -> None:
    """What to measure, and the button that starts it."""
    models = {model.id: model for model in trained_models()}
    chosen = some_of("Trained networks", {name: model.title for name, model in models.items()}, "models", _usual(models), most=MOST_SHOWN,
                     placeholder="Choose plain and residual networks to compare")
    across = st.columns([1.1, 1.6, 1.6, 1.6, 1.2], vertical_alignment="bottom")
    dims = int(segmented("Along", DIMS, "dims", "2", place=across[0]))
    points = stops("Points a direction", POINTS, "points", 21, place=across[1])
    pictures = stops("Pictures", PICTURES, "pictures", 500, place=across[2], help="Validation pictures, the same for every point.")
    span = segmented("Reach", SPANS, "span", "1", place=across[3],
                     help="In lengths of the filters: at 1 every filter has been moved by as much as it is long.")
    seed = whole_number("Seed", "seed", 0, 0, 2**32 - 1, place=across[4], help="Of the random directions.")
    some = [models[name] for name in chosen]
    datasets = choose_datasets(some)
    ready = [(model, dataset) for model, dataset in zip(some, datasets) if dataset]
    asked = [Asked(model.id, dims, points, float(span), pictures, dataset) for model, dataset in ready]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("Measure", type="primary", icon=":material/landscape:", disabled=not asked, on_click=_start, args=(asked, seed))
        if ready:
            st.caption(_work([model.spec.text for model, _ in ready], asked[0]))
        else:
            st.caption("Choose at least one trained network whose pictures are on this machine.")
    if refused := st.session_state.pop(REFUSED, ""):
        say_error(refused)


def _usual(models) -> list[str]:
    """Plain against residual, where both are there."""
    return [name for name in PAIR if name in models] or list(models)[:1]


def _work(networks: Sequence[str], asked: Asked) -> str:
    """How much there is to do."""
    macs = sum(anatomy(network).macs for network in networks) * asked.count * asked.pictures
    seconds = macs / MACS_A_SECOND / cores()
    each = f" for each of {len(networks)}" if len(networks) > 1 else ""
    return (f"{asked.count:,} points on {asked.pictures:,} pictures{each}: about {duration(seconds)} if all {cores()} cores are free and "
            f"each does {MACS_A_SECOND / 1e9:g} G multiply-adds a second, as a Xeon with AVX-512 did. What has been measured before is not "
            "measured again.")  # fmt: skip


def _start(asked: Sequence[Asked], seed: int) -> None:
    try:
        runs = start(asked, seed)
    except BadInput as problem:
        st.session_state[REFUSED] = str(problem)
        return
    # A line has one form only, which is no plane's first choice.
    form = {"form": "line"} if asked[0].dims == 1 else {"form": None} if param("form") == "line" else {}
    set_params(shown=",".join(run.id for run in runs), **form)


def _live(was_active: bool) -> None:
    """What is kept, and the figures of what is shown; every second while something is measured.

    A click in it runs only this again, with the arguments of the whole page's last run: what changes is read from the address.
    """
    every = kept()
    if any(status.active for _, status in every) != was_active:
        st.rerun()
    offer_undo()
    if not every:
        st.info("Nothing has been measured yet. Start above: a coarse picture comes first, then the points between.",
                icon=":material/landscape:")
        show_reading(reading([], "surface"))
        return
    shown = _shown(every, listed("shown"))
    show_progress([(run, status) for run, status in every if status.state is not State.FINISHED and (status.active or run.id in shown)])
    surfaces = _readable([run for run, _ in every if run.id in shown], shown)
    if surfaces:
        _draw(surfaces)
    show_kept(every, shown)


def _shown(every: Sequence[tuple[Run, Status]], asked_for: Sequence[str]) -> list[str]:
    """The ids that the address names, or the newest and what was measured like it."""
    there = {run.id: run for run, _ in every}
    for missing in [one for one in asked_for if one not in there]:
        say_warning(f"There is no loss surface {missing[:100]} (any more?) on this machine.", ":material/search_off:")
    if found := [one for one in asked_for if one in there]:
        return found[:MOST_SHOWN]
    newest = every[0][0]
    alike = [run for run, _ in every if _question(run) == _question(newest)]
    return [run.id for run in alike[:MOST_SHOWN]][::-1]


def _question(run: Run) -> tuple:
    recipe = run.config.recipe if run.config else {}
    return tuple(str(recipe.get(name)) for name in ("dims", "points", "span", "pictures", "dataset")) + (run.config and run.config.seed,)


def _readable(runs: Sequence[Run], order: Sequence[str]) -> list[Surface]:
    found = []
    for run in sorted(runs, key=lambda run: order.index(run.id)):
        try:
            found.append(_read(run, _stamp(run)))
        except BadInput as problem:
            say_error(problem)
    return found


def _stamp(run: Run) -> tuple[int, ...]:
    """Changes whenever a point or the description does."""
    try:
        looks = [(run.folder / name).stat() for name in (METRICS, CONFIG)]
    except FileNotFoundError:
        return ()
    return tuple(number for look in looks for number in (look.st_mtime_ns, look.st_size))


@st.cache_data(max_entries=32, show_spinner=False, hash_funcs={Run: lambda run: str(run.folder)})
def _read(run: Run, stamp: tuple[int, ...]) -> Surface:
    return read_surface(run)


def _draw(surfaces: Sequence[Surface]) -> None:
    """The figure in the form that the address names, with its reading."""
    from explorer.figures.landscape import landscape_contours, landscape_lines, landscape_surfaces

    if all(value is None for one in surfaces for row in one.loss for value in row):
        st.info("No point is measured yet: the picture begins with the first.", icon=":material/landscape:")
        return show_reading(reading(surfaces, "surface"))
    st.caption("Below are kept surfaces, whatever the controls above say: those are for what is measured next.")
    planes = [one for one in surfaces if one.asked.dims == 2]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form = segmented("Drawn as", FORMS if planes else {"line": FORMS["line"]}, "form", "surface" if planes else "line")
        quantity = segmented("What", QUANTITIES, "quantity", "loss")
        log = switch("Logarithmic", "log", True) if quantity == "loss" else False
    shown = surfaces if form == "line" else planes
    if len(shown) < len(surfaces):
        st.caption("Those measured along a line only are left out here: draw lines to see them.")
    figures = {"line": landscape_lines, "contour": landscape_contours, "surface": landscape_surfaces}
    figure, text = beside("surface")
    with figure:
        height = 440 if form == "line" else 500 if len(shown) <= 3 else 900
        seen = " ".join([one.id for one in shown] + ([quantity, str(log)] if form == "line" else []))  # of a plane the place stays
        chart(figures[form](shown, quantity, log), f"landscape-{form}", height=height, filename=f"loss-surface-{form}", view=seen)
    with text:
        show_reading(reading(shown, form))
