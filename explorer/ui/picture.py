"""Choosing a picture: one of the shipped samples, kept in the address, or an upload, kept nowhere."""

import base64
import io
from collections.abc import Mapping

import streamlit as st
from PIL import Image

from explorer.data.formats import SUFFIXES
from explorer.ui.url import param, set_params
from explorer.vision.picture import Picture, open_picture
from explorer.vision.samples import Sample


def choose_picture(offered: list[Sample]) -> tuple[Picture, str]:
    """An upload or, without one, the sample that the address names, and its name. Raises PictureError."""
    uploads = st.session_state.setdefault("uploads dropped", 0)
    upload = st.file_uploader("Your picture", type=SUFFIXES, key=f"upload {uploads}", max_upload_size=20,
                              help="It is looked at in memory and kept nowhere.")
    by_id = {sample.id: sample for sample in offered}
    st.session_state["chosen sample"] = None if upload else _wanted(by_id)
    st.pills(
        "or a sample", by_id, key="chosen sample", on_change=_take_sample, wrap=True,
        format_func=lambda name: f"![]({_thumbnail(str(by_id[name].file))}) {by_id[name].title}",
    )
    if upload:
        return open_picture(upload.getvalue(), upload.name), upload.name
    return sample_asked(offered)


def sample_asked(offered: list[Sample]) -> tuple[Picture, str]:
    """The sample that the address names, or the first, and its name."""
    by_id = {sample.id: sample for sample in offered}
    sample = by_id[_wanted(by_id)]
    return open_picture(sample.file), sample.title


def _wanted(by_id: Mapping[str, Sample]) -> str:
    return param("sample") if param("sample") in by_id else next(iter(by_id))


def _take_sample() -> None:
    """Show the sample just clicked, in the place of an upload."""
    if chosen := st.session_state["chosen sample"]:
        set_params(sample=chosen)
        st.session_state["uploads dropped"] += 1


@st.cache_data(max_entries=64, show_spinner=False)
def _thumbnail(file: str) -> str:
    """A picture as an address that a label can show."""
    image = Image.open(file).convert("RGB")
    image.thumbnail((48, 48))
    return png_uri(image)


def png_uri(image: Image.Image) -> str:
    """An image as the address of a PNG."""
    png = io.BytesIO()
    image.save(png, "PNG")
    return f"data:image/png;base64,{base64.b64encode(png.getvalue()).decode()}"
