"""What the view of shattered gradients measures, piece by piece: the page draws what there is, measures some more, and runs again."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from explorer.errors import BadInput
from explorer.networks.depths import nearest_depths, possible_depths
from explorer.networks.spec import NetworkSpec, parse_spec
from explorer.ui.gradients.networks import PANELS
from explorer.ui.labels import names_of, unequal

NORMS = {"named": "As named", "with": "With BN", "without": "Without BN", "both": "Both"}
DEPTHS = (8, 14, 20, 32, 56, 110)
AT_ONCE = 1.2  # seconds of measuring before the page shows what there is
DONE = "shattering done"


@dataclass(frozen=True)
class Wanted:
    """A network to measure, its name on the screen, and the panel it is drawn in."""

    spec: NetworkSpec
    label: str
    panel: str


@dataclass(frozen=True)
class Line:
    """The series of one network along the line: its slopes, the autocorrelations of the slopes and of the whole gradients by lag,
    the mean cosine of neighbours, and the relative effective rank."""

    wanted: Wanted
    positions: tuple[float, ...]
    slopes: tuple[float, ...]
    of_slopes: tuple[float, ...]
    of_gradients: tuple[float, ...]
    neighbours: float
    rank: float
    dimensions: int


@dataclass(frozen=True)
class Likeness:
    """Mean cosines of one network, at some depth, at `DISTANCES` of the way to another picture, for one seed."""

    wanted: Wanted
    depth: int
    seed: int
    cosines: tuple[float, ...]


def with_norms(specs: Sequence[NetworkSpec], norm: str) -> list[Wanted]:
    """The networks with the normalisations that are asked for (one of `NORMS`), each once, those of a panel together."""
    asked = {"named": (None,), "with": ("batch",), "without": ("none",), "both": ("batch", "none")}[norm]
    made = list(dict.fromkeys(spec.variant(norm=one or spec.norm) for one in asked for spec in specs))
    # Panels tell with BN from without: the names need not.
    labels = unequal([names_of(_bare(spec)) for spec in dict.fromkeys(map(_bare, made))])
    named = dict(zip(dict.fromkeys(map(_bare, made)), labels))
    return sorted((Wanted(spec, named[_bare(spec)], PANELS[spec.norm]) for spec in made), key=lambda one: one.panel != PANELS["batch"])


def with_depths(wanted: Sequence[Wanted], deepest: int) -> list[Wanted]:
    """The same networks at depths up to `deepest`, deepest first: the nearest to `DEPTHS` that each can have, and its own.

    The names tell no depth. Networks that differ in nothing else are one here.
    """
    shallow = [(one, _at(one.spec, possible_depths(one.spec.stem, one.spec.block)[0])) for one in wanted]
    kinds = dict.fromkeys(_bare(spec) for _, spec in shallow)
    labels = dict(zip(kinds, unequal([[re.sub(r"-\d+", "", name, count=1) for name in names_of(spec)] for spec in kinds])))
    made = {}
    for one, spec in shallow:
        targets = {*DEPTHS, one.spec.depth}
        for depth in {_nearest(spec, target) for target in targets if target <= deepest}:
            made[_at(spec, depth)] = Wanted(_at(spec, depth), labels[_bare(spec)], one.panel)
    return sorted(made.values(), key=lambda one: -one.spec.depth)


def ready(jobs: Sequence[partial]) -> list:
    """The results of those jobs that this session has measured, in order; what a job raises as BadInput is its result."""
    done = st.session_state.get(DONE, set())
    return [_result(job) for job in jobs if _key(job) in done]


def measure(jobs: Sequence[partial]) -> None:
    """Measure those jobs that are not ready, until `AT_ONCE` seconds have gone by; at least one."""
    keys = {_key(job): job for job in jobs}
    done = st.session_state[DONE] = st.session_state.get(DONE, set()) & keys.keys()
    until = time.monotonic() + AT_ONCE
    for key, job in keys.items():
        if key not in done:
            _result(job)
            done.add(key)
            if time.monotonic() > until:
                break


def line(wanted: Wanted, data: str, digits: tuple[int, int], example: int, seed: int, points: int, share: float) -> Line:
    """Raises BadInput for what cannot be or would take too long."""
    return Line(wanted, *_line(wanted.spec.text, data, digits, example, seed, points, share))


def likeness(wanted: Wanted, data: str, seed: int) -> Likeness:
    """Raises BadInput for what would take too long."""
    return Likeness(wanted, wanted.spec.depth, seed, _likeness(wanted.spec.text, data, seed))


@st.cache_data(show_spinner=False, max_entries=200)
def expected(points: int, kind: str) -> tuple[float, ...]:
    """The expected autocorrelation of that many points of "brown" or "white" noise, by lag."""
    from explorer.signals.noise import autocorrelation, brown_covariance, white_covariance

    return tuple(autocorrelation({"brown": brown_covariance, "white": white_covariance}[kind](points)).tolist())


@st.cache_data(show_spinner=False, max_entries=200)
def noise(points: int, kind: str, seed: int) -> tuple[float, ...]:
    """A series of "brown" or "white" noise."""
    import torch

    from explorer.signals.noise import brown_noise, white_noise

    return tuple({"brown": brown_noise, "white": white_noise}[kind](points, torch.Generator().manual_seed(seed)).tolist())


@st.cache_data(show_spinner=False, max_entries=100)
def strip(network: str, data: str, digits: tuple[int, int], example: int, share: float, pictures: int):
    """Pictures from one end of what is shown of the line to the other, side by side: uint8 [H, W, 3]. Raises BadInput."""
    import torch

    from explorer.lab.shattering import two_pictures
    from explorer.signals.shattering import points_between

    first, last = two_pictures(parse_spec(network), data, *digits, example)
    images = points_between(first, last, torch.linspace(0.5 - share / 2, 0.5 + share / 2, pictures))
    if images.shape[1] != 3:
        images = images.mean(1, keepdim=True).expand(-1, 3, -1, -1)
    images = torch.nn.functional.pad(images, (2, 2), value=images.min().item())
    scaled = 255 * (images - images.min()) / (images.max() - images.min()).clamp(min=1e-9)
    return torch.cat(list(scaled), dim=2).byte().permute(1, 2, 0).numpy()


@st.cache_data(show_spinner=False, max_entries=300)
def _line(network: str, data: str, digits: tuple[int, int], example: int, seed: int, points: int, share: float) -> tuple:
    # Imported here: the page's controls are there before torch is.
    import torch

    from explorer.lab.shattering import line, two_pictures
    from explorer.signals.noise import autocorrelation, cosine_by_lag, products_of, relative_effective_rank

    spec = parse_spec(network)
    series = line(spec, two_pictures(spec, data, *digits, example), data=data, seed=seed, points=points, share=share, output=digits[0])
    of_slopes = autocorrelation(products_of(torch.tensor(series.slopes, dtype=torch.float64)))
    return (
        series.positions,
        series.slopes,
        tuple(of_slopes.tolist()),
        tuple(autocorrelation(series.products).tolist()),
        cosine_by_lag(series.products)[1].item(),
        relative_effective_rank(series.products, series.dimensions),
        series.dimensions,
    )


@st.cache_data(show_spinner=False, max_entries=4000)
def _likeness(network: str, data: str, seed: int) -> tuple[float, ...]:
    from explorer.lab.shattering import likeness

    return likeness(parse_spec(network), data=data, seed=seed)


def _result(job: partial):
    try:
        return job()
    except BadInput as problem:
        return problem


def _key(job: partial) -> tuple:
    return job.func.__name__, *job.args


def _bare(spec: NetworkSpec) -> NetworkSpec:
    return spec.variant(norm=None)


def _at(spec: NetworkSpec, depth: int) -> NetworkSpec:
    return spec.variant(depth=depth, blocks=None)


def _nearest(spec: NetworkSpec, depth: int) -> int:
    """The possible depth that is nearest to `depth`, the lower of two."""
    return min(nearest_depths(spec.stem, spec.block, depth), key=lambda near: abs(near - depth))
