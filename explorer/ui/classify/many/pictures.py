"""Choosing the pictures: test pictures of the networks' own data, samples, uploads, a folder or zip; in the address but for uploads."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from explorer.data.datasets import DatasetInfo, describe, pictures_of, settled
from explorer.errors import BadInput
from explorer.lab.trained import dataset_of
from explorer.ui.classify.pictures import bring_in, listen, remove_all
from explorer.ui.classify.uploads import SOURCE, uploads
from explorer.ui.controls import dropdown, segmented, stops
from explorer.ui.say import say_error
from explorer.ui.train.download import at_hand
from explorer.ui.url import param, set_params
from explorer.vision.model import Model
from explorer.vision.picture import read_file
from explorer.vision.samples import samples
from explorer.vision.sources import Refused, Source, sources_in_zip, sources_of

if TYPE_CHECKING:
    from explorer.vision.loading import LoadedModel

KINDS = {"test": "Test pictures", "samples": "Samples", "uploads": "Your uploads", "folder": "A folder or zip"}
COUNTS = (100, 200, 500, 1000, 2000)
USUAL = 500
MOST_MEGABYTES = 500  # an uploaded zip lies in memory
PICKED = "They were picked for this page, not drawn by chance: how often a network errs is told by test pictures."
HOW = "Folders inside it that are named like classes of a network tell what their pictures show."


@dataclass(frozen=True)
class Pictures:
    """What is to be answered: `sources`, of `of` there are; `key` names them in what is kept; `refused` are no pictures at all.

    `note` is what has to be known to read their error.
    """

    key: str
    title: str
    sources: Sequence[Source]
    of: int
    refused: Sequence[Refused] = ()
    note: str = ""


def choose_pictures(models: Sequence["LoadedModel"]) -> Pictures | None:
    """The controls, and what they choose: at first what can be answered at once. None, and what to do, where there is nothing yet.
    Raises BadInput."""
    listen(source=SOURCE, pictures="uploads")
    datasets = _datasets([loaded.model for loaded in models])
    are_uploads = param("source") == SOURCE and uploads()
    usual = "uploads" if are_uploads else "test" if any(info.at_hand for info in datasets.values()) else "samples"
    kind = segmented("Pictures", KINDS, "pictures", usual)
    choose = {"test": lambda: _test_pictures(datasets), "samples": lambda: _samples(models), "uploads": _uploads, "folder": _folder}
    return choose[kind]()


def _test_pictures(infos: Mapping[str, DatasetInfo]) -> Pictures | None:
    if not infos:
        st.info("None of the chosen networks says which data set it was trained on: upload pictures, or name a folder.",
                icon=":material/inbox:")  # fmt: skip
        return None
    usual = next((name for name, info in infos.items() if info.at_hand), next(iter(infos)))
    left, right = st.columns((3, 2))
    name = dropdown("Of the data set", {name: info.title for name, info in infos.items()}, "data", usual, place=left,
                    help="Its validation part: the networks were not trained on it.")  # fmt: skip
    if not at_hand(infos[name]):
        return None
    count = _count(infos[name].val, right)
    folder = pictures_of(name)
    state = folder.fingerprint if folder else ""  # its files may change; published data do not
    return Pictures(f"test {name} {state} {count}", infos[name].title, _held_out(name, state, count), infos[name].val)


def _samples(models: Sequence["LoadedModel"]) -> Pictures:
    """The shipped ones that show a class of one of the networks; for those that know none of them all, of unknown class."""
    from explorer.vision.confusion import meanings

    offered = [*samples(digits=True), *samples(digits=False)]
    known = {title for one in models for title, places in meanings([one.title for one in offered], one.classes).items() if places}
    fitting = [one for one in offered if one.title in known] or samples(models[0].model.knows_digits)
    found = [Source(one.file.name, one.title if known else None, partial(read_file, one.file)) for one in fitting]
    about = [f"{one.name} {one.label}" for one in found]
    return Pictures(_digest(about), "the shipped samples", found, len(found), note=PICKED if known else "")


def _uploads() -> Pictures | None:
    kept = bring_in()
    if not kept.by_name:
        st.info("Upload some pictures: several at once, or a zip, by choosing, dropping or pasting them.", icon=":material/upload:")
        return None
    remove_all(kept)
    about = [f"{one.name} {one.key}" for one in kept.by_name.values()]
    return Pictures(_digest(about), "your uploads", uploads(), len(about))


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


def _listed(path: str, zipped) -> tuple[Sequence[Source], Sequence[Refused]]:
    """What a folder or zip holds, by names from there on: listed once, and again when it is another, or on demand."""
    which = zipped.file_id if zipped else f"{path} {_stamp(path)}"
    known, listed = st.session_state.get("many listed", (None, None))
    again = st.button("Read again", icon=":material/refresh:", type="tertiary", help="The folder as it is now")
    if known != which or again:
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


def _drawn(sources: Sequence[Source], count: int) -> list[Source]:
    from explorer.data.order import drawn

    return [sources[place] for place in drawn(len(sources), count).tolist()]


def _datasets(models: Sequence[Model]) -> dict[str, DatasetInfo]:
    """By name, those that the chosen networks say they were trained on."""
    found = {}
    for model in models:
        with suppress(BadInput):
            name = settled(dataset_of(model))
            found[name] = describe(name)
    return found


@st.cache_resource(max_entries=4, show_spinner="Reading the pictures")
def _held_out(dataset: str, state: str, count: int) -> list[Source]:
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
