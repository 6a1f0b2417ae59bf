"""What a person asks of a run, in `control.json`: written by the pages and the command line, read by the worker."""

import time
from typing import Literal

from pydantic import BaseModel, ConfigDict

from explorer.runs.errors import writing
from explorer.runs.files import read_model, write_json
from explorer.runs.run import Run

CONTROL = "control.json"
REQUESTS = ("pause", "resume", "stop")


class Request(BaseModel):
    """A wish and when it was made, in seconds since 1970."""

    model_config = ConfigDict(frozen=True)

    request: Literal["pause", "resume", "stop"]
    time: float = 0.0


def request(run: Run, wish: str) -> None:
    """Ask a run to pause, to resume or to stop. A stop is not taken back. Raises RunWriteError."""
    if wish not in REQUESTS:
        raise ValueError(f"a run can be asked to {', '.join(REQUESTS)}, not to {wish}")
    if read_request(run) != "stop":
        write_json(run.folder / CONTROL, {"request": wish, "time": time.time()})


def read_request(run: Run) -> str | None:
    """The last wish, or None if there is none that can be read."""
    found = read_model(run.folder / CONTROL, Request)
    return found.request if found else None


def clear_request(run: Run) -> None:
    """Forget earlier wishes, before the run is launched anew. Raises RunWriteError."""
    with writing(run.folder / CONTROL):
        (run.folder / CONTROL).unlink(missing_ok=True)
