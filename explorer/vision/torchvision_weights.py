"""torchvision's published weights, every version of every classification model, as a table. Imports neither it nor torch."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from explorer.machine.folders import ASSETS
from explorer.networks.published import Result, read_published
from explorer.networks.spec import NetworkSpec, TorchvisionSpec, parse_spec
from explorer.vision.model import Download, Model, ModelError, to_download, weights_folder

# What torchvision's own records of its weights say; a test holds the table against them.
TABLE = ASSETS / "torchvision_weights.csv"
FOLDER = "https://download.pytorch.org/models/"
PREFIX, ASKED = "torchvision/", "?weights="
# Plain ids mean the first recipe where there is one: all ResNets then come from one recipe, near the paper's.
FIRST = "IMAGENET1K_V1"
# Those whose weights this project's own networks take as they are, with its names for them.
OWN_NETWORKS = {
    "resnet18": "imagenet/basic-18",
    "resnet34": "imagenet/basic-34",
    "resnet50": "imagenet/bottleneck-50?stride=3x3",
    "resnet101": "imagenet/bottleneck-101?stride=3x3",
    "resnet152": "imagenet/bottleneck-152?stride=3x3",
    "vgg16": "imagenet/vgg-16",
    "vgg19": "imagenet/vgg-19",
    "vgg16_bn": "imagenet/vgg-16?norm=batch",
    "vgg19_bn": "imagenet/vgg-19?norm=batch",
}
WORDS = {
    FIRST: "",
    "IMAGENET1K_V2": " V2",
    "IMAGENET1K_SWAG_E2E_V1": " SWAG, fine-tuned",
    "IMAGENET1K_SWAG_LINEAR_V1": " SWAG, linear classifier",
}


@dataclass(frozen=True)
class Version:
    """One weights file of a model: pictures are scaled to `resize` and cut to `crop` pixels, values of 0 to 1 normalised."""

    name: str
    version: str
    file: str
    bytes: int
    resize: int
    crop: int
    interpolation: str
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def id(self) -> str:
        """`torchvision/<name>` of a model's first version, else with `?weights=<version>`."""
        is_first = self == versions_of(self.name)[0]
        return PREFIX + self.name + ("" if is_first else ASKED + self.version)

    @property
    def is_swag(self) -> bool:
        """Whether the weights were first trained on pictures of Instagram (SWAG); these have a licence of their own."""
        return "SWAG" in self.version

    @property
    def published(self) -> Result:
        """Its errors on ImageNet's validation images as torchvision tells them, and its costs."""
        return _results()[PREFIX + self.name, f"torchvision {self.version}"]

    @property
    def download(self) -> Download:
        """Its file, whose name ends in the first digits of its SHA-256."""
        return Download(FOLDER + self.file, self.file.removesuffix(".pth").rpartition("-")[2], self.bytes)

    @property
    def spec(self) -> NetworkSpec | TorchvisionSpec:
        """The network that takes these weights: one of this project's own where there is one."""
        own = OWN_NETWORKS.get(self.name)
        return parse_spec(own) if own else TorchvisionSpec(self.name)


def torchvision_models() -> list[Model]:
    """All of them: those that are this project's networks too first, the others by name."""
    folder = weights_folder()
    there = {file.name for file in folder.iterdir()} if folder.is_dir() else set()
    names = {**OWN_NETWORKS, **_table()}
    return [_model(version, folder / version.file, version.file in there) for name in names for version in versions_of(name)]


def torchvision_model(model_id: str) -> Model:
    """The model of an id. Raises SpecError for a name, and ModelError for a version, that torchvision does not have."""
    version = version_of(model_id)
    file = weights_folder() / version.file
    return _model(version, file, file.is_file())


def version_of(model_id: str) -> Version:
    """The weights of an id, `torchvision/<name>` or with `?weights=<version>`. Raises SpecError, ModelError."""
    text, _, asked = model_id.partition(ASKED)
    found = versions_of(parse_spec(text).name)
    if not asked:
        return found[0]
    for version in found:
        if version.version == asked.strip().upper():
            return version
    known = ", ".join(version.version for version in found)
    raise ModelError(f"torchvision's {found[0].name} has no weights {asked[:40]} with a classifier: use {known}.")


def versions_of(name: str) -> tuple[Version, ...]:
    """The weights of a model, the one that its plain id means first."""
    return _table()[name]


@cache
def _table() -> dict[str, tuple[Version, ...]]:
    versions: dict[str, tuple[Version, ...]] = {}
    with TABLE.open(newline="", encoding="utf-8") as rows:
        for version in map(_version, csv.DictReader(rows)):
            versions[version.name] = (*versions.get(version.name, ()), version)
    return versions


def _version(row: dict[str, str]) -> Version:
    whole = {name: int(row[name]) for name in ("bytes", "resize", "crop")}
    statistics = {name: tuple(map(float, row[name].split())) for name in ("mean", "std")}
    return Version(**(row | whole | statistics))


@cache
def _results() -> dict[tuple[str, str], Result]:
    return {(result.network, result.source): result for result in read_published() if result.kind == "torchvision"}


def _model(version: Version, file: Path, there: bool) -> Model:
    own = OWN_NETWORKS.get(version.name)
    name = version.spec.title + (" with BN" if version.name.endswith("_bn") else "") if own else version.name
    title = f"{name} on ImageNet, torchvision{WORDS[version.version]}" + ("" if there else to_download(version.bytes))
    error = f"{version.published.top1:.2f}% top-1 on ImageNet's validation images (torchvision, one crop)"
    return Model(version.id, title, "torchvision", version.spec, file, {"dataset": "ImageNet"}, error, there, version.download)
