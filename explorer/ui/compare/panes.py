"""Networks side by side: their names and controls above, drawn in the middle, their differences in words below."""

from collections.abc import Mapping
from functools import lru_cache
from html import escape

import streamlit as st

from explorer.anatomy.diff import Difference, differences
from explorer.anatomy.diff_words import listed
from explorer.anatomy.layers import Anatomy
from explorer.anatomy.table import UNITS
from explorer.anatomy.ways import depth_of
from explorer.figures.colours import FAMILY_COLOURS
from explorer.networks.changes import Spec
from explorer.ui.compare.drawings import show_drawings
from explorer.ui.compare.state import MOST, Comparison, next_network, take_networks, take_reference
from explorer.ui.format import plain, si
from explorer.ui.network_picker import network_picker

_STYLE = """<style>
.compare-name { font-weight: 600; font-size: 1.15rem; border-left: 0.35rem solid; padding-left: 0.5rem; line-height: 1.3; }
.compare-name small {
  font-weight: 400; font-size: 0.75rem; opacity: 0.75; border: 1px solid; border-radius: 0.6rem; padding: 0.05rem 0.4rem;
}
[class*="st-key-words-"] li { font-size: 0.875rem; }
</style>"""


def show_panes(comparison: Comparison, anatomies: Mapping[str, Anatomy | str], unit: str) -> None:
    """A column for each drawn network. `anatomies` has, by a network's text, its anatomy, or why there is none."""
    st.html(_STYLE)
    drawn = comparison.drawn
    for index, (column, spec) in enumerate(zip(st.columns(len(drawn), gap="small", vertical_alignment="bottom"), drawn)):
        with column.container(gap="xxsmall"):
            _head(index, spec, comparison, anatomies[spec.text], unit)
    found = _differences(comparison, anatomies, unit)
    show_drawings(comparison, anatomies, found, unit)
    for index, (column, spec) in enumerate(zip(st.columns(len(drawn), gap="small"), drawn)):
        with column.container(key=f"words-{index + 1}"):
            _words(spec, drawn[comparison.reference].text, found, comparison.labels)


def show_adding(comparison: Comparison) -> None:
    """The button that adds a network, where there is room for one."""
    networks = [spec.text for spec in comparison.drawn]
    if len(networks) < MOST:
        added = [*networks, next_network(networks)]
        st.button("Add a network", icon=":material/add:", on_click=take_networks, args=(added, comparison.reference))


def _differences(comparison: Comparison, anatomies, unit) -> dict[str, Difference]:
    """By the text of every drawn network but the reference, where both could be taken apart."""
    against = comparison.drawn[comparison.reference].text
    reference = anatomies[against]
    if isinstance(reference, str):
        return {}
    others = {spec.text: anatomies[spec.text] for spec in comparison.drawn if spec.text != against}
    return {text: _difference(reference, other, unit) for text, other in others.items() if not isinstance(other, str)}


@lru_cache(maxsize=64)
def _difference(a: Anatomy, b: Anatomy, unit: str) -> Difference:
    return differences(a, b, unit)


def _head(index: int, spec: Spec, comparison: Comparison, anatomy: Anatomy | str, unit: str) -> None:
    label, colour = comparison.labels[spec.text], FAMILY_COLOURS[spec.family]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        note = "<small>reference</small>" if index == comparison.reference and len(comparison.drawn) > 1 else ""
        st.html(f'<div class="compare-name" style="border-color: {colour}">{escape(label)} {note}</div>', width="content")
        with st.popover("", icon=":material/tune:", help=f"Change or remove {label}", key=f"change {index + 1}"):
            _change(index, spec, comparison)
    if isinstance(anatomy, Anatomy):
        st.caption(f"{depth_of(anatomy)} layers · {si(anatomy.params)} parameters · {si(UNITS[unit] * anatomy.macs, unit)}")


def _change(index: int, spec: Spec, comparison: Comparison) -> None:
    networks = [one.text for one in comparison.drawn]

    def put(text: str) -> None:
        networks[index] = text
        take_networks(networks, comparison.reference)

    network_picker(f"network {index + 1}", spec.text, torchvision=True, value=spec.text, on_change=put, stacked=True)
    with st.container(horizontal=True):
        st.button("Make it the reference", key=f"reference {index + 1}", disabled=index == comparison.reference,
                  on_click=take_reference, args=(index, comparison))
        others = networks[:index] + networks[index + 1 :]
        kept = comparison.reference - (index < comparison.reference) if index != comparison.reference else 0
        st.button("Remove", key=f"remove {index + 1}", disabled=not others, on_click=take_networks, args=(others, kept))
    st.page_link("../pages/architecture.py", label="Open in Architecture", icon=":material/account_tree:",
                 query_params={"network": spec.text})


def _words(spec: Spec, against: str, found: Mapping[str, Difference], labels: Mapping[str, str]) -> None:
    if spec.text in found:
        st.markdown(f"**{plain(labels[against])} → {plain(labels[spec.text])}**")
        st.markdown("\n".join(f"- {_told(sentence)}" for sentence in found[spec.text].sentences))
    elif spec.text == against and found:
        lost = any(not difference.is_empty and difference.before["layers"] for difference in found.values())
        st.markdown(f"**The reference** for {plain(listed([labels[text] for text in found]))}."
                    + (" Marked in it is what they lack or have otherwise." if lost else " Nothing in it is missing there or different."))


def _told(sentence: str) -> str:
    """What it is about comes in bold: **Depth:** 34 → 50 weighted layers."""
    subject, colon, rest = sentence.partition(": ")
    return f"**{plain(subject)}:** {plain(rest, most=500)}" if colon else plain(sentence)
