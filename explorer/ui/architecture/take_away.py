"""Take it with you: the network as a drawing, as code, as tables, and as an address."""

import re
from collections.abc import Callable, Collection
from functools import partial
from urllib.parse import urlencode

import streamlit as st

from explorer.anatomy import table, table_formats
from explorer.anatomy.layers import Anatomy
from explorer.anatomy.overlay import Overlay
from explorer.errors import BadInput
from explorer.figures.svg import PAGES
from explorer.networks.spec import NetworkSpec, TorchvisionSpec
from explorer.ui import format

AS_DRAWN = "As drawn"
SHEETS = (AS_DRAWN, *PAGES, "16:9", "4:3", "1:1")
FORMATS = {"PDF": "application/pdf", "SVG": "image/svg+xml", "PNG": "image/png", "DOT": "text/vnd.graphviz"}


def take_away(spec: NetworkSpec | TorchvisionSpec, anatomy: Anatomy, opened: Collection[str], unit: str = "MACs",
              overlay: Overlay | None = None, row: int = -1) -> None:
    """A popover with all that can be kept of a network; nothing is made before it is open.

    The drawing is as the groups in `opened` are, in the colours of one row of `overlay` if one is given, the tables
    count in `unit`.
    """
    with st.popover("Take it with you", icon=":material/download:", key="take-away", on_change="rerun") as popover:
        if not popover.open:
            return
        _in_place(_drawing, spec, anatomy, frozenset(opened), overlay, row)
        _in_place(_code, spec, anatomy)
        _in_place(_tables, spec, anatomy, unit)
        _address(spec)


def file_name(spec: NetworkSpec | TorchvisionSpec, suffix: str) -> str:
    """`cifar-basic-56-shortcut=B.pdf`."""
    return re.sub(r"[^a-z0-9.=_-]+", "-", spec.text.lower()) + suffix


def _in_place(show: Callable, *arguments) -> None:
    try:
        show(*arguments)
    except BadInput as problem:
        st.error(format.plain(problem, most=600))


def _drawing(spec, anatomy, opened, overlay, row):
    from explorer.figures.overlay_colours import laid_over
    from explorer.figures.paper import advice, printed

    st.markdown("**Drawing**, dark on white, as far open as it is now")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sheet = st.selectbox("Page", SHEETS, key="take-away-page", width=190)
        kind = st.segmented_control("Format", FORMATS, default="PDF", required=True, key="take-away-format")
        with st.spinner("Laying it out…", show_time=False):
            fills, legend = laid_over(anatomy, overlay, opened, row) if overlay else ({}, "")
            found = printed(anatomy, opened, None if sheet == AS_DRAWN else sheet, fills=fills, legend=legend)
        _download(f"Save {kind}", partial(found.picture, kind.lower()), file_name(spec, f".{kind.lower()}"), FORMATS[kind])
    if not found.is_legible and kind != "DOT":
        st.warning(format.plain(advice(anatomy, opened, found), most=600))


def _code(spec, anatomy):
    from explorer.networks.onnx_file import check, onnx_bytes
    from explorer.networks.python_file import python_file

    st.markdown("**Network**: one file of code that needs PyTorch alone; ONNX, with first values, takes a while to make",
                help="ONNX takes ten seconds and more, minutes for the largest networks. `explorer export SPEC -o FILE.onnx --weights FILE` writes an ONNX file with trained values.")
    with st.container(horizontal=True):
        problems = []
        try:
            _download("Python", python_file(spec, anatomy.macs), file_name(spec, ".py"), "text/x-python")
        except BadInput as problem:
            problems.append(problem)
        try:
            check(spec, 4 * anatomy.params)
            _download("ONNX", partial(onnx_bytes, spec), file_name(spec, ".onnx"), "application/octet-stream")
        except BadInput as problem:
            problems.append(problem)
    for problem in problems:
        st.caption(format.plain(problem, most=600))


def _tables(spec, anatomy, unit):
    st.markdown("**Layers**: every column, every layer")
    rows = table.rows(anatomy, unit)
    notes = {"network": anatomy.network, "counted": table.counted(anatomy, unit)}
    with st.container(horizontal=True):
        _download("CSV", partial(table_formats.to_csv, rows), file_name(spec, ".csv"), "text/csv")
        _download("Parquet", partial(table_formats.to_parquet, rows, notes), file_name(spec, ".parquet"),
                  "application/vnd.apache.parquet")
        _download("Markdown", partial(table_formats.to_markdown, rows), file_name(spec, ".md"), "text/markdown")
        _download("torchinfo", partial(_torchinfo, spec), file_name(spec, ".txt"), "text/plain")


def _torchinfo(spec) -> str:
    from explorer.anatomy.torchinfo_text import torchinfo_text

    return torchinfo_text(spec)


def _address(spec):
    st.markdown("**Name and address**, as this page is now")
    st.code(spec.text, language=None)
    page = st.context.url or ""
    query = urlencode(st.query_params.to_dict() | {"network": spec.text}, safe="/,:=")
    st.code(f"{page}?{query}", language=None, wrap_lines=True)


def _download(label, data, name, mime):
    st.download_button(label, data, name, mime, on_click="ignore", key=f"take-away-{label}")
