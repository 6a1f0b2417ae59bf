"""From Graphviz source to a picture, by `dot` where it is installed, else by the graphviz-pure of requirements.txt."""

import io
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from explorer.errors import BadInput

FORMATS = ("svg", "png", "pdf", "dot")
PROGRAMS = ("dot", "graphviz-pure")
TIMEOUT = 60  # seconds; the largest picture of this project takes a few
NOT_IN_HELVETICA = str.maketrans({"−": "–"})  # what PDF's standard font has instead


@lru_cache(maxsize=32)
def render(dot: str, format: str = "svg") -> bytes:
    """The picture of Graphviz source as SVG, PNG, PDF, or the source itself; the last few are kept.

    Raises `BadInput` for another format, for source that cannot be laid out and where there is no Graphviz.
    """
    if format not in FORMATS:
        raise BadInput(f"cannot draw {format}: use {', '.join(FORMATS[:-1])} or {FORMATS[-1]}")
    if format == "dot":
        return dot.encode()
    problem = "Graphviz is missing: install this project's requirements again, which bring graphviz-pure"
    for program in graphviz_programs():
        try:
            return draw(program, dot, format)
        except BadInput as error:  # a dot built without PNG or PDF, say: the next one may do
            problem = str(error)
    raise BadInput(problem)


def graphviz_programs() -> list[Path]:
    """The Graphviz programs of this machine, the preferred one first: on the path, or beside this Python as in a
    virtual environment that is not activated."""
    beside = str(Path(sys.executable).parent)
    found = [shutil.which(name) or shutil.which(name, path=beside) for name in PROGRAMS]
    return [Path(program) for program in found if program]


def draw(program: Path, dot: str, format: str) -> bytes:
    """The picture by one Graphviz program; raises `BadInput` where it cannot."""
    if format == "pdf" and program.stem == "graphviz-pure":  # which has no PDF of its own
        return _pdf(_run(program, dot, "svg"))
    return _run(program, dot, format)


def _run(program, dot, format):
    try:
        done = subprocess.run([str(program), f"-T{format}"], input=dot.encode(), capture_output=True, timeout=TIMEOUT)
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
