"""A model as it can be offered, before anything is loaded. Imports no torch."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from explorer.errors import BadInput
from explorer.machine.folders import downloads_folder
from explorer.networks.known_data import DIGIT_SETS, DIGITS
from explorer.networks.spec import NetworkSpec, TorchvisionSpec

# An http(s) address that has the published weights by their files' names: asked in the place of their publishers.
MIRROR_VARIABLE = "EXPLORER_MIRROR"


class ModelError(BadInput):
    """A model that is not there or cannot be used."""


def no_finite_numbers(title: str) -> ModelError:
    """What is to be raised where a network's numbers are not finite."""
    return ModelError(f"{title} gives no finite numbers; its weights are damaged or its training diverged.")


@dataclass(frozen=True)
class Download:
    """Where a weights file comes from; `sha256` is its checksum or the first digits of it, `bytes` about its size."""

    publisher: str
    sha256: str
    bytes: int

    @property
    def url(self) -> str:
        """The publisher's address, or the mirror's where `$EXPLORER_MIRROR` names one."""
        mirror = os.environ.get(MIRROR_VARIABLE, "").strip()
        return f"{mirror.rstrip('/')}/{self.publisher.rpartition('/')[2]}" if mirror else self.publisher


@dataclass(frozen=True)
class Model:
    """A model as it can be offered, before anything is loaded.

    `id` opens it; `kind` is shipped, run, own, akamaster, torchvision or file; `spec` is the network it is loaded into, one of
    this project's own wherever the weights fit one. `file` holds its weights, once `download` (if any) has fetched it:
    `at_hand` says whether it is there. `error` is its error in words, with where it was measured; `metadata` is the text
    that its weights file carries.
    """

    id: str
    title: str
    kind: str
    spec: NetworkSpec | TorchvisionSpec
    file: Path
    metadata: dict[str, str]
    error: str | None = None
    at_hand: bool = True
    download: Download | None = None

    @property
    def knows_digits(self) -> bool:
        """Trained on MNIST's digits, as its metadata say or, without any, its single channel suggests."""
        if "dataset" in self.metadata:
            return self.metadata["dataset"] in DIGIT_SETS
        return self.spec.channels == 1 and self.metadata.get("classes") in (None, json.dumps(DIGITS))


def weights_folder() -> Path:
    """Where published weights are kept once downloaded."""
    return downloads_folder() / "weights"


def to_download(bytes: int) -> str:
    """What a title says of a model that must be downloaded first."""
    return f" · {max(1, round(bytes / 1e6)):,} MB to download"
