"""Fetching a data set that is not on this machine yet."""

import streamlit as st

from explorer.data.datasets import DatasetInfo, fetch
from explorer.errors import BadInput
from explorer.ui.format import bytes as byte_count
from explorer.ui.say import say_error


def at_hand(info: DatasetInfo) -> bool:
    """Whether the data can be used now; if not, offer the download.

    It can be given up by "Cancel" or by leaving the page: the next one goes on where it ended.
    """
    if info.at_hand:
        return True
    with st.container(border=True):
        st.markdown(f":material/download: **{info.title} is not on this machine yet.**  \n"
                    ":gray[:small[Fetched once, checked and kept. A download that breaks off goes on where it ended.]]")
        if not st.button(f"Download {info.title}", icon=":material/download:"):
            return False
        bar = st.progress(0.0, text="Connecting")
        st.button("Cancel")  # any use of the page ends this script, and with it the download
        try:
            fetch(info.name, lambda done, total: bar.progress(min(1.0, done / total) if total else 0.0, text=_downloaded(done, total)))
        except BadInput as error:
            bar.empty()
            say_error(error, ":material/cloud_off:")
            return False
    st.rerun()


def _downloaded(done: int, total: int | None) -> str:
    return f"{byte_count(done)} of {byte_count(total)}" if total else byte_count(done)
