"""Fetching the weights of models that are not on this machine yet, beside everything that goes on meanwhile."""

import streamlit as st

from explorer.ui.format import bytes as byte_count
from explorer.ui.format import plain
from explorer.vision import fetching
from explorer.vision.fetching import Fetch
from explorer.vision.model import Model

TICK_SECONDS = 0.7


def show_download(model: Model) -> None:
    """How far the download of a model is, with the buttons that start it, cancel it and go on with it; nothing if it is here.

    A download belongs to the server: every session that has chosen the model sees it, and it goes on when they leave.
    """
    if not model.at_hand:
        st.fragment(_panel, run_every=TICK_SECONDS)(model)


def _panel(model: Model) -> None:
    fetch = fetching.state(model)
    if fetch.state == fetching.DONE:
        st.rerun()
    with st.container(gap="small", key=f"download of {model.id}"):
        (_going_on if fetch.state == fetching.RUNNING else _offer)(model, fetch)


def _going_on(model: Model, fetch: Fetch) -> None:
    st.progress(fetch.share, text=f"Downloading, {_amount(fetch)}")
    _button("Cancel", "close", fetching.cancel, model, help="What has come is kept: the download can go on from there")


def _offer(model: Model, fetch: Fetch) -> None:
    if fetch.problem:
        st.error(f"{plain(fetch.problem, 600)} What needs no download is listed under “Usable now”.", icon=":material/cloud_off:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if fetch.received:
            _button("Go on", "download", fetching.start, model, type="primary", help="The rest is fetched, and the whole checked")
            _button("Discard", "delete", fetching.discard, model, help="Remove from this machine what has come")
            st.caption(f"{_amount(fetch)} have come")
        else:
            _button("Try again" if fetch.problem else "Download", "download", fetching.start, model, type="primary",
                    help="Fetched once, held against its checksum, and kept")  # fmt: skip


def _button(label: str, icon: str, action, model: Model, **how) -> None:
    st.button(label, key=f"{label} {model.id}", icon=f":material/{icon}:", on_click=action, args=(model,), **how)


def _amount(fetch: Fetch) -> str:
    return f"{byte_count(fetch.received)} of {byte_count(fetch.total)}"
