"""From Graphviz source to a picture, by `dot` where it is installed, else by the graphviz-pure of requirements.txt."""

import io
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from explorer.errors import BadInput

FORMATS = ("svg", "png", "pdf", "dot")
NOT_IN_HELVETICA = str.maketrans({"►": "+", "▼": "–", "−": "–"})  # what the standard fonts of PDF have instead
TIMEOUT = 60  # seconds; the largest picture of this project takes a few


@lru_cache(maxsize=32)
def render(dot: str, format: str = "svg") -> bytes:
    """The picture of Graphviz source as SVG, PNG, PDF, or the source itself; the last few are kept.

    Raises `BadInput` for another format, for source that cannot be laid out and where there is no Graphviz.
    """
    if format not in FORMATS:
        raise BadInput(f"cannot draw {format}: use {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    if format == "dot":
        return dot.encode()
    program = graphviz_program()
    if format == "pdf" and "graphviz-pure" in program.name:
        return _pdf(_run(program, dot, "svg"))
    picture = _run(program, dot, format)
    return _with_usual_fonts(picture) if format == "svg" else picture


def graphviz_program() -> Path:
    """`dot`, else `graphviz-pure`: on the path, or beside this Python as in a virtual environment not activated."""
    beside = str(Path(sys.executable).parent)
    for name in ("dot", "graphviz-pure"):
        found = shutil.which(name) or shutil.which(name, path=beside)
        if found:
            return Path(found)
    raise BadInput("Graphviz is missing: install this project's requirements again, which bring graphviz-pure")


def _run(program, dot, format):
    command = [str(program), f"-T{format}"]
    try:
        done = subprocess.run(command, input=dot.encode(), capture_output=True, timeout=TIMEOUT)
    except subprocess.TimeoutExpired:
        raise BadInput(f"this diagram takes {program.name} more than {TIMEOUT} s: open fewer groups") from None
    if done.returncode or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise BadInput(f"{program.name} could not draw this diagram: {reason[-1]}")
    return done.stdout


def _with_usual_fonts(svg):
    # Layout engines know one font's measures; browsers without it take the next, not their serif default.
    return svg.replace(b'font-family="Helvetica"', b'font-family="Helvetica, Arial, sans-serif"')


def _pdf(svg):
    from reportlab.graphics import renderPDF
    from svglib.svglib import svg2rlg

    text = svg.decode().translate(NOT_IN_HELVETICA)
    return renderPDF.drawToString(svg2rlg(io.BytesIO(text.encode())))
