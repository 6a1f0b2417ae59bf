"""What the networks get to see: where each crop lies in the picture, the crops, and what each of them says by itself."""

import io
from collections.abc import Sequence

import streamlit as st
from PIL import Image

from explorer.figures.crop_frames import crop_frames
from explorer.ui.classify.answer.measured import Verdict
from explorer.ui.classify.answer.words import crops_told, first, sureness
from explorer.ui.classify.shown import Chosen
from explorer.ui.components.tiles import Tile, tiles
from explorer.ui.format import joined, percent, plain
from explorer.ui.picture import png_uri
from explorer.vision.crops import Crop
from explorer.vision.kept import Mark, mark_of

TILE, LARGE_TILE = 136, 192  # pixels; five tiles stand side by side


def show_seen(group: Sequence[Verdict], chosen: Chosen, key: str) -> None:
    """For networks that are shown the same: the picture with a frame around every crop, and the crops."""
    crops = [answer.crop for answer in group[0].found.answers]
    frames, images = _drawn(chosen.key, mark_of(group[0].loaded.model), group[0].crops, chosen.picture.image, crops)
    st.markdown(f"**What {_whose(group)} to see**")
    where, beside = st.columns([1, 1], gap="medium")
    with where:
        st.image(frames, alt="The picture with a frame around every crop")
        st.caption(_where(crops))
    shown = [Tile(str(place), image, crops[place].title, _said(group, place)) for place, image in enumerate(images)]
    with beside:
        if len(crops) == 1:
            tiles(shown, f"crops {key}", size=LARGE_TILE, label="What the network gets")
        else:
            st.caption(crops_told(group[0]))
        st.caption(f"{crops[0].title.capitalize()}: {_steps(crops[0])}")
        if len(group) > 1:
            st.caption(f"Below {'it' if len(crops) == 1 else 'each'}: what {_listed(group)} say of it alone, in this order.")
    if len(crops) > 1:
        tiles(shown, f"crops {key}", size=TILE, label="Crops")
        with st.expander("What each crop says by itself, as a table"):
            st.dataframe(_rows(group), hide_index=True, width="stretch")


@st.cache_data(max_entries=32, show_spinner=False)
def _drawn(key: str, mark: Mark, kind: str, _picture: Image.Image, _crops: Sequence[Crop]) -> tuple[bytes, list[str]]:
    """The picture with its frames as a PNG, and the crops as addresses."""
    file = io.BytesIO()
    crop_frames(_picture, [crop.box for crop in _crops if not crop.mirrored]).save(file, "PNG")
    return file.getvalue(), [png_uri(_small(crop.prepared.image)) for crop in _crops]


def _small(image: Image.Image) -> Image.Image:
    if max(image.size) <= 2 * LARGE_TILE:
        return image
    image = image.copy()
    image.thumbnail((2 * LARGE_TILE, 2 * LARGE_TILE))
    return image


def _said(group: Sequence[Verdict], place: int) -> str:
    """What each network says of a crop alone: the class, once where they agree, and the probabilities."""
    said = [_alone(one, place) for one in group]
    if len({name for name, _ in said}) == 1:
        return f"{said[0][0]} {', '.join(sure for _, sure in said)}"
    return ", ".join(f"{name} {sure}" for name, sure in said)


def _rows(group: Sequence[Verdict]) -> list[dict]:
    """A row for each crop, and a last one for their mean."""
    titles = [answer.crop.title for answer in group[0].found.answers]
    rows = [{"crop": title} | {one.label: " ".join(_alone(one, place)) for one in group} for place, title in enumerate(titles)]
    return [*rows, {"crop": "mean of all"} | {one.label: f"{first(one)} {percent(sureness(one))}" for one in group}]


def _alone(verdict: Verdict, place: int) -> tuple[str, str]:
    """The likeliest class of a crop, and its probability."""
    probabilities = verdict.found.answers[place].probabilities
    best = int(probabilities.argmax())
    return verdict.loaded.classes[best], percent(float(probabilities[best]))


def _whose(group: Sequence[Verdict]) -> str:
    return f"{_listed(group)} {'gets' if len(group) == 1 else 'get'}"


def _listed(group: Sequence[Verdict]) -> str:
    return joined([plain(one.label) for one in group])


def _where(crops: Sequence[Crop]) -> str:
    frames = {crop.box for crop in crops}
    if len(crops) == 1:
        return "The frame is the part of your picture that the network gets."
    if len(frames) == 1:
        return "Every one shows the same part of your picture."
    return f"The {len(crops)} crops lie in {len(frames)} frames: each is seen as it is and in a mirror."


def _steps(crop: Crop) -> str:
    size = " x ".join(map(str, crop.prepared.image.size))
    return f"{size} pixels: {plain('; '.join(crop.prepared.steps), 600) or 'the pixels are unchanged'}."
