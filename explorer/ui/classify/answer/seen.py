"""What the networks get to see: where each crop lies in the picture, the crops, and what each of them says by itself."""

from collections.abc import Sequence

import streamlit as st
from PIL import Image, ImageDraw

from explorer.ui.classify.answer.measured import Verdict
from explorer.ui.classify.answer.words import crops_told
from explorer.ui.components.tiles import Tile, picture_uri, tiles
from explorer.ui.format import percent, plain
from explorer.vision.crops import Crop
from explorer.vision.prepare import Box

MAP_SIDE, TILE, LARGE_TILE = 320, 128, 192
# Frames that overlap are told apart by colour; a mirrored crop lies where its own one lies.
FRAMES = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#F0E442")
EDGE = "#202020"
AROUND = (96, 96, 96)  # outside of the picture, where a crop reaches beyond it


def show_seen(group: Sequence[Verdict], picture: Image.Image, key: str) -> None:
    """For networks that are shown the same crops: the picture with their frames, and beside it the crops."""
    crops = [answer.crop for answer in group[0].found.answers]
    st.markdown(f"**What {_whose(group)} to see**")
    if len(crops) > 1:
        st.caption(crops_told(group[0]))
    where, shown = st.columns([1, 1] if len(crops) == 1 else [1, 2], gap="medium")
    with where:
        st.image(framed(picture, [crop.box for crop in crops if not crop.mirrored]), alt="The picture with a frame around every crop")
        st.caption(_where(crops))
    with shown:
        size = LARGE_TILE if len(crops) == 1 else TILE
        tiles([_tile(group, place) for place in range(len(crops))], f"crops {key}", size=size, label="Crops")
        if len(crops) == 1:
            st.caption(_steps(crops[0]))
    if len(crops) > 1:
        st.caption(f"{crops[0].title.capitalize()}: {_steps(crops[0])}")


def framed(picture: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """The picture, small, with a frame around each part; around the picture there is grey where a part reaches outside."""
    left, top = (min(0, *(box[side] for box in boxes)) for side in (0, 1))
    right, bottom = (max(end, *(box[side] for box in boxes)) for end, side in ((picture.width, 2), (picture.height, 3)))
    scale = MAP_SIDE / max(right - left, bottom - top)
    canvas = Image.new("RGB", [max(1, round(side * scale)) for side in (right - left, bottom - top)], AROUND)
    way = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS
    small = picture.resize([max(1, round(side * scale)) for side in picture.size], way)
    canvas.paste(small, (round(-left * scale), round(-top * scale)))
    draw = ImageDraw.Draw(canvas)
    for number, box in enumerate(boxes):
        x0, y0, x1, y1 = (round((end - start) * scale) for end, start in zip(box, (left, top, left, top), strict=True))
        if x1 - x0 > 6 and y1 - y0 > 6:
            draw.rectangle([x0, y0, x1 - 1, y1 - 1], outline=EDGE, width=4)
            draw.rectangle([x0 + 1, y0 + 1, x1 - 2, y1 - 2], outline=FRAMES[number % len(FRAMES)], width=2)
    return canvas


def _tile(group: Sequence[Verdict], place: int) -> Tile:
    """A crop with what each network says of it alone."""
    crop = group[0].found.answers[place].crop
    image = crop.prepared.image
    if max(image.size) > 2 * LARGE_TILE:
        image = image.copy()
        image.thumbnail((2 * LARGE_TILE, 2 * LARGE_TILE))
    said = []
    for one in group:
        probabilities = one.found.answers[place].probabilities
        best = int(probabilities.argmax())
        name = f"{one.label}: " if len(group) > 1 else ""
        said.append(f"{name}{one.loaded.classes[best]} {percent(float(probabilities[best]))}")
    return Tile(str(place), picture_uri(image), f"{crop.title}, {' x '.join(map(str, crop.prepared.image.size))}", "; ".join(said))


def _whose(group: Sequence[Verdict]) -> str:
    names = [plain(one.label) for one in group]
    return f"{names[0]} gets" if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]} get"


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
