"""Compare: two to four networks side by side, what differs between them, what they cost and what they reach."""

import streamlit as st

from explorer.anatomy.table import UNITS
from explorer.errors import BadInput
from explorer.networks.spec import parse_spec
from explorer.ui.compare_costs import show_costs
from explorer.ui.compare_errors import show_errors
from explorer.ui.compare_panes import show_adding, show_panes
from explorer.ui.compare_presets import PRESETS
from explorer.ui.compare_state import Comparison, read_comparison, take_networks, take_preset
from explorer.ui.format import plain
from explorer.ui.url import choice, set_params

DEFAULT_UNIT = "MACs"


@st.cache_resource(max_entries=64, show_spinner="Taking the networks apart…")
def anatomy(network: str):
    """The network's anatomy, or a sentence that says why there is none."""
    # Here and not above: torch takes seconds to import, and the controls need not wait for it.
    from explorer.anatomy.of import anatomy_of

    try:
        return anatomy_of(parse_spec(network))
    except BadInput as problem:
        return str(problem)


def main() -> None:
    st.title("Compare")
    comparison = read_comparison()
    unit = choice("unit", list(UNITS), DEFAULT_UNIT)
    choose(comparison, unit)
    for trouble in comparison.troubles:
        say(trouble, comparison)
    anatomies = {spec.text: anatomy(spec.text) for spec in comparison.networks}
    labels = comparison.labels
    traced = [(spec, labels[spec.text], anatomies[spec.text]) for spec in comparison.networks if not isinstance(anatomies[spec.text], str)]
    if comparison.preset and len(traced) == len(comparison.networks):
        explain(comparison.preset, [whole for *_, whole in traced], unit)
    show_panes(comparison, anatomies, unit)
    if traced:
        st.subheader("Costs")
        show_costs(traced, unit)
    st.subheader("Error against cost")
    show_errors(labels, comparison.networks[0], unit)


def choose(comparison: Comparison, unit: str) -> None:
    titles = {name: preset.title for name, preset in PRESETS.items()}
    current = next((name for name, preset in PRESETS.items() if preset is comparison.preset), None)
    st.session_state["preset"], st.session_state["unit"] = current, unit
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.segmented_control("Begin with", list(titles), format_func=titles.get, key="preset",
                             on_change=lambda: take_preset(st.session_state["preset"]))
        st.segmented_control("Count", list(UNITS), key="unit", required=True, on_change=count_in)
        show_adding(comparison)
    if len(comparison.drawn) == 1:
        st.info("One network alone differs from nothing: add another beside it.", icon=":material/info:")


def say(trouble, comparison: Comparison) -> None:
    st.warning(plain(trouble.sentence, most=500), icon=":material/warning:")
    networks = [spec.text for spec in comparison.drawn] if comparison.preset is None else []
    if trouble.near:
        with st.container(horizontal=True):
            for near in trouble.near:
                st.button(f"Compare {near}", key=f"add {near}", on_click=take_networks, args=([*networks, near], comparison.reference))


def explain(preset, anatomies, unit: str) -> None:
    with st.container(border=True):
        left, right = st.columns((11, 9), gap="large", vertical_alignment="center")
        left.markdown("\n".join(f"- {sentence}" for sentence in preset.look(anatomies, unit)))
        for formula in preset.formulas(anatomies, unit):
            right.latex(formula)


def count_in() -> None:
    unit = st.session_state["unit"]
    set_params(unit=None if unit == DEFAULT_UNIT else unit)


main()
