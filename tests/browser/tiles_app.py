"""A small app for test_tiles_browser.py: a grid of pictures whose picked one is in the page's address."""

import streamlit as st
from PIL import Image

from explorer.ui.components.tiles import Tile, tiles
from explorer.ui.picture import png_uri
from explorer.ui.url import param, set_params

COLOURS = {"red": "#d55e00", "blue": "#0072b2", "green": "#009e73", "pink": "#cc79a7", "grey": "#888888"}

items = [Tile(name, png_uri(Image.new("RGB", (4, 4), colour)), name, f"<b>{name}</b> *and* so on") for name, colour in COLOURS.items()]
large = Tile("large", png_uri(Image.new("RGB", (300, 200), "#56b4e9")), "large")
shown = [*items, large] if param("large") else items

with st.container(width=330):  # three in a row
    tiles(shown, "colours", selected=param("picked", "red"), on_pick=lambda name: set_params(picked=name), label="Colours")
    if param("seen"):
        tiles(items, "seen", label="To look at")
st.text(f"picked {param('picked', 'red')}")
st.button("One more", on_click=lambda: set_params(large="yes"))
st.button("Some to look at", on_click=lambda: set_params(seen="yes"))
