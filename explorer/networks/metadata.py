"""What a weights file says of itself, without torch: which names it may have, and the text beside the weights."""

import json
import math
import os
from pathlib import Path
from typing import BinaryIO

import safetensors

from explorer.errors import BadInput

SAFETENSORS_SUFFIX = ".safetensors"
# In small letters; a file's own suffix may be written in capitals.
WEIGHTS_SUFFIXES = (SAFETENSORS_SUFFIX, ".pt", ".pth", ".th")
MOST_HEAD = 10_000_000  # bytes of a file's head that are looked through for its network; that of ResNet-1202 has 0.8 MB
MOST_LISTED = 1_000_000  # letters of a list in the metadata; ImageNet's 1,000 class names are 21,000
_STATISTICS = ("running_mean", "running_var", "num_batches_tracked")


class WeightsError(BadInput):
    """A weights file that cannot be used, said in one sentence with what would be right."""


def read_metadata(path: str | os.PathLike) -> dict[str, str]:
    """The text written beside the weights of a safetensors file; empty for other formats. Raises `WeightsError`."""
    path = Path(path)
    if path.suffix.lower() != SAFETENSORS_SUFFIX:
        return {}
    if not path.is_file():
        raise WeightsError(f"There is no weights file {path}.")
    try:
        with safetensors.safe_open(path, "numpy") as file:
            return file.metadata() or {}
    except (safetensors.SafetensorError, OSError) as error:
        raise WeightsError(broken(path)) from error


def listed(text: object) -> list | None:
    """A JSON list, as metadata carry class names and statistics; None for text that is something else, or made to exhaust the reader."""
    if not isinstance(text, str) or len(text) > MOST_LISTED:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) else None


def network_in(file: BinaryIO) -> str:
    """The network that a safetensors file says it is for, "" if it says none or is something else; reads its head alone."""
    file.seek(0)
    length = int.from_bytes(file.read(8), "little")
    try:
        told = json.loads(file.read(length))["__metadata__"]["network"] if length <= MOST_HEAD else ""
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return told if isinstance(told, str) else ""


def parameter_count(path: str | os.PathLike) -> int:
    """How many numbers of a safetensors file are parameters: all but the statistics of batch normalisation. Raises `WeightsError`."""
    path = Path(path)
    try:
        with safetensors.safe_open(path, "numpy") as file:
            shapes = {name: file.get_slice(name).get_shape() for name in file.keys()}
    except (safetensors.SafetensorError, OSError) as error:
        raise WeightsError(broken(path)) from error
    return sum(math.prod(shape) for name, shape in shapes.items() if not name.endswith(_STATISTICS))


def broken(path: Path) -> str:
    """The sentence for a file that its suffix' reader cannot read."""
    return f"{path.name} is broken or no weights file: it cannot be read as {path.suffix}."
