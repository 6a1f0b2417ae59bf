"""From Graphviz source to a picture, by `dot` where it is installed, else by the graphviz-pure of requirements.txt."""

import io
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from math import sqrt
from pathlib import Path
from typing import NamedTuple

from explorer.errors import BadInput

FORMATS = ("svg", "png", "pdf", "dot")
PROGRAMS = ("dot", "graphviz-pure")
TIMEOUT = 60  # seconds; the largest picture of this project takes a few
NOT_IN_HELVETICA = str.maketrans({"−": "–"})  # what PDF's standard font has instead
A4, LETTER = (595.0, 842.0), (612.0, 792.0)  # points
PAGES = {"A4 portrait": A4, "A4 landscape": A4[::-1], "Letter portrait": LETTER, "Letter landscape": LETTER[::-1]}
MARGIN = 28.0  # points around a drawing on a page, a centimetre
LARGEST = 1.5  # times its own size, to which a small drawing is enlarged on a page
PRINT_DPI = 300
MOST_PIXELS = 60e6  # of a PNG; a larger drawing gets fewer to the inch


class Layout(NamedTuple):
    """A picture's own size and that of its smallest type, in points."""

    width: float
    height: float
    type_size: float


@lru_cache(maxsize=32)
def render(dot: str, format: str = "svg", page: str | None = None, background: str = "") -> bytes:
    """The picture of Graphviz source as SVG, PNG, PDF, or the source itself; the last few are kept.

    As large as it is drawn, or in the middle of a page (see `page_size`), white then. A PNG is as fine as print.
    Raises `BadInput` for another format or page, for source that cannot be laid out and where there is no Graphviz.
    """
    if format not in FORMATS:
        raise BadInput(f"cannot draw {format}: use {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    options = {"margin": "0"} | ({"bgcolor": background} if background else {})
    if page is not None:
        width, height = page_size(page)
        options |= {"bgcolor": "white", "viewport": f"{width:.0f},{height:.0f},{scale_on(page, layout(dot)):.4f}"}
    if format == "png":
        width, height, _ = layout(dot)
        width, height = (width, height) if page is None else page_size(page)
        options["dpi"] = f"{min(PRINT_DPI, 72 * sqrt(MOST_PIXELS / (width * height))):.0f}"
    return dot.encode() if format == "dot" else _first_that_can(dot, format, options)


@lru_cache(maxsize=64)
def layout(dot: str) -> Layout:
    """How large the picture is. Raises `BadInput` as `render` does."""
    svg = _first_that_can(dot, "svg", {}).decode()
    sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', svg)]
    return Layout(*map(float, re.search(r'viewBox="\S+ \S+ (\S+) (\S+)"', svg).groups()), min(sizes, default=0.0))


def page_size(page: str) -> tuple[float, float]:
    """Width and height in points of one of `PAGES`, or of as much paper as A4 with the sides `W:H`. Raises `BadInput`."""
    known = {name.lower(): size for name, size in PAGES.items()}
    sides = re.fullmatch(r"([1-9]\d?):([1-9]\d?)", page)
    if page.lower() in known:
        return known[page.lower()]
    if sides is None or not 0.1 <= int(sides[1]) / int(sides[2]) <= 10:
        raise BadInput(f"there is no page {page[:40]}: use {', '.join(PAGES)}, or width:height such as 16:9")
    unit = sqrt(A4[0] * A4[1] / (int(sides[1]) * int(sides[2])))
    return int(sides[1]) * unit, int(sides[2]) * unit


def scale_on(page: str, drawing: Layout) -> float:
    """By how much a drawing is enlarged so that it fills a page, below 1 where it is made smaller."""
    width, height = page_size(page)
    return min((width - 2 * MARGIN) / drawing.width, (height - 2 * MARGIN) / drawing.height, LARGEST)


def graphviz_programs() -> list[Path]:
    """The Graphviz programs of this machine, the preferred one first: on the path, or beside this Python as in a
    virtual environment that is not activated."""
    beside = str(Path(sys.executable).parent)
    found = [shutil.which(name) or shutil.which(name, path=beside) for name in PROGRAMS]
    return [Path(program) for program in found if program]


def draw(program: Path, dot: str, format: str, options: dict[str, str] = {}) -> bytes:
    """The picture by one Graphviz program, with attributes of the graph; raises `BadInput` where it cannot."""
    if format == "pdf" and program.stem == "graphviz-pure":  # which has no PDF of its own
        return _pdf(_run(program, dot, "svg", options))
    return _run(program, dot, format, options)


def _first_that_can(dot, format, options):
    problem = "Graphviz is missing: install this project's requirements again, which bring graphviz-pure"
    for program in graphviz_programs():
        try:
            return draw(program, dot, format, options)
        except BadInput as error:  # a dot built without PNG or PDF, say: the next one may do
            problem = str(error)
    raise BadInput(problem)


def _run(program, dot, format, options):
    command = [str(program), f"-T{format}", *(f"-G{name}={value}" for name, value in options.items())]
    try:
        done = subprocess.run(command, input=dot.encode(), capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise BadInput(f"{program.stem} took more than {TIMEOUT} s for this diagram: open fewer groups") from None
    except OSError as error:
        raise BadInput(f"{program.stem} does not start: {error.strerror}") from None
    if done.returncode or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise BadInput(f"{program.stem} could not draw this diagram: {reason[-1]}")
    return done.stdout


def _pdf(svg):
    from reportlab.graphics import renderPDF
    from svglib.svglib import svg2rlg

    text = svg.decode().translate(NOT_IN_HELVETICA)
    return renderPDF.drawToString(svg2rlg(io.BytesIO(text.encode())))
