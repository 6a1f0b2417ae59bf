"""Networks side by side: each drawn with what differs from the reference marked, and told in words."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import escape

import streamlit as st

from explorer.anatomy.diff import Difference, differences
from explorer.anatomy.diff_words import listed
from explorer.anatomy.layers import Anatomy
from explorer.anatomy.table import UNITS
from explorer.anatomy.ways import depth_of
from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.graph import graph_json
from explorer.networks.changes import Spec
from explorer.ui.compare_state import MOST, Comparison, next_network, take_networks, take_reference
from explorer.ui.components.network_view import network_view
from explorer.ui.format import plain, si
from explorer.ui.network_picker import network_picker

HEIGHTS = (520, 760)
# Room for a name and a button over each network, in columns of any width.
_STYLE = """<style>
.compare-name { font-weight: 600; font-size: 1.15rem; border-left: 0.35rem solid; padding-left: 0.5rem; line-height: 1.3; }
[class*="st-key-words-"] li { font-size: 0.875rem; }
</style>"""


def show_panes(comparison: Comparison, anatomies: Mapping[str, Anatomy | str], unit: str) -> None:
    """A column for each drawn network. `anatomies` has, by a network's text, its anatomy, or why there is none."""
    st.html(_STYLE)
    drawn = comparison.drawn
    against = drawn[comparison.reference].text
    found = _differences(drawn, against, anatomies, unit)
    columns = st.columns(len(drawn), gap="small")
    for index, (column, spec) in enumerate(zip(columns, drawn)):
        with column:
            _head(index, spec, comparison, anatomies[spec.text], unit)
            if isinstance(anatomies[spec.text], str):
                st.error(anatomies[spec.text])
                continue
            marks = found[spec.text].after if spec.text in found else _combined(found, comparison.labels)
            _drawing(index, spec.text, anatomies[spec.text], marks if found else None, unit, comparison.labels[spec.text])
            with st.container(key=f"words-{index + 1}"):
                _words(spec, against, found, comparison.labels)


def show_adding(comparison: Comparison) -> None:
    """The button that adds a network, where there is room for one."""
    networks = [spec.text for spec in comparison.drawn]
    if len(networks) < MOST:
        added = [*networks, next_network(networks)]
        st.button("Add a network", icon=":material/add:", on_click=take_networks, args=(added, comparison.reference))


def _differences(drawn: Sequence[Spec], against: str, anatomies, unit) -> dict[str, Difference]:
    """By the text of every network but the reference, where both could be taken apart."""
    reference = anatomies[against]
    if isinstance(reference, str):
        return {}
    others = {spec.text: anatomies[spec.text] for spec in drawn if spec.text != against}
    return {text: _difference(reference, other, unit) for text, other in others.items() if not isinstance(other, str)}


@lru_cache(maxsize=64)
def _difference(a: Anatomy, b: Anatomy, unit: str) -> Difference:
    return differences(a, b, unit)


def _combined(found: Mapping[str, Difference], labels: Mapping[str, str]) -> dict:
    """The marks of the reference: what of it any other network lacks or has otherwise, and which."""
    layers: dict[str, list[str]] = {}
    edges = {}
    for text, difference in found.items():
        for name, (sign, said) in difference.before["layers"].items():
            told = f"{labels[text]}: {said}" if sign == "changed" else f"not in {labels[text]}"
            known = layers.get(name)
            layers[name] = ["changed" if known and known[0] != sign else sign, f"{known[1]}; {told}" if known else told]
        edges |= {(source, target): [source, target, sign] for source, target, sign in difference.before["edges"]}
    return {"layers": layers, "edges": list(edges.values())}


def _head(index: int, spec: Spec, comparison: Comparison, anatomy: Anatomy | str, unit: str) -> None:
    label, colour = comparison.labels[spec.text], FAMILY_COLOURS[spec.family]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        st.html(f'<div class="compare-name" style="border-color: {colour}">{escape(label)}</div>', width="content")
        with st.popover("", icon=":material/tune:", help=f"Change or remove {label}", key=f"change {index + 1}"):
            _change(index, spec, comparison)
    if isinstance(anatomy, Anatomy):
        st.caption(f"{depth_of(anatomy)} layers · {si(anatomy.params)} parameters · {si(UNITS[unit] * anatomy.macs, unit)}"
                   + (" · **the reference**" if index == comparison.reference else ""))


def _change(index: int, spec: Spec, comparison: Comparison) -> None:
    networks = [one.text for one in comparison.drawn]

    def put(text: str) -> None:
        networks[index] = text
        take_networks(networks, comparison.reference)

    network_picker(f"network {index + 1}", spec.text, torchvision=True, value=spec.text, on_change=put, stacked=True)
    with st.container(horizontal=True):
        st.button("Make it the reference", key=f"reference {index + 1}", disabled=index == comparison.reference,
                  on_click=take_reference, args=(index,))
        others = networks[:index] + networks[index + 1 :]
        kept = comparison.reference - (index < comparison.reference) if index != comparison.reference else 0
        st.button("Remove", key=f"remove {index + 1}", disabled=not others, on_click=take_networks, args=(others, kept))
    st.page_link("../pages/architecture.py", label="Open in Architecture", icon=":material/account_tree:", query_params={"network": spec.text})


@st.fragment
def _drawing(index: int, network: str, anatomy: Anatomy, marks: Mapping | None, unit: str, label: str) -> None:
    """What its reader does in a drawing runs this part of the page only."""
    network_view(_graph(anatomy, unit), f"compared {index + 1}", marks=marks, link="compared", heights=HEIGHTS, label=f"{label}, drawn")


@lru_cache(maxsize=64)
def _graph(anatomy: Anatomy, unit: str) -> str:
    return graph_json(anatomy, unit)


def _words(spec: Spec, against: str, found: Mapping[str, Difference], labels: Mapping[str, str]) -> None:
    if spec.text == against:
        if found:
            lost = sum(len(difference.before["layers"]) > 0 for difference in found.values())
            st.markdown(f"**The reference** for {plain(listed([labels[text] for text in found]))}."
                        + (" Marked here: what they lack or have otherwise." if lost else ""))
    elif spec.text in found:
        st.markdown(f"**{plain(labels[against])} → {plain(labels[spec.text])}**")
        st.markdown("\n".join(f"- {_told(sentence)}" for sentence in found[spec.text].sentences))


def _told(sentence: str) -> str:
    """What it is about comes in bold: **Depth:** 34 → 50 weighted layers."""
    subject, colon, rest = sentence.partition(": ")
    return f"**{plain(subject)}:** {plain(rest, most=500)}" if colon else plain(sentence)
