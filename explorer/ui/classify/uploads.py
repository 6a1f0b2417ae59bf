"""The pictures that a session has brought in: kept as bytes, and decoded when they are looked at, whatever else changes on the page."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from explorer.ui.components.tiles import Tile
from explorer.ui.format import bytes as byte_count
from explorer.ui.picture import webp_uri
from explorer.ui.url import set_params
from explorer.vision.picture import PictureError, thumbnail
from explorer.vision.sources import Refused, Source, is_zip, sources_in_zip

MOST = 200
MOST_BYTES = 500 * 2**20
SIDE = 96  # pixels of a tile
SPREAD = " Of a zip, those that found one are spread evenly over it; under Many pictures, a folder or zip may hold 2,000."
SOURCE = "upload"  # what the address calls them


@dataclass(frozen=True)
class Upload:
    """A picture that can be read, under a name that no other upload has; `key` is a digest of its bytes."""

    name: str
    data: bytes = field(repr=False)
    label: str | None
    key: str
    format: str
    tile: Tile = field(repr=False)


@dataclass
class Uploads:
    """All of a session's, in their order; the one looked at; and what of the last batch was refused.

    While a batch is being taken, `taken` are the ids of its files that have been, and `fresh` says whether none of it could be read yet.
    """

    by_name: dict[str, Upload] = field(default_factory=dict)
    chosen: str = ""
    refused: list[Refused] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    fresh: bool = True

    @property
    def bytes(self) -> int:
        return sum(len(one.data) for one in self.by_name.values())


def session_uploads() -> Uploads:
    """What this session has brought in."""
    return st.session_state.setdefault("pictures brought in", Uploads())


def uploads() -> list[Source]:
    """The uploads, in their order, for who looks at many pictures."""
    return [Source(one.name, one.label, lambda one=one: one.data) for one in session_uploads().by_name.values()]


def look_at(name: str) -> None:
    """Choose one of the uploads, in a callback: it is what all views show."""
    if name in session_uploads().by_name:
        session_uploads().chosen = name
        set_params(source=SOURCE)


def join(source: Source) -> None:
    """Let a picture from elsewhere join the uploads, unless it is among them, and choose it, in a callback."""
    kept = session_uploads()
    kept.refused, kept.fresh = [], True
    try:
        digest = hashlib.sha256(source.read()).hexdigest()
        known = next((one.name for one in kept.by_name.values() if one.key == digest), None)
        if known is None and len(kept.by_name) >= MOST:
            raise PictureError(f"{source.name} found no place: {MOST} pictures are kept at a time. Remove some first.")
        if known is None:
            _keep(kept, source)
        look_at(known or kept.chosen)
    except PictureError as error:
        kept.refused.append(Refused(source.name, str(error)))


def take(kept: Uploads, files: Sequence[UploadedFile], progress: Callable[[float, str], None]) -> None:
    """Take what can be read of some files, also of those in zips, and choose the first of them; refuse the others one by one.

    `progress` gets the share of what is done, and the name of what is next. What it raises, as Streamlit does where a person clicks
    meanwhile, ends the work: called with the same files again, it goes on.
    """
    if not kept.taken:
        kept.refused, kept.fresh = [], True
    for done, file in enumerate(files):
        if file.file_id in kept.taken:
            continue
        progress(done / len(files), file.name)
        kept.taken.add(file.file_id)
        too_many = 0
        for source in _sources(kept, file):
            try:
                if len(kept.by_name) >= MOST:
                    too_many += 1
                else:
                    _keep(kept, source)
            except PictureError as error:
                kept.refused.append(Refused(source.name, str(error)))
        if too_many:
            what = f"{file.name}" if too_many == 1 else f"{too_many:,} pictures of {file.name}"
            why = f"{what} found no place: {MOST} pictures are kept at a time. Remove some first.{SPREAD * (too_many > 1)}"
            kept.refused.append(Refused(file.name, why))
    kept.taken.clear()


def remove(kept: Uploads, name: str) -> None:
    """Forget an upload; the next one, or the last, is looked at in its place."""
    names = list(kept.by_name)
    if name in kept.by_name:
        at = names.index(name)
        del kept.by_name[name]
        kept.chosen = next(iter([*names[at + 1 :], *names[:at][::-1]]), "")


def _sources(kept: Uploads, file: UploadedFile) -> Iterator[Source]:
    if not is_zip(file):
        file.seek(0)
        yield Source(file.name, None, file.read)
        return
    found, refused = sources_in_zip(file, file.name)
    kept.refused += refused
    yield from _spread(found, MOST - len(kept.by_name))


def _spread(found: Sequence[Source], room: int) -> list[Source]:
    """All of them, and first as many as there is room for, evenly from all over: the first ones by name would be of a few classes only."""
    if not 0 < room < len(found):
        return list(found)
    first = [place * len(found) // room for place in range(room)]
    return [found[place] for place in first] + [one for place, one in enumerate(found) if place not in set(first)]


def _keep(kept: Uploads, source: Source) -> None:
    """Raises PictureError."""
    data = source.read()
    small = thumbnail(data, source.name, SIDE)
    if kept.bytes + len(data) > MOST_BYTES:
        raise PictureError(f"{source.name} found no place: {MOST_BYTES // 2**20} MB of pictures are kept at a time. Remove some first.")
    name = _unique(source.name, kept)
    width, height = small.size
    tile = Tile(name, webp_uri(small.image), name, f"{width} x {height}, {byte_count(len(data))}")
    kept.by_name[name] = Upload(name, data, source.label, hashlib.sha256(data).hexdigest(), small.format, tile)
    if kept.fresh:
        kept.chosen, kept.fresh = name, False


def _unique(name: str, kept: Uploads) -> str:
    found, number = name, 1
    while found in kept.by_name:
        number += 1
        found = f"{name} ({number})"
    return found
