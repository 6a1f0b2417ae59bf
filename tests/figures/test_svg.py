"""Pictures by every Graphviz of this machine; graphviz-pure is always there, as it is among the requirements."""

import io
import xml.etree.ElementTree as ElementTree

import pytest
from PIL import Image

from explorer.errors import BadInput
from explorer.figures import svg
from explorer.figures.svg import draw, graphviz_programs, render

DOT = 'digraph { node [fontname="Helvetica"] a [label="1 − 3×3" id="layer:a.b" class="opens:a"]; a -> b [class="shortcut"] }'
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
