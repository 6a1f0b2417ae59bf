"""A small app for test_network_*_browser.py: one or two network views that keep what the reader does in the address.

    ?networks=cifar/basic-56,cifar/plain-56  which, linked where they are several
    &deaf=1                                  the page keeps nothing of what it hears
    &slow=1                                  the page takes a second for every run after its drawings
    &pause=1                                 the page takes a second for every run before its drawings
    &overlays=1 &marks={…}                   the built-in overlays and three made up; differences
    &range=1                                 the overlay with lines has a range that is not its own
"""

import json
import math
import time
from dataclasses import replace
from functools import partial

import streamlit as st

from explorer.anatomy.of import anatomy_of
from explorer.anatomy.overlay import Overlay, built_in
from explorer.figures.graph import graph_json
from explorer.networks.spec import parse_spec
from explorer.ui.components.network_view import NetworkEvent, network_view
from explorer.ui.url import param, set_params

HEARD = "heard events"


@st.cache_resource
def anatomy(network: str):
    return anatomy_of(parse_spec(network))


@st.cache_resource
def graph(network: str) -> str:
    return graph_json(anatomy(network))


def hear(event: NetworkEvent) -> None:
    st.session_state.setdefault(HEARD, []).append([event.kind, event.target])
    if not param("deaf"):
        set_params(**{event.kind: event.target})


def made_up(whole) -> list[Overlay]:
    """The built-in overlays; one with steps, a value that is none and one that is not a number; one still to come; one
    with lines, of which one has no value and, at its last step, one that is not a number."""
    count = len(whole.layers)
    rounds = [[None if i == 0 else 10.0 ** (-i * (step + 1) * 4 / count) for i in range(count)] for step in range(5)]
    rounds[4][2] = math.nan
    lines = len(whole.edges)
    currents = [[None if i == 0 else 10.0 ** (-i * (step + 1) * 2 / lines) for i in range(lines)] for step in range(2)]
    currents[1][2] = math.inf
    flow = Overlay("flow", "Flow", "norm", "max", "log", "Made up for a test", tuple(map(tuple, rounds[:2])), (0, 1), tuple(map(tuple, currents)))
    return [
        *built_in(whole),
        Overlay("decay", "Decay", "norm", "mean", "log", "Made up for a test", values=tuple(map(tuple, rounds)), steps=(0, 10, 20, 30, 40)),
        Overlay("later", "Later", "", "mean", "linear", "Still to come"),
        replace(flow, range=(1e-6, 1.0)) if param("range") else flow,
    ]


st.set_page_config(layout="wide")
networks = param("networks", "cifar/basic-56").split(",")
marks = json.loads(param("marks")) if param("marks") else None
if param("pause"):
    time.sleep(1)
kept = {} if param("deaf") else {
    "detail": param("detail", "folded"),
    "toggled": param("toggled").split(","),
    "selected": param("select"),
    "colour": param("colour", "kind"),
    "step": param("step"),
    "find": param("find"),
}  # fmt: skip
for network, place in zip(networks, st.columns(len(networks))):
    whole = anatomy(network)
    with place:
        network_view(
            graph(network),
            f"view {network}" if len(networks) > 1 else "view",
            **kept,
            overlays=made_up(whole) if param("overlays") else (),
            marks=marks,
            link="all" if len(networks) > 1 else "",
            label=f"{whole.title}, drawn",
            on_event=hear,
        )
if param("slow"):
    time.sleep(1)
st.button("Select conv1", on_click=partial(set_params, select="conv1"))
st.button("Run again")
st.text(json.dumps(st.session_state.get(HEARD, [])))
