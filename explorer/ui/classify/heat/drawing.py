"""Heats as they are drawn: on the picture or on the network's input, in colours of one scale or of their own."""

import re
from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image

from explorer.figures.heat import HeatScale, heat_overlay
from explorer.ui.classify.heat.controls import Asked, per_unit, unit_of
from explorer.ui.classify.heat.measured import Measured
from explorer.ui.classify.shown import Chosen
from explorer.ui.components.heat_maps import HeatMap
from explorer.ui.format import percent
from explorer.ui.picture import in_small, png_uri, webp_uri
from explorer.vision.kept import Mark, mark_of
from explorer.vision.prepare import Box

BASE_SIDE, OVERLAY_SIDE = 640, 320  # pixels, of the longer side; heat is smooth
NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9]+")  # of files
LONGEST = 3  # times its width a picture is shown high, or the reverse: of a longer one the part around what the network gets


def drawn(found: Sequence[Measured], chosen: Chosen, asked: Asked) -> list[HeatMap]:
    """A map for each network, in their order."""
    unit = unit_of(asked)
    values = [per_unit(asked) * one.heat.values for one in found]
    strongest = [_strongest(one, asked.signed) for one in values]
    maps = []
    for number, (one, its) in enumerate(zip(found, values, strict=True)):
        scale = HeatScale(max(strongest) if asked.common else strongest[number], asked.signed)
        base, part = _shown(chosen, one, asked.on_picture)
        frame = _shares(one.prepared.box if asked.on_picture else part, part)
        maps.append(HeatMap(
            id=one.loaded.model.id, title=one.name, subtitle=f"{one.label} · {percent(one.heat.probability)}",
            base=base[0], overlay=_overlay(its, scale, base[1], frame), width=base[1][0], height=base[1][1], values=its, frame=frame,
            legend=scale.legend(), ends=(-scale.most if asked.signed else 0.0, scale.most), unit=unit,
            filename=f"{asked.method}-{NOT_IN_NAMES.sub('-', one.name)}",
        ))  # fmt: skip
    return maps


def _strongest(values: np.ndarray, signed: bool) -> float:
    return max(0.0, float(np.abs(values).max() if signed else values.max()))


def _shown(chosen: Chosen, one: Measured, on_picture: bool) -> tuple[tuple[str, tuple[int, int]], Box]:
    """The address and the size of the image below the heat, and which part it shows of the picture."""
    if not on_picture:
        return _input(chosen.key, mark_of(one.loaded.model), one.prepared.image), one.prepared.box
    part = _part(chosen.picture.image.size, one.prepared.box)
    return _base(chosen.key, part, chosen.picture.image), part


def _part(size: tuple[int, int], box: Box) -> Box:
    """All of the picture or, of a very long one, what lies around the middle of the box."""
    most = LONGEST * min(size)
    ends = []
    for side, low, high in ((size[0], box[0], box[2]), (size[1], box[1], box[3])):
        length = min(side, most)
        start = min(max(0, round((low + high) / 2 - length / 2)), side - length)
        ends.append((start, start + length))
    return ends[0][0], ends[1][0], ends[0][1], ends[1][1]


def _shares(box: Box, part: Box) -> tuple[float, float, float, float]:
    """A box as shares of a part of the picture."""
    across, down = part[2] - part[0], part[3] - part[1]
    return (box[0] - part[0]) / across, (box[1] - part[1]) / down, (box[2] - part[0]) / across, (box[3] - part[1]) / down


def _overlay(values: np.ndarray, scale: HeatScale, size: tuple[int, int], frame: tuple[float, float, float, float]) -> str:
    width, height = (max(1, round(side * OVERLAY_SIDE / max(size))) for side in size)
    box = (frame[0] * width, frame[1] * height, frame[2] * width, frame[3] * height)
    return png_uri(heat_overlay(values, scale, (width, height), box))


@st.cache_data(max_entries=16, show_spinner=False)
def _base(key: str, part: Box, _image: Image.Image) -> tuple[str, tuple[int, int]]:
    return _fitted(_image.crop(part))


@st.cache_data(max_entries=16, show_spinner=False)
def _input(key: str, mark: Mark, _image: Image.Image) -> tuple[str, tuple[int, int]]:
    return _fitted(_image.convert("RGB"))


def _fitted(image: Image.Image) -> tuple[str, tuple[int, int]]:
    """The address of an image of some hundred pixels, and its size."""
    small = in_small(image, BASE_SIDE)
    return (webp_uri if max(image.size) > BASE_SIDE else png_uri)(small), small.size
