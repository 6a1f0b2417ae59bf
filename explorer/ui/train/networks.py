"""Which networks are trained side by side."""

import html
from collections.abc import Callable, Sequence

import streamlit as st

from explorer.data.datasets import DataError, DatasetInfo
from explorer.errors import BadInput
from explorer.figures.colours import FAMILY_COLOURS
from explorer.networks.options import SpecError
from explorer.networks.spec import NetworkSpec, parse_spec
from explorer.training.start import check_fit, fitted
from explorer.ui.format import plain
from explorer.ui.labels import names_of
from explorer.ui.network_picker import network_picker, offered_networks
from explorer.ui.train.state import MOST_NETWORKS
from explorer.ui.url import set_params

DROPOUT_HELP = ("Share of the values on their way to the classifier that training sets to zero, anew in each step: a cure for "
                "overfitting. An option of the network, `?dropout=0.3` in its name; choosing here sets it in all of them.")
DROPOUTS = (0.0, 0.1, 0.2, 0.3, 0.5)
BUILT = "train built"


def choose_networks(networks: Sequence[str], info: DatasetInfo | None) -> bool:
    """Draw the choice; whether every one is a network that can be trained on the data."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.multiselect(
            "Networks to train side by side", offered_networks(), accept_new_options=True, max_selections=MOST_NETWORKS,
            select_all=False, filter_mode="contains", label_visibility="collapsed",
            placeholder="Choose, or type a network such as cifar/highway-32?width=8",
            **_many("networks", list(networks)),
        )
        with st.popover("Build one", icon=":material/tune:", help="Put a network together, option by option, and add it"):
            _build(networks)
    problems = problems_of(networks, info)
    if problems:
        st.error("  \n".join(plain(problem, most=600) for problem in problems), icon=":material/error:")
    if info is not None and problems and fitted_networks(networks, info) != list(networks):
        st.button(f"Fit them to {plain(info.title)}", icon=":material/build:", on_click=_put, args=(fitted_networks(networks, info),))
    specs = _specs(networks)
    if specs:
        st.html(_listed(specs))
        _choose_dropout(networks, specs)
    return not problems


def problems_of(networks: Sequence[str], info: DatasetInfo | None) -> list[str]:
    """A sentence for each network that is none or that does not fit the data."""
    problems = [] if networks else ["Choose at least one network."]
    for text in networks:
        try:
            spec = parse_spec(text)
            if info is not None:
                check_fit(spec, info)
        except BadInput as error:
            problems.append(str(error))
    return problems


def fitted_networks(networks: Sequence[str], info: DatasetInfo) -> list[str]:
    """The networks as newly chosen data needs them, such as with another number of classes; what is no network stays."""
    return list(dict.fromkeys(_fitted(text, info) for text in networks))


def _fitted(text: str, info: DatasetInfo) -> str:
    try:
        spec = parse_spec(text)
        return check_fit(spec, info).text
    except DataError:
        return fitted(spec, info).text if isinstance(spec, NetworkSpec) else text
    except SpecError:
        return text


def _choose_dropout(networks: Sequence[str], specs: Sequence[NetworkSpec]) -> None:
    found = {spec.dropout for spec in specs}
    offered = sorted({*DROPOUTS, *found})
    key = "train dropout"
    st.session_state[key] = found.pop() if len(found) == 1 else None

    def take() -> None:
        _put([_changed(text, lambda spec: spec.variant(dropout=st.session_state[key])) for text in networks])

    st.segmented_control("Dropout, in all of them", offered, format_func=lambda share: f"{share:g}" if share else "none",
                         key=key, on_change=take, help=DROPOUT_HELP)


def _build(networks: Sequence[str]) -> None:
    st.session_state.setdefault(BUILT, "cifar/basic-20?width=8")
    spec = network_picker("train build", value=st.session_state[BUILT], stacked=True,
                          on_change=lambda text: st.session_state.update({BUILT: text}))
    full = len(networks) >= MOST_NETWORKS
    st.button("Add this network", icon=":material/add:", type="primary", width="stretch", disabled=full or spec.text in networks,
              help=f"No more than {MOST_NETWORKS}." if full else None, on_click=_put, args=([*networks, spec.text],))


def _changed(text: str, change: Callable[[NetworkSpec], NetworkSpec]) -> str:
    try:
        spec = parse_spec(text)
        return change(spec).text if isinstance(spec, NetworkSpec) else text
    except SpecError:
        return text


def _specs(networks: Sequence[str]) -> list[NetworkSpec]:
    specs = []
    for text in networks:
        try:
            spec = parse_spec(text)
        except SpecError:
            continue
        if isinstance(spec, NetworkSpec):
            specs.append(spec)
    return specs


def _listed(specs: Sequence[NetworkSpec]) -> str:
    """Each network in words beside its family's colour, which its curves will have."""
    rows = "".join(
        f'<span style="white-space:nowrap"><span style="color:{FAMILY_COLOURS[spec.family]}">●</span> '
        f"{html.escape(names_of(spec)[-1])}</span>"
        for spec in specs
    )
    return f'<div style="display:flex;flex-wrap:wrap;gap:0.1rem 1.2rem;font-size:0.875rem;opacity:0.85">{rows}</div>'


def _many(name: str, value: list[str]) -> dict:
    key = f"train {name}"
    st.session_state[key] = value
    return {"key": key, "on_change": lambda: _put(st.session_state[key])}


def _put(networks: Sequence[str]) -> None:
    # None at all has to be said: an address without the parameter stands for the networks offered at first.
    set_params(networks=",".join(dict.fromkeys(networks)) or ",")
