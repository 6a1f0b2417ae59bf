"""Small files that are read while they are written: whole or not at all."""

import json
import math
import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from explorer.runs.errors import write_error

Model = TypeVar("Model", bound=BaseModel)


def write_json(path: Path, value) -> None:
    """Replace a file in one step; a reader sees the old text or the new. Raises RunWriteError."""
    write_whole(path, (json.dumps(finite(value), indent=1, allow_nan=False) + "\n").encode())


def write_whole(path: Path, content: bytes) -> None:
    """Replace a file in one step, through a temporary one beside it. Raises RunWriteError and leaves the old file."""
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise write_error(path, error) from error


def read_model(path: Path, model: type[Model]) -> Model | None:
    """The file's content as a model; None if it is missing, torn, or another program's."""
    try:
        return model.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def finite(value):
    """The same data with None for NaN and the infinities, which JSON does not have."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {str(key): finite(entry) for key, entry in value.items()}
    if isinstance(value, (list, tuple)):
        return [finite(entry) for entry in value]
    return value
