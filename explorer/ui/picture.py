"""Choosing a picture: one of the shipped samples, kept in the address, or an upload, kept nowhere."""

import base64
import io
from collections.abc import Sequence

import streamlit as st
from PIL import Image

from explorer.data.formats import SUFFIXES
from explorer.ui.say import say_warning
from explorer.ui.url import param, set_params
from explorer.vision.picture import Picture, open_picture
from explorer.vision.samples import Sample, samples

MEGABYTES = 50  # of an upload
CRISP = 64  # an image of fewer pixels a side is shown with its pixels as squares, and kept without loss


def choose_picture(offered: list[Sample]) -> tuple[Picture, str]:
    """An upload or, without one, the sample that the address names, and its name. Raises PictureError."""
    uploads = st.session_state.setdefault("uploads dropped", 0)
    upload = st.file_uploader("Your picture", type=SUFFIXES, key=f"upload {uploads}", max_upload_size=MEGABYTES,
                              help="It is looked at in memory and kept nowhere.")  # fmt: skip
    sample = None if upload else sample_wanted(offered)
    _sample_pills("or a sample", offered, sample)
    if upload:
        return open_picture(upload.getvalue(), upload.name), upload.name
    return open_picture(sample.file), sample.title


def choose_sample(offered: list[Sample]) -> Sample:
    """The sample that the address names, changed by the control."""
    wanted = sample_wanted(offered)
    _sample_pills("Samples", offered, wanted)
    return wanted


def sample_asked(offered: list[Sample]) -> tuple[Picture, str]:
    """The sample that the address names, or the first, and its name."""
    sample = sample_wanted(offered)
    return open_picture(sample.file), sample.title


def sample_wanted(offered: Sequence[Sample]) -> Sample:
    """The one that the address names; the first where it names none, or one that other models have. What there is not is said."""
    by_id, asked = {sample.id: sample for sample in offered}, param("sample")
    if asked and asked not in by_id and asked not in {sample.id for digits in (True, False) for sample in samples(digits)}:
        say_warning(f"There is no sample {asked[:100]}; shown instead: {offered[0].title}.")
    return by_id.get(asked, offered[0])


def in_small(image: Image.Image, side: int) -> Image.Image:
    """The image as it is shown: reduced to fit `side` pixels, or a small one enlarged as far as whole squares for its pixels go."""
    if max(image.size) > side:
        scale = side / max(image.size)
        return image.resize([max(1, round(length * scale)) for length in image.size], Image.Resampling.BICUBIC, reducing_gap=2)
    factor = side // max(image.size) if max(image.size) <= CRISP else 1
    return image.resize([length * factor for length in image.size], Image.Resampling.NEAREST)


def png_uri(image: Image.Image) -> str:
    """An image as the address of a PNG."""
    return _uri(image, "png")


def webp_uri(image: Image.Image) -> str:
    """An image as the address of a WebP, a few kilobytes of it: for galleries. Small ones are kept to the pixel."""
    return _uri(image, "webp", lossless=max(image.size) <= CRISP, quality=80)


def _uri(image: Image.Image, form: str, **options) -> str:
    file = io.BytesIO()
    image.save(file, form, **options)
    return f"data:image/{form};base64,{base64.b64encode(file.getvalue()).decode()}"


def _sample_pills(label: str, offered: list[Sample], chosen: Sample | None) -> None:
    by_id = {sample.id: sample for sample in offered}
    st.session_state["chosen sample"] = chosen and chosen.id
    st.pills(
        label, by_id, key="chosen sample", on_change=_take_sample, wrap=True,
        format_func=lambda name: f"![]({_thumbnail(str(by_id[name].file))}) {by_id[name].title}",
    )  # fmt: skip


def _take_sample() -> None:
    """Show the sample just clicked, in the place of an upload."""
    if chosen := st.session_state["chosen sample"]:
        set_params(sample=chosen)
        st.session_state["uploads dropped"] = st.session_state.get("uploads dropped", 0) + 1


@st.cache_data(max_entries=64, show_spinner=False)
def _thumbnail(file: str) -> str:
    """A picture as an address that a label can show."""
    image = Image.open(file).convert("RGB")
    image.thumbnail((48, 48))
    return png_uri(image)
