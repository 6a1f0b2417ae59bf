"""The public CIFAR-10 ResNets of akamaster/pytorch_resnet_cifar10, downloaded by address. Imports no torch."""

import json
from dataclasses import dataclass

from explorer.networks.known_data import CIFAR10_CLASSES, IMAGENET_STATISTICS
from explorer.networks.spec import parse_spec
from explorer.vision.model import Download, Model, ModelError, to_download, weights_folder

REPOSITORY = "https://github.com/akamaster/pytorch_resnet_cifar10"
LICENCE = "BSD-2-Clause"
PREFIX = "akamaster/"


@dataclass(frozen=True)
class Published:
    """A ResNet of `depth` layers: its `error` on CIFAR-10's 10,000 test images, per cent, is its author's (its README).

    `sha256` is the file's checksum or its first digits, `bytes` its size. `wrong` is how many of the 517 exact test images
    of this project's development data it names wrong: measured here, None where it was not.
    """

    depth: int
    error: float
    file: str
    sha256: str
    bytes: int
    wrong: int | None = None

    @property
    def id(self) -> str:
        """akamaster/resnet20."""
        return f"{PREFIX}resnet{self.depth}"


# The name of a file ends in the first digits of its SHA-256. The sizes of the last four follow from their parameters.
AKAMASTER = (
    Published(20, 8.27, "resnet20-12fca82f.th", "12fca82f0bebc4135bf1f32f6e3710e61d5108578464b84fd6d7f5c1b04036c8", 1_099_231, 45),
    Published(32, 7.37, "resnet32-d509ac18.th", "d509ac1820d7f25398913559d7e81a13229b1e7adc5648e3bfa5e22dc137f850", 1_890_043, 34),
    Published(44, 6.90, "resnet44-014dd654.th", "014dd654", 2_680_000),
    Published(56, 6.61, "resnet56-4bfd9763.th", "4bfd9763", 3_470_000),
    Published(110, 6.32, "resnet110-1d1ed7c2.th", "1d1ed7c2", 7_030_000),
    Published(1202, 6.18, "resnet1202-f3b1deed.th", "f3b1deed", 79_000_000),
)
MEASURED_ON = 517


def published_models() -> list[Model]:
    """All of them, by depth."""
    return [_model(published) for published in AKAMASTER]


def published_model(model_id: str) -> Model:
    """The model of an id. Raises ModelError."""
    return _model(published_of(model_id))


def published_of(model_id: str) -> Published:
    """What is known of the weights of an id. Raises ModelError."""
    found = next((published for published in AKAMASTER if published.id == model_id), None)
    if found is None:
        raise ModelError(f"There is no model {model_id[:60]}: use {', '.join(published.id for published in AKAMASTER)}.")
    return found


def _model(published: Published) -> Model:
    spec, file = parse_spec(f"cifar/basic-{published.depth}"), weights_folder() / published.file
    there = file.is_file()
    title = f"{spec.title} on CIFAR-10, akamaster" + ("" if there else to_download(published.bytes))
    # Trained with ImageNet's statistics, which the repository takes for CIFAR-10's.
    told = {"dataset": "cifar10", "classes": json.dumps(CIFAR10_CLASSES), "mean": json.dumps(IMAGENET_STATISTICS.mean),
            "std": json.dumps(IMAGENET_STATISTICS.std)}  # fmt: skip
    error = f"{published.error:.2f}% on CIFAR-10's 10,000 test images (its author)"
    download = Download(f"{REPOSITORY}/raw/master/pretrained_models/{published.file}", published.sha256, published.bytes)
    return Model(published.id, title, "akamaster", spec, file, told, error, there, download)
