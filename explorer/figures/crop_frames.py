"""A picture with a frame around every part of it that a network is shown."""

from collections.abc import Sequence

from PIL import Image, ImageDraw

from explorer.vision.prepare import Box

MAP_SIDE = 320  # pixels
# Frames that overlap are told apart by colour.
FRAMES = ("#E69F00", "#56B4E9", "#009E73", "#CC79A7", "#F0E442")
EDGE = "#202020"
AROUND = (96, 96, 96)  # outside of the picture, where a crop reaches beyond it


def crop_frames(picture: Image.Image, boxes: Sequence[Box]) -> Image.Image:
    """The picture, small, with a frame around each part; around the picture there is grey where a part reaches outside."""
    left, top = (min(0, *(box[side] for box in boxes)) for side in (0, 1))
    right, bottom = (max(end, *(box[side] for box in boxes)) for end, side in ((picture.width, 2), (picture.height, 3)))
    scale = MAP_SIDE / max(right - left, bottom - top)
    canvas = Image.new("RGB", [max(1, round(side * scale)) for side in (right - left, bottom - top)], AROUND)
    way = Image.Resampling.NEAREST if scale > 1 else Image.Resampling.LANCZOS
    small = picture.resize([max(1, round(side * scale)) for side in picture.size], way, reducing_gap=2.0)
    canvas.paste(small, (round(-left * scale), round(-top * scale)))
    draw = ImageDraw.Draw(canvas)
    for number, box in enumerate(boxes):
        x0, y0, x1, y1 = (round((end - start) * scale) for end, start in zip(box, (left, top, left, top), strict=True))
        if x1 - x0 > 6 and y1 - y0 > 6:
            draw.rectangle([x0, y0, x1 - 1, y1 - 1], outline=EDGE, width=4)
            draw.rectangle([x0 + 1, y0 + 1, x1 - 2, y1 - 2], outline=FRAMES[number % len(FRAMES)], width=2)
    return canvas
