"""A network's one name: `NetworkSpec` and its canonical text are two forms of one thing. Imports no torch.

    <stem>/<block>-<depth>[?key=value&...]        cifar/plain-56, imagenet/basic-34?shortcut=C, torchvision/resnet50
"""

import difflib
import re

from pydantic import BaseModel, ConfigDict

from explorer.networks.depths import counts_of, depth_of, nearest_depths, possible_depths, standard_depths
from explorer.networks.options import BLOCK_TYPES, BLOCKS, OPTIONS, STEMS, SpecError, applicable, either, shorten
from explorer.networks.torchvision_names import TORCHVISION_NAMES

__all__ = ["NetworkSpec", "SpecError", "TorchvisionSpec", "nearest_depths", "options", "parse_spec",
           "possible_depths", "standard_depths"]

_KEYS = tuple(option.key for option in OPTIONS)


def parse_spec(text: str) -> "NetworkSpec | TorchvisionSpec":
    """The network of a text; keys in any order, defaults may be written out. Raises `SpecError`."""
    if not isinstance(text, str) or len(text) > 300:
        raise SpecError(f"A network is a short text such as cifar/basic-20, not {shorten(text)}.")
    name, _, query = text.strip().lower().partition("?")
    stem, _, rest = name.partition("/")
    if stem == "torchvision":
        if query:
            raise SpecError(f"torchvision/{shorten(rest)} takes no options: leave out ?{shorten(query)}.")
        return TorchvisionSpec(name=rest)
    block, _, depth = rest.rpartition("-")
    if not block:
        raise SpecError(f'"{shorten(text)}" is no network: write <stem>/<block>-<depth>, such as cifar/basic-20.')
    return NetworkSpec(stem=stem, block=block, depth=depth, **_read_query(query))


def options(stem: str, block: str) -> dict[str, tuple]:
    """The options this stem and block have and the values to offer for each, the default among them."""
    NetworkSpec.check_names(stem, block)
    offered = {}
    for option in applicable(block):
        values = tuple(v for v in option.offered if not (option.key == "input" and block == "vgg" and v < 32))
        offered[option.key] = values
    return offered


class NetworkSpec(BaseModel):
    """One of this project's own networks, complete: every option that applies has its value, the others are None.

    Leaving an option out, or giving None, means its default. Raises `SpecError` for what cannot be.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    stem: str
    block: str
    depth: int
    shortcut: str | None = None
    stride: str | None = None
    blocks: tuple[int, ...] | None = None
    width: int
    input: int
    channels: int
    classes: int
    norm: str
    init: str
    zero_init: bool | None = None
    gate_bias: float | None = None
    dropout: float

    def __init__(self, **fields):
        super().__init__(**_complete(fields))

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The canonical text: defaults left out, keys in one order; `parse_spec` reads it back to an equal spec."""
        query = "&".join(f"{option.key}={option.write(getattr(self, option.key))}" for option in applicable(self.block)
                         if getattr(self, option.key) != option.default(self.stem, self.block))
        return f"{self.stem}/{self.block}-{self.depth}" + (f"?{query}" if query else "")

    @property
    def title(self) -> str:
        """A short human name without options, such as Residual-56 or ResNet-50."""
        is_resnet = self.family == "residual" and self.stem == "imagenet"
        name = "ResNet" if is_resnet else BLOCK_TYPES[self.block].name
        # Only on ImageNet does the depth alone tell a bottleneck net from one of two-layer blocks.
        bottleneck = " (bottleneck)" if "bottleneck" in self.block and self.stem == "cifar" else ""
        return f"{name}-{self.depth}{bottleneck}"

    @property
    def family(self) -> str:
        """What the network is coloured and compared as: plain, residual, preactivation, highway or vgg."""
        return BLOCK_TYPES[self.block].family

    @property
    def stage_blocks(self) -> tuple[int, ...]:
        """Number of blocks in each stage."""
        return self.blocks or counts_of(self.stem, self.block, self.depth)

    @property
    def stage_widths(self) -> tuple[int, ...]:
        """Channels of each stage's 3x3 convolutions (a bottleneck's output has four times as many)."""
        growth = (1, 2, 4, 8, 8) if self.block == "vgg" else (1, 2, 4, 8)
        return tuple(self.width * factor for factor in growth[: len(self.stage_blocks)])

    def variant(self, **changes) -> "NetworkSpec":
        """A checked copy. A new depth drops the block counts, new block counts set the depth; None is the default."""
        fields = self.model_dump()
        if {"stem", "block"} & changes.keys():
            fields = {key: value for key, value in fields.items() if key not in _KEYS or self._is_chosen(key)}
        if "blocks" in changes and "depth" not in changes:
            fields["depth"] = None
        if changes.get("depth", self.depth) != self.depth or {"stem", "block"} & changes.keys():
            fields["blocks"] = None
        return NetworkSpec(**(fields | changes))

    def _is_chosen(self, key):
        option = next(option for option in OPTIONS if option.key == key)
        return getattr(self, key) not in (None, option.default(self.stem, self.block))

    @staticmethod
    def check_names(stem: str, block: str) -> None:
        """Raises `SpecError` unless there is such a stem with such a block."""
        if stem not in STEMS:
            raise SpecError(f'There is no stem "{shorten(stem)}": use cifar, imagenet or torchvision, such as '
                            "cifar/basic-20, imagenet/bottleneck-50 or torchvision/resnet18.")
        if block not in BLOCKS:
            raise SpecError(f'There is no block "{shorten(block)}": use {either(BLOCKS)}.')
        if (stem, block) == ("cifar", "vgg"):
            raise SpecError("VGG has the imagenet form only: write imagenet/vgg-16 or imagenet/vgg-19.")


class TorchvisionSpec(BaseModel):
    """A classification model of torchvision as it is, with 1000 classes. Raises `SpecError` for an unknown name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str

    def __init__(self, name: str):
        if name not in TORCHVISION_NAMES:
            near = difflib.get_close_matches(str(name), TORCHVISION_NAMES, n=3) or ["resnet18", "resnet50", "vgg16"]
            raise SpecError(f'torchvision has no classification model "{shorten(name)}": try {", ".join(near)}.')
        super().__init__(name=name)

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return f"torchvision/{self.name}"

    @property
    def title(self) -> str:
        return f"{self.name} (torchvision)"

    @property
    def family(self) -> str:
        return "torchvision"

    @property
    def input(self) -> int:
        """Side of the square input in pixels that its published weights are for."""
        return 299 if self.name == "inception_v3" else 224

    @property
    def channels(self) -> int:
        return 3

    @property
    def classes(self) -> int:
        return 1000


def _complete(fields):
    """Every field of a spec from those given: names, depth and options checked, defaults filled in."""
    given = {key: value for key, value in fields.items() if value is not None}
    unknown = given.keys() - {"stem", "block", "depth", *_KEYS}
    if unknown:
        raise SpecError(f'There is no option "{shorten(min(unknown))}": use {", ".join(_KEYS)}.')
    stem, block = given.get("stem", ""), given.get("block", "")
    NetworkSpec.check_names(stem, block)
    complete = {"stem": stem, "block": block}
    for option in OPTIONS:
        if block in option.blocks:
            value = given.get(option.key)
            complete[option.key] = option.default(stem, block) if value is None else option.read(value)
        elif option.key in given:
            raise SpecError(f"{block} blocks have no {option.key}: leave {option.key}= out, "
                            f"or use {either(option.blocks)}.")
    if block == "vgg" and complete["input"] < 32:
        raise SpecError(f"input={complete['input']} is too small for VGG, which halves it five times: use 32 or more.")
    return complete | _depth_and_blocks(stem, block, given.get("depth"), complete["blocks"])


def _depth_and_blocks(stem, block, depth, counts):
    if counts is None:
        if not re.fullmatch(r"[0-9]{1,9}", str(depth)):
            raise SpecError(f"A depth is a whole number of layers, not {shorten(depth)}: "
                            f"{stem}/{block} can have {', '.join(map(str, standard_depths(stem, block)))}.")
        counts_of(stem, block, int(depth))
        return {"depth": int(depth), "blocks": None}
    made = depth_of(stem, block, counts)
    if depth is not None and str(depth) != str(made):
        text = "-".join(map(str, counts))
        raise SpecError(f"blocks={text} makes {made} layers, not {shorten(depth)}: "
                        f"write {stem}/{block}-{made}?blocks={text}.")
    is_standard = made in possible_depths(stem, block) and counts == counts_of(stem, block, made)
    return {"depth": made, "blocks": None if is_standard else counts}


def _read_query(query):
    fields = {}
    for part in query.split("&") if query else ():
        key, equals, value = part.partition("=")
        if equals and key in _KEYS and not value:
            raise SpecError(f"{key}= has no value: write {key}=value, or leave it out.")
        if not equals or not value:
            raise SpecError(f'"{shorten(part)}" is no option: write key=value, such as width=8.')
        if key in fields:
            raise SpecError(f"{shorten(key)} is given twice: keep one.")
        if key not in _KEYS:
            raise SpecError(f'There is no option "{shorten(key)}": use {", ".join(_KEYS)}.')
        fields[key] = value
    return fields

