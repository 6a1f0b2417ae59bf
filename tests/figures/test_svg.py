"""Pictures by every Graphviz of this machine; graphviz-pure is always there, as it is among the requirements."""

import io
import re
import xml.etree.ElementTree as ElementTree
import zlib

import pytest
from PIL import Image, ImageOps

from explorer.errors import BadInput
from explorer.figures import svg
from explorer.figures.svg import A4, PAGES, draw, graphviz_programs, layout, page_size, render, scale_on

DOT = 'digraph { node [fontname="Helvetica"] a [label="1 − 3×3" id="layer:a.b" class="opens:a"]; a -> b [class="shortcut"] }'
TRANSPARENT = DOT.replace("digraph {", "digraph { bgcolor=transparent")
PURE = next(program for program in graphviz_programs() if program.stem == "graphviz-pure")


@pytest.mark.parametrize("program", graphviz_programs(), ids=lambda program: program.stem)
def test_svg_keeps_ids_and_classes(program):
    root = ElementTree.fromstring(draw(program, DOT, "svg"))
    node = next(element for element in root.iter() if element.get("id") == "layer:a.b")
    assert set(node.get("class").split()) == {"node", "opens:a"}
    assert any("shortcut" in element.get("class", "").split() for element in root.iter())
    fonts = {element.get("font-family") for element in root.iter() if element.get("font-family")}
    assert fonts == {"Helvetica,sans-Serif"}  # and no serif where a browser lacks the first


@pytest.mark.parametrize("program", graphviz_programs(), ids=lambda program: program.stem)
def test_png_and_pdf(program):
    assert Image.open(io.BytesIO(draw(program, DOT, "png"))).size > (50, 50)
    assert draw(program, DOT, "pdf").startswith(b"%PDF-")


def one_program(monkeypatch, program):
    monkeypatch.setattr(svg, "graphviz_programs", lambda: [program])
    for cached in (render, layout):
        cached.cache_clear()
    return f"{DOT}  // by {program.stem}"


@pytest.mark.parametrize("program", graphviz_programs(), ids=lambda program: program.stem)
@pytest.mark.parametrize("page", [*PAGES, "16:9"])
def test_a_page_has_its_size_and_the_drawing_in_the_middle(monkeypatch, program, page):
    dot, (width, height) = one_program(monkeypatch, program), page_size(page)
    root = ElementTree.fromstring(render(dot, "svg", page))
    assert (float(root.get("width")[:-2]), float(root.get("height")[:-2])) == (round(width), round(height))
    (box,) = re.findall(rb"/MediaBox ?\[ ?([^\]]*)\]", render(dot, "pdf", page)) or re.findall(
        rb"/MediaBox ?\[ ?([^\]]*)\]", b"".join(map(zlib_text, re.findall(rb"stream\r?\n(.*?)endstream", render(dot, "pdf", page), re.S))))
    assert [float(side) for side in box.split()] == pytest.approx([0, 0, width, height], abs=1)
    picture = Image.open(io.BytesIO(render(dot, "png", page))).convert("L")
    assert picture.size == pytest.approx((width / 72 * 300, height / 72 * 300), abs=3)
    assert picture.getpixel((0, 0)) == 255
    left, top, right, bottom = ImageOps.invert(picture).getbbox()
    assert left + right == pytest.approx(picture.width, abs=60) and top + bottom == pytest.approx(picture.height, abs=60)
    # As large as may be, with a centimetre around it.
    assert scale_on(page, layout(dot)) == min(svg.LARGEST, (width - 56) / layout(dot).width, (height - 56) / layout(dot).height)


def zlib_text(stream):
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return b""


def test_other_sides_have_the_area_of_a4_and_other_pages_are_refused():
    width, height = page_size("4:3")
    assert width / height == pytest.approx(4 / 3) and width * height == pytest.approx(A4[0] * A4[1])
    assert page_size("a4 LANDSCAPE") == (842, 595)
    for page in ("A5 portrait", "99:1", "0:3", "3", ""):
        with pytest.raises(BadInput, match="there is no page .*: use A4 portrait, A4 landscape, .* or width:height such as 16:9"):
            page_size(page)


def test_a_png_is_as_fine_as_print_unless_it_would_be_too_large(monkeypatch):
    width, height, type_size = layout(DOT)
    assert type_size == 14  # Graphviz' own
    assert Image.open(io.BytesIO(render(DOT, "png"))).size == pytest.approx((width / 72 * 300, height / 72 * 300), abs=3)
    monkeypatch.setattr(svg, "MOST_PIXELS", 10_000)
    width, height = Image.open(io.BytesIO(render(DOT + " ", "png"))).size
    assert 9_000 < width * height < 11_000


def test_the_background_is_none_unless_one_is_asked_for():
    assert Image.open(io.BytesIO(render(TRANSPARENT, "png"))).convert("RGBA").getpixel((0, 0))[3] == 0
    assert Image.open(io.BytesIO(render(TRANSPARENT, "png", background="white"))).convert("RGBA").getpixel((0, 0)) == (255,) * 4


def test_dot_is_the_source_itself():
    assert render(DOT, "dot") == DOT.encode()


def test_unknown_formats_and_broken_source_are_refused():
    with pytest.raises(BadInput, match="cannot draw gif: use svg, png, pdf or dot"):
        render(DOT, "gif")
    with pytest.raises(BadInput, match="could not draw this diagram"):
        render("digraph { a -> ", "svg")


def test_a_dot_that_fails_gives_way_to_graphviz_pure(tmp_path, monkeypatch):
    broken = tmp_path / "dot"
    broken.write_text("#!/bin/sh\necho 'Format: \"pdf\" not recognized.' >&2\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr(svg, "graphviz_programs", lambda: [broken, PURE])
    assert render(DOT + " ", "pdf").startswith(b"%PDF-")


def test_no_graphviz_at_all_is_said(monkeypatch):
    monkeypatch.setattr(svg, "graphviz_programs", list)
    with pytest.raises(BadInput, match="Graphviz is missing"):
        render(DOT + "  ", "svg")
