"""Colour a network's drawing by a person's own numbers: the upload, which stays with the session, and what is wrong with it."""

import streamlit as st

from explorer.anatomy.layers import Anatomy
from explorer.anatomy.overlay import Overlay
from explorer.anatomy.overlay_file import MOST_BYTES, OWN, example_csv, example_json, read_overlays
from explorer.errors import BadInput
from explorer.ui.format import plain
from explorer.ui.url import param, set_params

HELD = "overlay-upload"
UPLOADER = "overlay-file"
MOST_WORDS = 900
ON_OFFER = Overlay(OWN, "Your own numbers…", "", "mean", "linear", "Upload a CSV or JSON file with a number for each layer.")
HOW = """A CSV with a column `layer` and a column of numbers for each overlay, such as `latency [ms]`; with a column `step` there is a
scrubber. Or JSON: `{"name": "latency", "unit": "ms", "values": {"conv1": 0.41}}`. Layers are named as in the table."""


def own_overlay(anatomy: Anatomy) -> Overlay:
    """The controls, and what the session's file lays over this network; without values where there is none, or says what is wrong."""
    held = st.session_state.get(HELD)
    if held is None:
        _ask(anatomy)
        return ON_OFFER
    name, content = held
    try:
        found = _read(content, name, anatomy.network, anatomy)
    except BadInput as problem:
        st.error(plain(problem, MOST_WORDS), icon=":material/error:")
        _show_file(name)
        return ON_OFFER
    return _show_file(name, found)


@st.cache_resource(show_spinner=False, max_entries=32)
def _read(content: bytes, name: str, network: str, _anatomy: Anatomy) -> tuple[Overlay, ...]:
    return read_overlays(content, name, _anatomy)


def _ask(anatomy: Anatomy) -> None:
    st.file_uploader("Your own numbers, CSV or JSON", type=["csv", "json"], key=UPLOADER, on_change=_hold, help=HOW,
                     max_upload_size=MOST_BYTES // 1_000_000)  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("An uploaded file stays in this session only: the address cannot hold it.", width="stretch")
        name = anatomy.network.replace("/", "-").partition("?")[0]
        for kind, mime, example in (("csv", "text/csv", example_csv), ("json", "application/json", example_json)):
            st.download_button(f"Example for this network ({kind.upper()})", example(anatomy), f"{name}-overlay.{kind}", mime, on_click="ignore")


def _show_file(name: str, found: tuple[Overlay, ...] = ()) -> Overlay:
    """The file's name, the way back, and which of its columns, where it has several."""
    chosen = next((one for one in found if one.label == param("quantity")), found[0] if found else ON_OFFER)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(found) > 1:
            st.session_state["overlay-column"] = chosen.label
            st.selectbox("Column", [one.label for one in found], key="overlay-column", on_change=_take_column, width=260)
        st.markdown(f"From {plain(name)}, which stays in this session only: the address cannot hold it.")
        st.button("Another file", icon=":material/upload_file:", key="overlay-another", on_click=_forget)
    return chosen


def _hold() -> None:
    uploaded = st.session_state.get(UPLOADER)
    if uploaded is not None:
        st.session_state[HELD] = (uploaded.name, uploaded.getvalue())


def _take_column() -> None:
    set_params(quantity=st.session_state["overlay-column"], step=None)


def _forget() -> None:
    st.session_state.pop(HELD, None)
    set_params(quantity=None, step=None)
