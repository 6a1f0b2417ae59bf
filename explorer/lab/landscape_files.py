"""Loss surfaces as files: arrays for NumPy, a table, or JSON."""

import io
import json
from collections.abc import Sequence

from explorer.lab.landscapes import Surface
from explorer.numbers import in_words
from explorer.runs.public import public_name
from explorer.tables import csv_text

KINDS = ("npz", "csv", "json")
COLUMNS = ("model", "network", "seed", "first", "second", "loss", "error")


def as_file(surfaces: Sequence[Surface], kind: str) -> bytes:
    """The content of a file of one of `KINDS`."""
    return {"npz": _npz, "csv": _csv, "json": _json}[kind](surfaces)


def as_dict(one: Surface) -> dict:
    """What was asked and what was found: `loss[i][j]` at `axis[j]` along the first direction and `axis[i]` along the second."""
    asked = one.asked
    loss, error = one.centre
    return {
        "id": one.id, "model": asked.model, "network": one.network, "seed": one.seed, "dims": asked.dims, "points": asked.points,
        "span": asked.span, "pictures": asked.pictures, "dataset": public_name(asked.dataset), "weights": asked.weights,
        "centre": {"loss": loss, "error": error}, "axis": list(one.axis), "loss": one.loss, "error": one.error,
    }  # fmt: skip


def _npz(surfaces: Sequence[Surface]) -> bytes:
    """`axis`, `loss` and `error` of the first model, of the others with a number after the name; nan where nothing was measured.

    A line has arrays of one dimension. `about` is the rest as JSON.
    """
    import numpy as np

    about = [{key: value for key, value in as_dict(one).items() if key not in ("axis", "loss", "error")} for one in surfaces]
    arrays = {"about": np.array(json.dumps(in_words(about)))}
    for number, one in enumerate(surfaces):
        end = f"_{number}" if number else ""
        shape = (-1,) if one.asked.dims == 1 else (one.asked.points, one.asked.points)
        arrays[f"axis{end}"] = np.array(one.axis)
        arrays[f"loss{end}"], arrays[f"error{end}"] = (np.array(values, float).reshape(shape) for values in (one.loss, one.error))
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def _csv(surfaces: Sequence[Surface]) -> bytes:
    rows = [
        [one.asked.model, one.network, one.seed, x, y, in_words(one.loss[i][j]), one.error[i][j]]
        for one in surfaces
        for i, y in enumerate(one.axis if one.asked.dims == 2 else (0.0,))
        for j, x in enumerate(one.axis)
    ]
    return csv_text([COLUMNS, *rows]).encode()


def _json(surfaces: Sequence[Surface]) -> bytes:
    return (json.dumps([in_words(as_dict(one)) for one in surfaces], indent=1) + "\n").encode()
