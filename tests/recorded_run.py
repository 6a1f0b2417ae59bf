"""A real training of 32 steps, recorded once: what exports are held against."""

import shutil
from pathlib import Path

from explorer.machine.folders import runs_folder
from explorer.runs.folder import open_run
from explorer.runs.run import Run

(RECORDED,) = (Path(__file__).parent / "runs" / "golden" / "recorded").iterdir()


def recorded_run(name: str = RECORDED.name) -> Run:
    """The recorded run among the test's own, under its id or another."""
    shutil.copytree(RECORDED, runs_folder() / name)
    return open_run(name)
