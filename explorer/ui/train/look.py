"""A look at the data before training: pictures as the network will get them, and how many there are of each class."""

import base64
import html
import io

import streamlit as st

from explorer.data.datasets import DatasetInfo
from explorer.errors import BadInput
from explorer.figures.class_balance import class_balance
from explorer.networks.spec import NetworkSpec
from explorer.ui.components.chart import chart
from explorer.ui.say import say_error
from explorer.ui.url import param, set_params

SAMPLES = 48
ROWS = 3  # full ones, as many pictures as the page is wide; the rest is cut off
SHOWN_PIXELS = 64
LARGEST = 128  # pixels of a picture as it is sent
BALANCE_HEIGHT = 300


def look_at(info: DatasetInfo, spec: NetworkSpec | None, augment: str, seed: int) -> None:
    """A switch, and with it on samples augmented as in training and the class balance. Reads the data, so it is off at first."""
    key = "train look"
    st.session_state[key] = param("look") == "1"
    st.toggle("Look at the data", key=key, on_change=lambda: set_params(look="1" if st.session_state[key] else None),
              help="Pictures of the first batches as the network will get them, augmented, and how many there are of each class.")
    if not st.session_state[key]:
        return
    size, channels = (spec.input, spec.channels) if spec else (info.size or 32, info.channels or 3)
    try:
        pictures, classes, train, val = _looked(info.name, size, channels, augment, seed)
    except BadInput as error:
        say_error(error)
        return
    st.html(pictures)
    chart(class_balance(classes, train, val), "train-balance", height=BALANCE_HEIGHT, filename="class-balance", view=info.name)


@st.cache_data(show_spinner="Reading the pictures", max_entries=16, ttl=600)
def _looked(name: str, size: int, channels: int, augment: str, seed: int):
    """The grid as HTML, and the classes with their counts; kept, since reading a large set takes seconds."""
    from explorer.data.look import look  # torch comes with it

    seen = look(name, size=size, channels=channels, augment=augment, seed=seed, count=SAMPLES)
    return _grid(seen.images, seen.labels), tuple(seen.classes), tuple(seen.train_counts), tuple(seen.val_counts)


def _grid(images, labels) -> str:
    """uint8 [n, H, W, C] as a grid, each picture with its class beneath."""
    figures = "".join(
        f'<figure style="margin:0;padding-bottom:0.4rem"><img src="data:image/png;base64,{_png(pixels)}" alt="{html.escape(label, quote=True)}" '
        f'style="width:100%;border-radius:3px;image-rendering:{"pixelated" if pixels.shape[0] <= SHOWN_PIXELS else "auto"}">'
        f'<figcaption style="font-size:0.7rem;opacity:0.7;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;text-align:center">'
        f"{html.escape(label)}</figcaption></figure>"
        for pixels, label in zip(images, labels)
    )
    columns = f"repeat(auto-fill,minmax({SHOWN_PIXELS}px,1fr))"
    style = f"display:grid;grid-template:repeat({ROWS},auto)/{columns};grid-auto-rows:0;overflow:hidden;column-gap:0.5rem"
    return f'<div style="{style}">{figures}</div>'


def _png(pixels) -> str:
    from PIL import Image

    picture = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)
    picture.thumbnail((LARGEST, LARGEST))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()
