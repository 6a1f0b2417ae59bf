"""torchvision's published weights: which ones, and their file, downloaded once."""

import re
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from urllib.parse import urlparse

from explorer.machine.download import download
from explorer.networks.torchvision_models import torchvision
from explorer.vision.model import torchvision_folder

# torchvision ends a weights file's name with the first digits of its SHA-256.
HASHED_NAME = re.compile(r"-([0-9a-f]{8,64})\.pth$")


def published(name: str):
    """torchvision's record of the weights of a model: url, transforms, class names, measured accuracy.

    The first set, IMAGENET1K_V1, where there is one: all five ResNets then come from one recipe, near the paper's.
    """
    weights = torchvision().models.get_model_weights(name)
    return getattr(weights, "IMAGENET1K_V1", weights.DEFAULT)


def weights_file(weights, progress: Callable[[int, int | None], None] | None = None) -> Path:
    """The file of a record, fetched and checked against its hash on first use. Raises DownloadError."""
    name = PurePosixPath(urlparse(weights.url).path).name
    hashed = HASHED_NAME.search(name)
    return download(weights.url, torchvision_folder() / name, sha256=hashed and hashed[1], progress=progress)
