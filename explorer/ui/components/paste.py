"""Pictures pasted or dropped anywhere on the page go to the page's own uploader."""

from collections.abc import Callable

import streamlit as st

HTML = """
<div class="paste">
  <div class="welcome" aria-hidden="true">Drop pictures anywhere</div>
  <div class="lost" role="status"></div>
</div>
"""


def paste(place: str, key: str, *, on_wanted: Callable[[], None]) -> None:
    """Hand what is pasted or dropped on the page to the uploader inside the container of the key `place`.

    Where it is not on the page, `on_wanted` is called before the page runs again, and is to bring it there. Nothing of
    it is seen except while files are dragged over the page, and where some of those that were dropped cannot be read. Text that
    is pasted into a field stays the field's, whatever picture comes with it.
    """
    _paste()(key=key, data={"target": f".st-key-{place}"}, on_wanted_change=on_wanted)


@st.cache_resource(show_spinner=False)
def _paste():
    return st.components.v2.component("explorer.paste", html=HTML, css="paste/paste.css", js="paste/paste.js")
