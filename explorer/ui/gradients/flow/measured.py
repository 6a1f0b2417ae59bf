"""Measures fresh networks a slice of time at a run of the page, so that what is known is drawn and the page stays usable."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from explorer.errors import BadInput
from explorer.figures.series import LayerValues
from explorer.lab.quantities import QUANTITIES, parts_of
from explorer.networks.spec import NetworkSpec
from explorer.ui.anatomies import anatomy
from explorer.ui.gradients.flow.controls import Settings
from explorer.ui.gradients.networks import PANELS
from explorer.ui.labels import names_of, unequal

if TYPE_CHECKING:
    from explorer.signals.flow import FlowResult, FlowStep

SLICE = 0.8  # seconds of measuring before what has been found is drawn
AT_ONCE = 2  # networks: small ones gain more from a core each than one gains from two
# Multiply-adds of forward and backward passes that an ordinary machine does in about half a minute.
MOST_MACS = 600e9


@dataclass(frozen=True)
class Flow:
    """A network as far as it has been measured; in `steps` are those that are to be shown."""

    spec: NetworkSpec
    label: str
    result: "FlowResult"

    @property
    def panel(self) -> str:
        return PANELS[self.spec.norm]

    @property
    def steps(self) -> tuple["FlowStep", ...]:
        return self.result.steps

    def series(self, quantity: str) -> LayerValues:
        """One of `lab.quantities` of each layer at each of the steps."""
        result, measured = self.result, QUANTITIES[quantity]
        layers, kinds = zip(*parts_of(result, measured.of), strict=True)
        values = [measured.values(result, step) for step in result.steps]
        steps = tuple(step.step for step in result.steps)
        return LayerValues(self.label, self.spec.family, layers, kinds, steps, values, depth=self.spec.depth, panel=self.panel)


@dataclass
class Kept:
    """What has been found of one network, for all sessions: the longest result so far."""

    result: "FlowResult | None" = None

    def missing(self, steps: Sequence[int]) -> list[int]:
        found = {step.step for step in self.result.steps} if self.result else set()
        return [step for step in steps if step not in found]

    def take(self, result: "FlowResult") -> None:
        if self.result is None or len(result.steps) > len(self.result.steps):
            self.result = result


@dataclass
class Work:
    """One session's measuring: under way for the networks that it looks at, and what was refused."""

    under_way: dict[tuple, Iterator["FlowResult"]] = field(default_factory=dict)
    refused: dict[tuple, str] = field(default_factory=dict)

    def keep_only(self, aims: Sequence[tuple]) -> None:
        """What is no longer looked at gives its memory back."""
        for held in (self.under_way, self.refused):
            for aim in [aim for aim in held if aim not in aims]:
                del held[aim]


def known(settings: Settings) -> list[Flow]:
    """What has been measured of the networks so far; those of which nothing has been are left out."""
    labels = _labels(settings.specs)
    kept = {spec: _kept(*_key(spec, settings)) for spec in settings.specs}
    return [Flow(spec, labels[spec], one.result) for spec, one in kept.items() if one.result]


def refused(settings: Settings) -> list[str]:
    """Why networks are not measured, each reason once."""
    held = _work(settings).refused
    return list(dict.fromkeys(held[aim] for spec in settings.specs if (aim := _aim(spec, settings)) in held))


def pending(settings: Settings) -> list[tuple[int, NetworkSpec]]:
    """What is still to be measured: steps and networks, the earlier step first."""
    work = _work(settings)
    accepted = [spec for spec in settings.specs if _aim(spec, settings) not in work.refused]
    missing = {spec: _kept(*_key(spec, settings)).missing(settings.steps) for spec in accepted}
    return [(step, spec) for step in settings.steps for spec, steps in missing.items() if step in steps]


def measure_slice(settings: Settings) -> None:
    """Measure what is missing, step after step, until the slice of time is over. Shows how far it is."""
    begun, labels = time.monotonic(), _labels(settings.specs)
    total = len(settings.steps) * len(settings.specs)
    bar = st.progress(0.0)
    while left := pending(settings):
        step = left[0][0]
        specs = _together([spec for each, spec in left if each == step], settings.step)
        what = " and ".join(f"{labels[spec]} {PANELS[spec.norm]}" for spec in specs)
        bar.progress(1 - len(left) / total, text=f"Measuring {what}, " + (f"step {step}" if step else "at initialisation"))
        _measure(specs, settings)
        if time.monotonic() - begun >= SLICE:
            break
    bar.empty()


def _together(specs: Sequence[NetworkSpec], last_step: int) -> Sequence[NetworkSpec]:
    """As many of the first as are measured at once, which is one where more would not fit into the memory."""
    from explorer.lab.fresh import needed_bytes, usual_batch
    from explorer.machine.hardware import free_bytes

    some = specs[:AT_ONCE]
    needed = sum(needed_bytes(anatomy(spec.text), usual_batch(spec), last_step) for spec in some)
    return some if needed <= free_bytes() else specs[:1]


def _measure(specs: Sequence[NetworkSpec], settings: Settings) -> None:
    """The next result of each network, all at once; refused, and that is kept, is what would be too large."""
    work, under_way = _work(settings), {}
    for spec in specs:
        aim = _aim(spec, settings)
        try:
            under_way[spec] = work.under_way.pop(aim, None) or _begun(spec, settings)
        except BadInput as problem:
            work.refused[aim] = str(problem)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(_next, under_way.values()))
    for spec, result in zip(under_way, results):
        if isinstance(result, BadInput):
            work.refused[_aim(spec, settings)] = str(result)
            continue
        kept = _kept(*_key(spec, settings))
        kept.take(result)
        if kept.missing(settings.steps):
            work.under_way[_aim(spec, settings)] = under_way[spec]


def _next(results: Iterator["FlowResult"]) -> "FlowResult | BadInput":
    """What comes next, or why nothing does; a StopIteration would be taken for the end of all."""
    try:
        return next(results, None) or BadInput("The measuring ended before its last step. Reload the page to begin again.")
    except BadInput as problem:
        return problem


def _begun(spec: NetworkSpec, settings: Settings) -> Iterator["FlowResult"]:
    # Imported here: the page's controls are there before torch is.
    from explorer.lab.fresh import check_memory, check_work, fresh_flow, usual_batch

    check_memory(anatomy(spec.text), usual_batch(spec), settings.step)
    check_work(anatomy(spec.text), usual_batch(spec), settings.step, most=MOST_MACS)
    return fresh_flow(spec, data=settings.data, seed=settings.seed, steps=settings.steps)


def _work(settings: Settings) -> Work:
    work = st.session_state.setdefault("flow work", Work())
    work.keep_only([_aim(spec, settings) for spec in settings.specs])
    return work


def _aim(spec: NetworkSpec, settings: Settings) -> tuple:
    """What is measured, and how far."""
    return *_key(spec, settings), settings.step


def _key(spec: NetworkSpec, settings: Settings) -> tuple[str, str, int]:
    return spec.text, settings.data, settings.seed


@st.cache_resource(show_spinner=False, max_entries=200)
def _kept(network: str, data: str, seed: int) -> Kept:
    return Kept()


def _labels(specs: Sequence[NetworkSpec]) -> dict[NetworkSpec, str]:
    """A network has one name, and one colour, with and without normalisation: the panel says which it is."""
    usual = [spec.variant(norm=None) for spec in specs]
    each = list(dict.fromkeys(usual))
    names = dict(zip(each, unequal([names_of(spec) for spec in each])))
    return {spec: names[one] for spec, one in zip(specs, usual)}
