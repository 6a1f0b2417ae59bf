"""A model as it can be offered, before anything is loaded. Imports no torch."""

from dataclasses import dataclass
from pathlib import Path

from explorer.errors import BadInput
from explorer.machine.folders import downloads_folder
from explorer.networks.spec import NetworkSpec, TorchvisionSpec


class ModelError(BadInput):
    """A model that is not there or cannot be used."""


@dataclass(frozen=True)
class Model:
    """A model as it can be offered, before anything is loaded.

    `id` opens it; `kind` is shipped, run, torchvision or file; `error` is its measured error in words, with where it
    was measured; `metadata` is the text that its weights file carries; `at_hand` is False where a download comes first.
    """

    id: str
    title: str
    kind: str
    spec: NetworkSpec | TorchvisionSpec
    file: Path | None
    metadata: dict[str, str]
    error: str | None = None
    at_hand: bool = True

    @property
    def knows_digits(self) -> bool:
        """Trained on MNIST's digits, as its metadata say or, without any, its single channel suggests."""
        return self.metadata.get("dataset", "mnist-5k" if self.spec.channels == 1 else "") == "mnist-5k"


def torchvision_folder() -> Path:
    """Where torchvision's weights are kept once downloaded."""
    return downloads_folder() / "weights"
