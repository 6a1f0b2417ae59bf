"""One's own pictures: a folder or zip file on this machine, or an uploaded zip, with what was skipped of it and why."""

from collections.abc import Callable

import streamlit as st

from explorer.data.report import ImportReport
from explorer.data.upload import keep_upload
from explorer.errors import BadInput
from explorer.ui.format import count, plain
from explorer.ui.say import say_error

UPLOADER = "train upload"
REFUSED = "train refused upload"
MOST_MEGABYTES = 2000  # the server takes no more either (.streamlit/config.toml); every other uploader has a lower limit of its own
MOST_SHOWN = 1_000
LATER = "A picture that turns out broken when it is read is left out then; the run's log names it."
HOW = "One folder for each class, pictures inside it; folders named train and val (or test) around them if there are two parts."


def choose_pictures(path: str, put: Callable[[str], None]) -> None:
    """Draw the choice; `put` takes the path of a folder or zip, "" for none."""
    left, right = st.columns(2)
    st.session_state["train path"] = path
    left.text_input("Folder or zip file on this machine", key="train path", placeholder="/home/me/pictures", help=HOW,
                    on_change=lambda: put(st.session_state["train path"].strip()))
    right.file_uploader("Or upload a zip of class folders", type=["zip"], key=UPLOADER, max_upload_size=MOST_MEGABYTES, help=HOW,
                        on_change=lambda: _keep(put))
    if refused := st.session_state.get(REFUSED):
        say_error(refused)
    if not path:
        st.info(f"Give a path or a zip file. {HOW}", icon=":material/folder:")


def show_report(report: ImportReport) -> None:
    """What of a folder or zip is used, and what is not and why."""
    used = f"{count(report.kept)} pictures in {len(report.per_class)} classes are used"
    if not report.skipped:
        st.caption(f"{used}; nothing was skipped. {LATER}")
        return
    skipped = "1 file was" if len(report.skipped) == 1 else f"{count(len(report.skipped))} files were"
    with st.expander(f"{used}; {skipped} skipped", icon=":material/rule:"):
        st.caption(LATER)
        st.markdown("\n".join(f"- {count(many)}: {plain(reason)}" for reason, many in report.reasons().items()))
        st.dataframe([{"file": one.name, "why it was skipped": one.reason} for one in report.skipped[:MOST_SHOWN]],
                     hide_index=True, height=min(250, 38 + 35 * len(report.skipped)))


def _keep(put: Callable[[str], None]) -> None:
    """Store what was uploaded, where training finds it; what is refused is said until the next upload."""
    uploaded = st.session_state.get(UPLOADER)
    st.session_state.pop(REFUSED, None)
    if uploaded is None:
        return
    try:
        put(str(keep_upload(uploaded, uploaded.name)))
    except BadInput as error:
        put("")  # what was chosen before is not what its reader wants to train on
        st.session_state[REFUSED] = str(error)
