"""The picture that is looked at: a sample, an upload, a photograph or a drawing; the address says which of these, `source`."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from explorer.ui.classify import uploads
from explorer.ui.classify.draw import draw_digit
from explorer.ui.classify.shown import Chosen
from explorer.ui.classify.uploads import SOURCE, Uploads, session_uploads
from explorer.ui.components.paste import paste
from explorer.ui.components.tiles import tiles
from explorer.ui.controls import segmented
from explorer.ui.format import bytes as byte_count
from explorer.ui.format import plain
from explorer.ui.picture import choose_sample, in_small, sample_wanted
from explorer.ui.say import say_error
from explorer.ui.url import set_params
from explorer.vision.kept_pictures import KeptPictures
from explorer.vision.models import Model
from explorer.vision.samples import Sample, samples

SOURCES = {"sample": "Sample", SOURCE: "Upload", "camera": "Camera", "draw": "Draw"}
# What the sample stands in for. Neither comes along with an address that is sent to somebody, or loaded anew.
UNTIL = {SOURCE: "until you upload a picture", "camera": "until you take a photograph", "draw": "until you draw a digit"}
UPLOADER = "pictures_in"  # the container that pasted and dropped pictures are handed to
PHOTOGRAPH = "photograph"
MEGABYTES = 200  # of one upload, which may be a zip
SHOWN_SIDE = 320
FEW = 5  # refusals that are read at a glance; the others are a click away
MOST_LISTED = 200
GALLERY_HEIGHT = 300


@dataclass(frozen=True)
class Brought:
    """A picture as it came: its bytes, their digest, what it is called, and whether the control that brought it shows it."""

    name: str
    data: bytes
    key: str
    is_seen: bool = False


def choose(models: Sequence[Model]) -> Chosen:
    """The controls, and the picture that they choose: a sample while a source has none yet. Raises PictureError."""
    # Before what differs from source to source, so that it stays where it is while they change.
    listen(source=SOURCE)
    offered = samples(models[0].knows_digits)
    source = segmented("Picture", SOURCES, "source", "sample")
    until, brought = "", _bring(source, offered, models)
    if not brought:
        sample = sample_wanted(offered)
        st.caption(f"Until then, the sample: {sample.title}.")
        until, brought = UNTIL[source], _of_sample(sample)
    picture, seconds = _kept_pictures().picture(brought.key, brought.data, brought.name)
    _show_picture(brought, picture)
    return Chosen(picture, brought.name, brought.key, seconds, until)


def listen(**wanted: str) -> None:
    """Take what is pasted or dropped on the page; `wanted` is the address of where it is put in, shown where it is not yet."""
    paste(UPLOADER, "paste", on_wanted=lambda: set_params(**wanted))


def bring_in() -> Uploads:
    """The control where pictures are put in, what of them was refused, and all that the session has."""
    kept = session_uploads()
    with st.container(key=UPLOADER):
        _show_uploader(kept)
    if kept.refused:
        _show_refused(kept)
    return kept


def remove_all(kept: Uploads) -> None:
    """A button that forgets all uploads."""
    st.button(f"Remove all {len(kept.by_name)}", key="remove uploads", on_click=_forget_uploads)


def _bring(source: str, offered: list[Sample], models: Sequence[Model]) -> Brought | None:
    """What a source has; None while it has nothing yet."""
    if source == "sample":
        return _of_sample(choose_sample(offered))
    if source == "draw":
        return _brought("drawing", draw_digit(models), is_seen=True)
    return _camera() if source == "camera" else _upload()


def _upload() -> Brought | None:
    kept = bring_in()
    if not kept.by_name:
        return None
    names = list(kept.by_name)
    chosen = kept.by_name.get(kept.chosen) or kept.by_name[names[0]]
    if len(names) > 1:
        tiles([one.tile for one in kept.by_name.values()], "uploads", selected=chosen.name, on_pick=uploads.look_at, size=72,
              most_height=GALLERY_HEIGHT, label="Your pictures")  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.button("Remove this", key="remove upload", icon=":material/delete:", on_click=uploads.remove, args=(kept, chosen.name))
        if len(names) > 1:
            remove_all(kept)
    return Brought(chosen.name, chosen.data, chosen.key)


def _camera() -> Brought | None:
    shot = st.camera_input("Take a photograph", key="camera", label_visibility="collapsed", on_change=_keep_photograph)
    kept = st.session_state.get(PHOTOGRAPH)
    if kept and not shot:  # of before another source was looked at
        st.button("Remove this", key="remove photograph", icon=":material/delete:", on_click=_keep_photograph)
    return _brought("photograph", kept, is_seen=bool(shot))


def _keep_photograph() -> None:
    """The one in the camera outlives that control; none, where it is cleared or empty."""
    shot = st.session_state.get("camera")
    st.session_state[PHOTOGRAPH] = shot and shot.getvalue()


def _show_uploader(kept: Uploads) -> None:
    """Takes what is put in, and is empty again at once: what is kept is the session's, and outlives this control."""
    number = st.session_state.setdefault("uploaders", 0)
    files = st.file_uploader(
        "Your pictures", accept_multiple_files=True, key=f"uploader {number}", max_upload_size=MEGABYTES, label_visibility="collapsed",
        help="JPEG, PNG, WebP, GIF, BMP and TIFF, or a zip of them. They stay in memory and are kept nowhere.",
    )  # fmt: skip
    st.caption(f"Drop them anywhere on the page, or paste. Up to {uploads.MOST}, and zips of them; they stay in this server's memory.")
    if files:
        with st.spinner("Reading …"):
            bar = st.progress(0.0)
            uploads.take(kept, files, lambda done, name: bar.progress(done, plain(name)))
        _release(files)
        st.session_state["uploaders"] = number + 1
        st.rerun()


def _release(files: Sequence) -> None:
    """Let Streamlit forget the files, of which the session has what it needs: else they would stay until the session ends."""
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx()
    for file in files:
        if hasattr(context.uploaded_file_mgr, "remove_file"):  # of the manager that keeps them in memory
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def _show_refused(kept: Uploads) -> None:
    for one in kept.refused[:FEW]:
        say_error(one.sentence)
    if more := kept.refused[FEW:]:
        with st.expander(f"{len(more):,} more that cannot be used"):
            rest = [f"- and {len(more) - MOST_LISTED:,} others"] if len(more) > MOST_LISTED else []
            st.markdown("\n".join([*(f"- {plain(one.sentence, 300)}" for one in more[:MOST_LISTED]), *rest]))
    st.button("Understood", key="refused seen", on_click=kept.refused.clear)


def _forget_uploads() -> None:
    del st.session_state["pictures brought in"]


def _show_picture(brought: Brought, picture) -> None:
    if not brought.is_seen:
        st.image(_in_small(picture.image, brought.key), alt=f"The picture: {brought.name}")
    width, height = picture.image.size
    about = f"{plain(brought.name)}, {width} x {height} pixels, {picture.format}, {byte_count(len(brought.data))}"
    st.caption("; ".join([about, *picture.notes]) + ".")


def _brought(name: str, data: bytes | None, is_seen: bool = False) -> Brought | None:
    return Brought(name, data, hashlib.sha256(data).hexdigest(), is_seen) if data else None


def _of_sample(sample: Sample) -> Brought:
    return _brought(sample.title, sample.file.read_bytes())


@st.cache_data(max_entries=32, show_spinner=False)
def _in_small(_image, key: str):
    return in_small(_image, SHOWN_SIDE)


@st.cache_resource(show_spinner=False)
def _kept_pictures() -> KeptPictures:
    return KeptPictures()
