"""Choosing the pictures: test pictures of the networks' own data, what was uploaded, a folder or zip; in the address but for uploads."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from explorer.data.datasets import describe, settled
from explorer.errors import BadInput
from explorer.lab.trained import dataset_of
from explorer.ui.classify.uploads import SOURCE, session_uploads, uploads
from explorer.ui.controls import dropdown, segmented, stops
from explorer.ui.say import say_error
from explorer.ui.train.download import at_hand
from explorer.ui.url import param, set_params
from explorer.vision.model import Model
from explorer.vision.sources import sources_in_zip, sources_of

if TYPE_CHECKING:
    from explorer.vision.sources import Refused, Source

KINDS = {"test": "Test pictures", "uploads": "Your uploads", "folder": "A folder or zip"}
COUNTS = (100, 200, 500, 1000, 2000)
USUAL = 500
MOST_MEGABYTES = 500  # an uploaded zip lies in memory
HOW = "Folders inside it that are named like classes of a network tell what their pictures show."


@dataclass(frozen=True)
class Pictures:
    """What is to be answered: `sources`, of `of` there are; `key` names them in what is kept; `refused` are no pictures at all."""

    key: str
    title: str
    sources: Sequence["Source"]
    of: int
    refused: Sequence["Refused"] = ()


def choose_pictures(models: Sequence[Model]) -> Pictures | None:
    """The controls, and what they choose; None, and what to do, where there is nothing yet. Raises BadInput."""
    datasets = _datasets(models)
    usual = "uploads" if param("source") == SOURCE or not datasets else "test"
    kind = segmented("Pictures", KINDS, "pictures", usual)
    return {"test": lambda: _test_pictures(datasets), "uploads": _uploads, "folder": _folder}[kind]()


def _test_pictures(datasets: Sequence[str]) -> Pictures | None:
    if not datasets:
        st.info("None of the chosen networks says which data set it was trained on: upload pictures, or name a folder.",
                icon=":material/inbox:")  # fmt: skip
        return None
    infos = {name: describe(name) for name in datasets}
    left, right = st.columns((3, 2))
    name = dropdown("Of the data set", {name: info.title for name, info in infos.items()}, "data", datasets[0], place=left,
                    help="Its validation part: the networks were not trained on it.")  # fmt: skip
    if not at_hand(infos[name]):
        return None
    count = _count(infos[name].val, right)
    return Pictures(f"test {name} {count}", infos[name].title, _held_out(name, count), infos[name].val)


def _uploads() -> Pictures | None:
    found = uploads()
    if not found:
        st.info("Upload some pictures on the left: several at once, or a zip, by choosing, dropping or pasting them.",
                icon=":material/upload:")  # fmt: skip
        return None
    about = [f"{one.name} {one.key}" for one in session_uploads().by_name.values()]
    return Pictures(_digest(about), "your uploads", found, len(found))


def _folder() -> Pictures | None:
    left, right = st.columns((3, 2))
    path = param("folder")
    st.session_state["many folder"] = path
    left.text_input("Folder or zip file on this machine", key="many folder", placeholder="/home/me/pictures", help=HOW,
                    on_change=lambda: set_params(folder=st.session_state["many folder"].strip()))  # fmt: skip
    zipped = right.file_uploader("Or upload a zip", type=["zip"], key="many zip", max_upload_size=MOST_MEGABYTES, help=HOW)
    if not path and zipped is None:
        st.info(f"Give a path or a zip file. {HOW}", icon=":material/folder:")
        return None
    title = zipped.name if zipped else path
    sources, refused = _listed(path, zipped)
    if not sources:
        say_error(refused[0].sentence if len(refused) == 1 else f"There is no picture in {title}.")
        return None
    some = _drawn(sources, _count(len(sources), left))
    stamp = zipped.file_id if zipped else _stamp(path)
    about = [title, stamp, *(f"{one.name} {'' if zipped else _stamp(os.path.join(path, one.name))}" for one in some)]
    return Pictures(_digest(about), title, some, len(sources), refused)


def _listed(path: str, zipped) -> tuple[Sequence["Source"], Sequence["Refused"]]:
    """What a folder or zip holds, by names from there on: listed once, and again when it is another, or on demand."""
    which = zipped.file_id if zipped else f"{path} {_stamp(path)}"
    known, listed = st.session_state.get("many listed", (None, None))
    if known != which or st.button("Read again", icon=":material/refresh:", type="tertiary", help="The folder as it is now"):
        sources, refused = sources_in_zip(zipped, zipped.name) if zipped else sources_of([path])
        begin = f"{zipped.name if zipped else Path(path)}/"
        listed = [replace(one, name=one.name.removeprefix(begin)) for one in sources], refused
        st.session_state["many listed"] = which, listed
    return listed


def _count(of: int, place) -> int:
    """How many, where there are more than the fewest."""
    if of <= COUNTS[0]:
        return of
    most = stops("How many, at most", COUNTS, "count", USUAL, place=place, help=f"Drawn by chance from {of:,}, always the same ones.")
    return min(of, most)


def _drawn(sources: Sequence["Source"], count: int) -> list["Source"]:
    from explorer.vision.held_out import drawn

    return [sources[place] for place in drawn(len(sources), count).tolist()]


def _datasets(models: Sequence[Model]) -> list[str]:
    """Those that the chosen networks say they were trained on."""
    found = []
    for model in models:
        try:
            found.append(settled(dataset_of(model)))
        except BadInput:
            continue
    return list(dict.fromkeys(found))


@st.cache_resource(max_entries=4, show_spinner="Reading the pictures")
def _held_out(dataset: str, count: int) -> list["Source"]:
    from explorer.vision.held_out import held_out

    return held_out(dataset, count)


def _stamp(path: str) -> str:
    """Changes when a file does, and when something joins or leaves a folder; empty for what lies in a zip."""
    try:
        about = os.stat(path)
        return f"{about.st_mtime_ns} {about.st_size}"
    except (OSError, ValueError):
        return ""


def _digest(lines: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode("utf-8", "replace")).hexdigest()
