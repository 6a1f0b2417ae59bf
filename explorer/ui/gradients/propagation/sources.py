"""What the signal propagation plots are drawn from: fresh networks, or trained ones beside their initialisation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import streamlit as st

from explorer.errors import BadInput
from explorer.figures.propagation import START, TRAINED, SignalSeries
from explorer.networks.spec import NetworkSpec, parse_spec
from explorer.ui.controls import segmented, several, some_of, stops, switch, whole_number
from explorer.ui.format import count, plain
from explorer.ui.gradients.models import JUDGE, choose_validations
from explorer.ui.gradients.networks import PANELS, read_networks
from explorer.ui.labels import names_of, unequal
from explorer.ui.network_picker import offered_networks
from explorer.ui.opened import opened
from explorer.ui.say import say_error
from explorer.ui.url import param
from explorer.vision.kept import Mark, mark_of

FRESH_NETWORKS = ("cifar/plain-56?width=8", "cifar/basic-56?width=8", "cifar/preact-56?width=8")
TRAINED_NETWORKS = ("mnist-plain-20", "mnist-residual-20", "mnist-plain-56", "mnist-residual-56")
MOST = 4
NORMS = {"named": "As named", "batch": "With BN", "none": "Without BN"}
DATA = {"noise": "Gaussian noise", "digits": "Digits"}
WORDS = {"noise": "Gaussian noise", "digits": "handwritten digits"}
PICTURES = (16, 32, 64, 128, 256, 512)
# What to look for at each switch.
NORM_HELP = "Without BN, look for a variance that every residual block multiplies."
DATA_HELP = "Noise has independent pixels, as the theory wants it; most pixels of digits are alike: look for branches far from 0.68 and 1."
COUNT_HELP = "More pictures make the estimates steadier, and take longer."
SEED_HELP = "Other weights, and other noise: see what is chance and what is not."
START_HELP = "The same network, fresh, on the same pictures: the difference is what training did."
ANY_NETWORK = "Choose, or type one such as cifar/highway-32?width=8"


@dataclass(frozen=True)
class Measured:
    """What there is to draw, `note` saying of what and how; a figure that comes to show another `view` forgets its zoom.

    `asked` is whether anything was chosen: where that cannot be measured, the page has said why.
    """

    series: list[SignalSeries]
    note: str
    view: str
    asked: bool


@dataclass(frozen=True)
class _Job:
    """A series without its numbers yet, and how to get them."""

    series: SignalSeries
    measure: Callable


def fresh() -> Measured:
    """Fresh networks of the reader's choice on noise or digits."""
    texts = several("Networks", offered_networks(), "networks", FRESH_NETWORKS, most=MOST, placeholder=ANY_NETWORK)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        norm = segmented("Batch normalisation", NORMS, "norm", "named", help=NORM_HELP)
        data = segmented("Pictures", DATA, "data", "noise", help=DATA_HELP)
        pictures, seed = _pictures(), _seed()
    named = read_networks(texts)
    specs = list(dict.fromkeys(named if norm == "named" else [spec.variant(norm=norm) for spec in named]))
    labels = unequal([_names(spec, names_of(spec.variant(norm=None))) for spec in specs])
    jobs = [_Job(_series(spec, label), partial(_fresh, spec.text, seed, data, pictures)) for spec, label in zip(specs, labels)]
    note = f"{START}, {count(pictures)} pictures of {WORDS[data]}, seed {seed}"
    if any(_has_bn(spec) for spec in specs):
        note = f"{note}; BN takes its statistics from them"
    return Measured(_measured(jobs), note, " ".join([norm, data, *(spec.text for spec in specs)]), bool(texts))


def trained() -> Measured:
    """Trained networks on validation pictures of what they were trained on, and the same networks before training."""
    from explorer.lab.trained import trained_models

    models = {model.id: model for model in trained_models()}
    default = [name for name in TRAINED_NETWORKS if name in models] or list(models)[:2]
    chosen = some_of("Trained networks", {name: model.title for name, model in models.items()}, "models", default, most=MOST)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        pictures, seed = _pictures(), _seed()
        start = switch("Beside their initialisation", "start", True, help=START_HELP)
    found = [models[name] for name in chosen]
    judged = [pair for pair in zip(found, choose_validations(found, pictures)) if pair[1]] if found else []
    labels, key = unequal([_names(model.spec, [model.spec.title, model.title]) for model, _ in judged]), (param(JUDGE), pictures)
    jobs = []
    for (model, given), label in zip(judged, labels):
        series, same = _series(model.spec, label, data=given.title), (mark_of(model), key, given.images)
        if start:
            jobs.append(_Job(replace(series, state=START, bold=False), partial(_start, model.spec.text, seed, *same)))
        jobs.append(_Job(replace(series, state=TRAINED), partial(_trained, *same)))
    thin = f"; thin: {START}, seed {seed}" if start else ""
    learnt = ", BN with the statistics learnt" if any(_has_bn(model.spec) for model, _ in judged) else ""
    note = f"{count(pictures)} validation pictures; bold: trained{learnt}{thin}"
    return Measured(_measured(jobs), note, " ".join([str(start), *chosen]), bool(chosen))


def _series(spec: NetworkSpec, label: str, **more) -> SignalSeries:
    return SignalSeries(label, spec.family, spec.depth, has_bn=_has_bn(spec), **more)


def _names(spec: NetworkSpec, names: Sequence[str]) -> list[str]:
    """Names that say so where a network has no normalisation."""
    return list(names) if _has_bn(spec) else [f"{name} {PANELS['none']}" for name in names]


def _has_bn(spec: NetworkSpec) -> bool:
    return spec.norm != "none"


def _pictures() -> int:
    return stops("How many", PICTURES, "pictures", 64, help=COUNT_HELP)


def _seed() -> int:
    return whole_number("Seed", "seed", 0, 0, 2**32 - 1, help=SEED_HELP)


def _measured(jobs: Sequence[_Job]) -> list[SignalSeries]:
    """Every job's series, with a bar that shows how far it is; what cannot be measured is said."""
    bar = st.progress(0.0, text="Getting ready") if jobs else st.empty()
    series = []
    for done, job in enumerate(jobs):
        bar.progress(done / len(jobs), text=f"Measuring {plain(job.series.name)}")
        try:
            signals = job.measure()
        except BadInput as error:
            say_error(error)
            continue
        series.append(replace(job.series, blocks=signals.blocks, responses=signals.responses))
    bar.empty()
    return series


@st.cache_data(show_spinner=False, max_entries=200)
def _fresh(network: str, seed: int, data: str, pictures: int):
    # Imported here: the page's controls are there before torch is.
    from explorer.lab.pictures import fresh_pictures
    from explorer.lab.propagation import check_affordable, fresh_signals

    spec = parse_spec(network)
    check_affordable(spec, pictures)
    return fresh_signals(spec, fresh_pictures(spec, pictures, seed, data)[0], seed=seed)


@st.cache_data(show_spinner=False, max_entries=100)
def _start(network: str, seed: int, mark: Mark, data: tuple[str, int], _images):
    """The pictures are known by the model, which normalises them, and by `data`: their name and their number."""
    from explorer.lab.propagation import check_affordable, fresh_signals

    check_affordable(parse_spec(network), len(_images))
    return fresh_signals(parse_spec(network), _images, seed=seed)


@st.cache_data(show_spinner=False, max_entries=100)
def _trained(mark: Mark, data: tuple[str, int], _images):
    from explorer.lab.propagation import check_affordable, trained_signals

    loaded = opened(mark[0])
    check_affordable(loaded.model.spec, len(_images))
    return trained_signals(loaded.net, _images)
