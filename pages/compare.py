"""Compare: two to four networks side by side, what differs between them, what they cost and what they reach."""

from collections.abc import Sequence

import streamlit as st

from explorer.anatomy.layers import Anatomy
from explorer.errors import BadInput
from explorer.ui.anatomies import anatomy
from explorer.ui.compare.costs import show_costs
from explorer.ui.compare.errors import show_errors
from explorer.ui.compare.panes import show_adding, show_panes
from explorer.ui.compare.presets import PRESETS, Preset
from explorer.ui.compare.state import Comparison, read_comparison, take_networks, take_preset
from explorer.ui.say import say_warning
from explorer.ui.unit import count_unit


def main() -> None:
    st.title("Compare")
    comparison = read_comparison()
    unit = choose(comparison)
    say_what_is_wrong(comparison)
    anatomies = {spec.text: anatomy_or_reason(spec.text) for spec in comparison.networks}
    labels = comparison.labels
    traced = [(spec, labels[spec.text], anatomies[spec.text]) for spec in comparison.networks if isinstance(anatomies[spec.text], Anatomy)]
    if comparison.preset and len(traced) == len(comparison.networks):
        explain(comparison.preset, [whole for *_, whole in traced], unit)
    show_panes(comparison, anatomies, unit)
    if traced:
        st.subheader("Costs")
        show_costs(traced, unit)
    st.subheader("Error against cost")
    show_errors(labels, comparison.networks[0], unit)


def choose(comparison: Comparison) -> str:
    """What stands above the networks; the unit that is chosen there."""
    titles = {name: preset.title for name, preset in PRESETS.items()}
    st.session_state["preset"] = next((name for name, preset in PRESETS.items() if preset is comparison.preset), None)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control("Begin with", list(titles), format_func=titles.get, key="preset",
                             on_change=lambda: take_preset(st.session_state["preset"]))
        unit = count_unit()
        show_adding(comparison)
    if len(comparison.drawn) == 1:
        st.info("One network alone differs from nothing: add another beside it.", icon=":material/info:")
    return unit


def say_what_is_wrong(comparison: Comparison) -> None:
    """What the address asks for in vain, and what could be added instead."""
    for trouble in comparison.troubles:
        say_warning(trouble)
    networks = [spec.text for spec in comparison.drawn] if comparison.preset is None else []
    if comparison.near:
        with st.container(horizontal=True):
            for near in comparison.near:
                st.button(f"Compare {near}", key=f"add {near}", on_click=take_networks, args=([*networks, near], comparison.reference))


def anatomy_or_reason(network: str) -> Anatomy | str:
    """A network that cannot be taken apart leaves the others as they are."""
    try:
        return anatomy(network)
    except BadInput as problem:
        return str(problem)


def explain(preset: Preset, anatomies: Sequence[Anatomy], unit: str) -> None:
    with st.container(border=True):
        left, right = st.columns((11, 9), gap="large", vertical_alignment="center")
        left.markdown("\n".join(f"- {sentence}" for sentence in preset.look(anatomies, unit)))
        for formula in (*preset.formulas, *preset.sums(anatomies, unit)):
            right.latex(formula)


main()
