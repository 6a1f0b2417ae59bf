"""The colour scale of maps, drawn below them, and the files of one that a reader takes away."""

import io

import streamlit as st
from PIL import Image

from explorer.figures.feature_maps import gradient
from explorer.ui.format import minus

_BAR = """<div role="img" aria-label="Colour scale from {low} to {high}{of}"
style="display: flex; align-items: center; gap: 0.5rem; font-size: 0.8rem"><span>{low}</span>
<span style="flex: 1; max-width: 16rem; height: 0.7rem; border-radius: 2px; background: {colours}"></span>
<span>{high}</span><span style="opacity: 0.75">{of}</span></div>"""


def show_legend(most: float, signed: bool, of: str = "") -> None:
    """A bar from 0, or from minus `most` where values are signed, to `most`; `of` are words of ours for whose scale it is."""
    low = minus(f"{-most:.3g}") if signed else "0"
    st.html(_BAR.format(low=low, high=f"{most:.3g}", colours=gradient(signed), of=of and f" {of}"))


def show_downloads(name: str, picture: Image.Image, numbers: str, key: str) -> None:
    """Maps as they are seen, and their numbers as CSV; `name` of the files without ending."""
    name = "-".join(name.replace("/", "-").split())
    left, right, _ = st.columns([2, 2, 3])
    left.download_button("PNG", lambda: _png(picture), f"{name}.png", "image/png", icon=":material/download:", width="stretch",
                         key=f"{key}-png", on_click="ignore")  # fmt: skip
    right.download_button("CSV", numbers, f"{name}.csv", "text/csv", icon=":material/download:", width="stretch",
                          key=f"{key}-csv", on_click="ignore")  # fmt: skip


def _png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
