"""A trained highway net with its gates pushed: error and answers along the slider, filled in while one looks."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from explorer.figures.gates import answers_along, error_along
from explorer.lab.gates import answers, error_of
from explorer.lab.trained import Validation
from explorer.signals.gates import pushed
from explorer.signals.statistics import with_statistics_of
from explorer.ui.components.chart import chart
from explorer.ui.controls import stops, switch
from explorer.ui.gradients.gates import words
from explorer.ui.gradients.reading import beside, show_reading
from explorer.vision.loading import LoadedModel
from explorer.vision.model import Model

# In per cent. The ends and the middle first: they say most.
PUSHES = tuple(range(-100, 101, 10))
CURVE = (0, -100, 100, -50, 50, -80, 80, -20, 20, -60, 60, -40, 40, -90, 90, -70, 70, -30, 30, -10, 10)
ROUND_SECONDS = 0.7  # measured between two drawings
PAUSE_SECONDS = 0.1
HEIGHT = 400


@dataclass(frozen=True)
class Pushing:
    """What is pushed (`which`: all gates, or a stage's), judged by what, and the picture that is watched. `key` tells one from another."""

    model: Model
    loaded: LoadedModel
    validation: Validation
    blocks: Sequence[str]
    which: str
    picture: int
    key: str
    renewed: bool = False  # BN's statistics are those of the pictures, with the gates pushed


def show_pushed(pushing: Pushing) -> None:
    """The slider, its charts and their reading."""
    renewed = switch("Measure BN's statistics anew at every push", "renew",
                     help="Off: those of training, which belong to gates as they were learnt. On: those of these very pictures, for "
                     "every push. Look for what a push breaks only because the statistics no longer fit.")  # fmt: skip
    pushing = replace(pushing, renewed=renewed, key=f"{pushing.key} {renewed}")
    measured = _measured(pushing.key)
    gates = words.pushed_gates(pushing.which)
    at = stops(f"Push {gates} (%): −100 shuts them, 0 leaves them as they were learnt, 100 opens them", PUSHES, "push", 0)
    todo = [push for push in dict.fromkeys((at, *CURVE)) if push not in measured]
    st.fragment(_go_on, run_every=PAUSE_SECONDS if todo else None)(pushing, measured, at, bool(todo))


def _go_on(pushing: Pushing, measured: dict, at: int, unfinished: bool) -> None:
    """Measure for a moment, draw what there is, and again until the curve is whole."""
    wanted = list(dict.fromkeys((at, *CURVE)))
    _measure_some(pushing, measured, wanted)
    done = [push for push in wanted if push in measured]
    if unfinished and len(done) == len(wanted):
        st.rerun()  # the whole page: it no longer asks for more
    bar = st.empty()  # always: what stands below it keeps its place
    if len(done) < len(wanted):
        pictures = len(pushing.validation.labels)
        bar.progress(len(done) / len(wanted), text=f"{len(done)} of {len(wanted)} pushes measured, each on {pictures} pictures")
    _draw(pushing, dict(sorted(measured.items())), at)


def _measure_some(pushing: Pushing, measured: dict, wanted: Sequence[int]) -> None:
    blocks = None if pushing.which == "all" else tuple(name for name in pushing.blocks if name.partition(".")[0] == pushing.which)
    began = time.monotonic()
    for push in wanted:
        if push not in measured:
            net, images = pushed(pushing.loaded.net, push / 100, blocks), pushing.validation.images
            measured[push] = answers(with_statistics_of(net, images) if pushing.renewed else net, images)
        if time.monotonic() - began > ROUND_SECONDS:
            return


def _draw(pushing: Pushing, measured: dict, at: int) -> None:
    labels, classes = pushing.validation.labels, pushing.loaded.classes
    label = int(labels[pushing.picture])
    errors = {push: error_of(found, labels) for push, found in measured.items()}
    watched = [found[pushing.picture].tolist() for found in measured.values()]
    figures, text = beside("pushed")
    with figures:
        chart(error_along(list(errors), list(errors.values()), at, 1 - 1 / len(classes), f"{len(labels)} of {pushing.validation.title}"),
              "gates-error", height=HEIGHT, filename="highway-gates-error", view=pushing.key)  # fmt: skip
        chart(answers_along(list(measured), watched, classes, label, at), "gates-answers", height=HEIGHT,
              filename="highway-gates-answers", view=f"{pushing.key} {pushing.picture}")  # fmt: skip
    with text:
        answer = words.taken_for(measured[at][pushing.picture].tolist(), classes, label, at)
        show_reading(words.push_reading(pushing.model.spec, errors, answer, pushing.which, pushing.renewed))


@st.cache_resource(max_entries=24, show_spinner=False)
def _measured(key: str) -> dict:
    """Class probabilities [N, classes] by push in per cent: shared by all sessions, filled in by whoever looks."""
    return {}
