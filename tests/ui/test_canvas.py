"""What a canvas may send: a drawing of its own size, and nothing else."""

import base64
import io

import pytest
from PIL import Image

from explorer.ui.components.canvas import PNG, SIDE, png_of


def sent(image, kind="PNG"):
    file = io.BytesIO()
    image.save(file, kind)
    return PNG + base64.b64encode(file.getvalue()).decode()


def test_a_drawing_becomes_grey_and_has_no_transparency():
    drawn = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 255))
    drawn.paste((255, 255, 255, 255), (100, 50, 180, 230))
    with Image.open(io.BytesIO(png_of(sent(drawn)))) as kept:
        assert kept.mode == "L" and kept.size == (SIDE, SIDE) and kept.tobytes() == drawn.convert("L").tobytes()


@pytest.mark.parametrize("text", [
    "", None, 7, "data:image/svg+xml;base64,PHN2Zz4=", PNG, PNG + "not base64!", PNG + "AAAA", PNG + "A" * 600_000,
    sent(Image.new("L", (SIDE, SIDE + 1))), sent(Image.new("L", (SIDE, SIDE)), "JPEG"), sent(Image.new("L", (SIDE, SIDE)))[:120],
])  # fmt: skip
def test_anything_else_is_no_drawing(text):
    assert png_of(text) is None
