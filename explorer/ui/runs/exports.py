"""Take runs with you: files for other programs, and the commands that repeat them."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from explorer.errors import BadInput
from explorer.runs.archive import zip_bytes
from explorer.runs.run import Run
from explorer.training.exports import EXPORTS, Export
from explorer.training.repeat import repeat_command

MOST_COMMANDS = 12


def show_exports(runs: Sequence[Run], key: str = "exports") -> None:
    """A menu with a download for each form, made when it is clicked, and the runs' commands to copy."""
    with st.popover("Download", icon=":material/download:", disabled=not runs, key=key):
        for export in EXPORTS.values():
            _button(export, [run for run in runs if export.fits(run)], len(runs), f"{key}-{export.name}")
        commands = repeat_commands(runs)
        if commands:
            st.caption("The same again, on the command line" + (f" (the first {MOST_COMMANDS})" if len(runs) > MOST_COMMANDS else ""))
            st.code("\n".join(commands), language="bash", wrap_lines=True)


def repeat_commands(runs: Sequence[Run]) -> list[str]:
    """The commands of the first runs; of those whose description cannot be read there is none."""
    found = []
    for run in runs[:MOST_COMMANDS]:
        try:
            found.append(repeat_command(run))
        except BadInput:
            continue
    return found


def _button(export: Export, fitting: Sequence[Run], asked: int, key: str) -> None:
    text = export.text
    if len(fitting) < asked:
        text += f" {len(fitting)} of these {asked} runs {'has' if len(fitting) == 1 else 'have'} what it takes: the others have no final weights."
    st.download_button(
        export.title, data=partial(_zip, export, fitting), file_name=_file_name(export, fitting), mime="application/zip",
        icon=":material/folder_zip:", on_click="ignore", disabled=not fitting, help=text, key=key, width="stretch",
    )  # fmt: skip


def _zip(export: Export, runs: Sequence[Run]) -> bytes:
    return zip_bytes(export.files(runs))


def _file_name(export: Export, runs: Sequence[Run]) -> str:
    name = runs[0].id if len(runs) == 1 else "runs"
    return f"{name}.zip" if export.name == "csv" else f"{name}-{export.name}.zip"
