"""What a run is: a folder and what it was asked to do."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from explorer.runs.files import read_model

CONFIG = "run.json"
FINAL_WEIGHTS = "checkpoints/final.safetensors"
YEAR_9999 = 253_370_764_800.0  # beyond, a time cannot be shown as a date


class RunConfig(BaseModel):
    """What a run was asked to be; `run.json`, written once. `created` is in seconds since 1970.

    `preset` names the question that the run belongs to, and `label` says which of its arms it is, where a network's
    name alone would not ("with dropout").
    """

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    network: str
    recipe: dict
    seed: int
    group: str = ""
    preset: str = ""
    label: str = ""
    data: dict = {}
    versions: dict[str, str] = {}
    created: float = Field(ge=0, lt=YEAR_9999)


@dataclass(frozen=True)
class Run:
    """A run folder as found. `config` is None where run.json cannot be read, and `problem` then says so."""

    id: str
    folder: Path
    config: RunConfig | None
    problem: str | None = None


def read_run(folder: Path) -> Run:
    """The run in a folder; one that cannot be read is a run with a problem."""
    config = read_model(folder / CONFIG, RunConfig)
    return Run(folder.name, folder, config, None if config else f"its {CONFIG} is missing or damaged.")
