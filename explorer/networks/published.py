"""Errors that others have published, each with its source: `assets/published.csv` as data. Imports no torch."""

import csv
from dataclasses import dataclass
from pathlib import Path

from explorer.machine.folders import ASSETS

PUBLISHED = ASSETS / "published.csv"


@dataclass(frozen=True)
class Result:
    """What a network reached on a data set, and what it costs.

    `kind` is "paper", "replication", "torchvision" or "measured here", and `source` says which exactly. Errors are per
    cent, `top5` None where not told; parameters and MACs are for one image of `input` pixels a side, None where the
    source names no network of a known cost. `network` is the text of a network that can be opened here, or empty.
    """

    dataset: str
    network: str
    name: str
    family: str
    kind: str
    source: str
    protocol: str
    input: int
    top1: float
    top5: float | None = None
    params: int | None = None
    macs: int | None = None
    note: str = ""


def read_published(file: Path = PUBLISHED) -> list[Result]:
    """Every row of the file."""
    with file.open(newline="", encoding="utf-8") as rows:
        return [_result(row) for row in csv.DictReader(rows)]


def _result(row):
    numbers = {"input": int, "top1": float, "top5": float, "params": int, "macs": int}
    return Result(**{name: numbers.get(name, str)(value) if value or name not in numbers else None for name, value in row.items()})
