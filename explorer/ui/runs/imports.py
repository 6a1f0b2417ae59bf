"""Bring runs from another machine: a zip that was downloaded there, or a folder of this machine; and what came of it."""

import os

import streamlit as st

from explorer.errors import BadInput
from explorer.runs.importing import Report, import_runs
from explorer.ui.format import plain

REPORT = "import-report"
PLACE = "import-place"
UPLOAD = "import-upload"
MOST_MEGABYTES = 500
MOST_LINES = 20


def show_import() -> None:
    """The controls, folded up, and the report of the last import in this session."""
    with st.expander("Import runs from another machine", icon=":material/upload:"):
        uploaded = st.file_uploader("A zip of runs, downloaded there as CSV and JSON", type="zip", key=UPLOAD, max_upload_size=MOST_MEGABYTES)
        place = st.text_input("Or a folder or zip on this machine", placeholder="/path/to/runs", key=PLACE)
        if st.button("Import", icon=":material/move_to_inbox:", disabled=not (uploaded or place), key="import"):
            st.session_state[REPORT] = _import(uploaded, place)
        if (report := st.session_state.get(REPORT)) is not None:
            _show(report)


def _import(uploaded, place: str) -> Report | str:
    """The report, or the sentence that says why there is none."""
    bar = st.progress(0.0, "Importing")
    try:
        source, name = (uploaded, uploaded.name) if uploaded else (os.path.expanduser(place), None)
        return import_runs(source, name, lambda done, whole: bar.progress(done / whole, f"Importing run {min(done + 1, whole)} of {whole}"))
    except BadInput as error:
        return str(error)
    finally:
        bar.empty()


def _show(report: Report | str) -> None:
    if isinstance(report, str):
        st.error(plain(report, 900), icon=":material/error:")
        return
    here = len(report.runs) - len(report.new)
    told = f"**{len(report.new)}** imported" + (f", **{here}** here already" if here else "")
    (st.success if report.new else st.info)(told, icon=":material/check:")
    _lines("What there is to know", [f"{plain(one.run.id)}: {plain(one.words)}" for one in report.new if one.words])
    _lines("Left out, and why", [f"{plain(name)}: {plain(why)}" for name, why in report.skipped])


def _lines(title: str, lines: list[str]) -> None:
    if lines:
        more = [f"and {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
        st.markdown("\n".join([f"{title}:", "", *(f"- {line}" for line in [*lines[:MOST_LINES], *more])]))
