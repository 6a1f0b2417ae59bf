"""What a reader has chosen for all runs on this machine: `settings.json` in the data folder."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from explorer.machine.folders import data_folder
from explorer.runs.errors import RunError, writing
from explorer.runs.files import read_model, write_json

SETTINGS = "settings.json"
MOST_AT_A_TIME = 64


class Settings(BaseModel):
    """`runs_at_a_time`: how many runs compute at once, by kind of device; the default where it does not say."""

    model_config = ConfigDict(frozen=True)

    runs_at_a_time: dict[str, int] = {}


def runs_at_a_time(device: str) -> int | None:
    """How many runs the reader wants to compute at once on this kind of device; None where the default is good."""
    count = _settings().runs_at_a_time.get(device)
    return count if count is not None and 1 <= count <= MOST_AT_A_TIME else None


def choose_runs_at_a_time(device: str, count: int | None) -> None:
    """Keep the choice, None for the default. Runs that compute go on; those that wait go by it. Raises RunError."""
    if count is not None and not 1 <= count <= MOST_AT_A_TIME:
        raise RunError(f"From 1 to {MOST_AT_A_TIME} runs can compute at a time, not {count}.")
    chosen = {kind: there for kind, there in _settings().runs_at_a_time.items() if kind != device}
    path = _path()
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_json(path, {"runs_at_a_time": chosen | ({device: count} if count else {})})


def _settings() -> Settings:
    return read_model(_path(), Settings) or Settings()


def _path() -> Path:
    return data_folder() / SETTINGS
