"""The options a network's text may carry: one list that drives reading, writing, checking and the controls."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from explorer.errors import BadInput

RESIDUAL = ("basic", "bottleneck", "preact", "preact-bottleneck")
BOTTLENECKS = ("bottleneck", "preact-bottleneck")
STEMS = ("cifar", "imagenet")


class SpecError(BadInput):
    """A network that cannot be, said in one sentence with what would be right."""


@dataclass(frozen=True)
class BlockType:
    """How a type of block is called on screen, and the family it is coloured and compared as."""

    family: str
    name: str
    kind: str = ""

    @property
    def title(self) -> str:
        """The name that no other type has: Residual, bottleneck."""
        return f"{self.name}, {self.kind}" if self.kind else self.name


BLOCK_TYPES = {
    "plain": BlockType("plain", "Plain"),
    "basic": BlockType("residual", "Residual", "basic"),
    "bottleneck": BlockType("residual", "Residual", "bottleneck"),
    "preact": BlockType("preactivation", "Pre-activation"),
    "preact-bottleneck": BlockType("preactivation", "Pre-activation", "bottleneck"),
    "highway": BlockType("highway", "Highway"),
    "vgg": BlockType("vgg", "VGG"),
}
BLOCKS = tuple(BLOCK_TYPES)


@dataclass(frozen=True)
class Option:
    """One `key=value` of a network's text.

    `read` turns text or a value into the checked value and raises `SpecError`; `write` is its inverse;
    `offered` are the values worth a control, which for numbers are a selection of the allowed range.
    """

    key: str
    read: Callable[[object], object]
    default: Callable[[str, str], object]
    offered: tuple
    blocks: tuple[str, ...] = BLOCKS
    write: Callable[[object], str] = str


def applicable(block: str) -> tuple[Option, ...]:
    """The options that this block type has, in the order of the canonical text."""
    return tuple(option for option in OPTIONS if block in option.blocks)


def either(values) -> str:
    """`a, b or c`."""
    *most, last = map(str, values)
    return f"{', '.join(most)} or {last}" if most else last


def shorten(given, limit: int = 60) -> str:
    """What a user gave, fit to stand inside a sentence: one printable line."""
    text = "".join(sign if sign.isprintable() else "?" for sign in str(given))
    return text if len(text) <= limit else text[: limit - 3] + "..."


def _choice(key, *values):
    # The text form is read without regard to case, the values are written as the papers write them.
    by_name = {value.lower(): value for value in values}

    def read(given):
        found = by_name.get(str(given).lower())
        if found is None:
            raise SpecError(f"{key}={shorten(given)} does not exist: use {either(values)}.")
        return found

    return read


def _whole(key, low, high):
    def read(given):
        if isinstance(given, bool) or not re.fullmatch(r"[0-9]{1,9}", str(given)) or not low <= int(given) <= high:
            raise SpecError(f"{key}={shorten(given)} cannot be: use a whole number from {low} to {high:,}.")
        return int(given)

    return read


def _number(key, low, high):
    def read(given):
        is_number = re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", str(given).lower())
        if isinstance(given, bool) or not is_number or not low <= float(given) <= high:
            raise SpecError(f"{key}={shorten(given)} cannot be: use a number from {low:g} to {high:g}.")
        return float(given) + 0.0  # -0.0 becomes 0.0, so that equal networks have one text

    return read


def _flag(key):
    def read(given):
        words = {"true": True, "1": True, "false": False, "0": False}
        if str(given).lower() not in words:
            raise SpecError(f"{key}={shorten(given)} cannot be: use true or false.")
        return words[str(given).lower()]

    return read


def _counts(given):
    parts = given.split("-") if isinstance(given, str) else given
    count = _whole("blocks", 1, 1200)
    try:
        return tuple(count(part) for part in parts)
    except (SpecError, TypeError):
        raise SpecError(f"blocks={shorten(given)} cannot be: give one count from 1 for each stage, such as "
                        "3-4-6-3.") from None


def _fixed(value):
    return lambda stem, block: value


def _by_stem(cifar, imagenet):
    return lambda stem, block: cifar if stem == "cifar" else imagenet


def _write_number(value):
    return repr(value).removesuffix(".0")


OPTIONS = (
    # The paper trains CIFAR nets with parameter-free shortcuts (A) and ImageNet nets with projections (B).
    Option("shortcut", _choice("shortcut", "A", "B", "C"), _by_stem("A", "B"), ("A", "B", "C"), (*RESIDUAL, "highway")),
    Option("stride", _choice("stride", "1x1", "3x3"), _fixed("1x1"), ("1x1", "3x3"), BOTTLENECKS),
    Option("blocks", _counts, _fixed(None), (), write=lambda counts: "-".join(map(str, counts))),
    Option("width", _whole("width", 1, 256), _by_stem(16, 64), (4, 8, 16, 32, 64, 128)),
    Option("input", _whole("input", 8, 1024), _by_stem(32, 224), (28, 32, 64, 96, 128, 224, 320)),
    Option("channels", _whole("channels", 1, 64), _fixed(3), (1, 3)),
    Option("classes", _whole("classes", 2, 100_000), _by_stem(10, 1000), (2, 10, 100, 1000)),
    # VGG is older than batch normalisation; its published form has none.
    Option("norm", _choice("norm", "batch", "none"), lambda stem, block: "none" if block == "vgg" else "batch",
           ("batch", "none")),
    Option("init", _choice("init", "he", "xavier", "torch"), _fixed("he"), ("he", "xavier", "torch")),
    Option("zero_init", _flag("zero_init"), _fixed(False), (False, True), RESIDUAL, lambda flag: str(flag).lower()),
    Option("gate_bias", _number("gate_bias", -20, 20), _fixed(-1.0), (0.0, -1.0, -2.0, -3.0, -4.0, -6.0), ("highway",),
           _write_number),
    Option("dropout", _number("dropout", 0, 0.95), lambda stem, block: 0.5 if block == "vgg" else 0.0,
           (0.0, 0.1, 0.2, 0.3, 0.5), write=_write_number),
)
