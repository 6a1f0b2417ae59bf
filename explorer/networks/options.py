"""The options a network's text may carry: one list that drives reading, writing, checking and the controls."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from explorer.errors import BadInput

RESIDUAL = ("basic", "bottleneck", "preact", "preact-bottleneck")
BOTTLENECKS = ("bottleneck", "preact-bottleneck")
STEMS = ("cifar", "imagenet")


class SpecError(BadInput):
    """A network that cannot be, said in one sentence with what would be right."""


@dataclass(frozen=True)
class BlockType:
    """How a type of block is called on screen, what it is, and the family it is coloured and compared as."""

    family: str
    name: str
    kind: str = ""
    about: str = ""

    @property
    def title(self) -> str:
        """The name that no other type has: Residual, bottleneck."""
        return f"{self.name}, {self.kind}" if self.kind else self.name


BLOCK_TYPES = {
    "plain": BlockType("plain", "Plain", about="Two 3×3 convolutions and no shortcut: the paper's control experiment."),
    "basic": BlockType("residual", "Residual", "basic",
                       "Two 3×3 convolutions, and a shortcut that adds the block's input to what they make of it."),
    "bottleneck": BlockType("residual", "Residual", "bottleneck",
                            "1×1, 3×3 and 1×1 convolutions around a quarter of the channels, and a shortcut around them."),
    "preact": BlockType("preactivation", "Pre-activation",
                        about="Normalisation and ReLU stand before each of two 3×3 convolutions: within a stage nothing but "
                              "additions lies on the way of the shortcuts."),
    "preact-bottleneck": BlockType("preactivation", "Pre-activation", "bottleneck",
                                   "1×1, 3×3 and 1×1 convolutions, each after its normalisation and ReLU; within a stage nothing "
                                   "but additions lies on the way of the shortcuts."),
    "highway": BlockType("highway", "Highway",
                         about="One 3×3 convolution and a learned gate, which mixes its result with the block's input."),
    "vgg": BlockType("vgg", "VGG", about="One 3×3 convolution and ReLU; five stages with pooling between, and three linear layers."),
}
BLOCKS = tuple(BLOCK_TYPES)


@dataclass(frozen=True)
class Option:
    """One `key=value` of a network's text.

    `title` and `about` say on screen what it is, `meanings` what its values are where these are few. `read` turns text or
    a value into the checked value and raises `SpecError`; `write` is its inverse; `offered` are the values worth a
    control, which for numbers are a selection of the allowed range.
    """

    key: str
    title: str
    about: str
    read: Callable[[object], object]
    default: Callable[[str, str], object]
    offered: tuple
    blocks: tuple[str, ...] = BLOCKS
    write: Callable[[object], str] = str
    meanings: Mapping[str, str] = field(default_factory=dict)


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
        raise SpecError(f"blocks={shorten(given)} cannot be: give one count from 1 to 1200 for each stage, such as "
                        "3-4-6-3.") from None


def _fixed(value):
    return lambda stem, block: value


def _by_stem(cifar, imagenet):
    return lambda stem, block: cifar if stem == "cifar" else imagenet


def _write_number(value):
    return repr(value).removesuffix(".0")


OPTIONS = (
    # The paper trains CIFAR nets with parameter-free shortcuts (A) and ImageNet nets with projections (B).
    Option("shortcut", "Shortcut", "How a shortcut gets across where a stage begins: half the size, more channels.",
           _choice("shortcut", "A", "B", "C"), _by_stem("A", "B"), ("A", "B", "C"), (*RESIDUAL, "highway"), meanings={
               "A": "Zeros stand in for the new channels: no parameters.",
               "B": "A 1×1 convolution projects there, and only there.",
               "C": "A 1×1 convolution projects in every block: slightly better in the paper, and far more parameters.",
           }),
    Option("stride", "Stride in", "Which convolution of a bottleneck halves the size where a stage begins.",
           _choice("stride", "1x1", "3x3"), _fixed("1x1"), ("1x1", "3x3"), BOTTLENECKS, meanings={
               "1x1": "The first 1×1, as in the paper: less work.",
               "3x3": "The 3×3, as in torchvision (“v1.5”): what its weights are for.",
           }),
    Option("blocks", "Blocks in each stage", "One count for each stage, such as 3-4-6-3; the depth follows from them.",
           _counts, _fixed(None), (), write=lambda counts: "-".join(map(str, counts))),
    Option("width", "Width", "Channels of the first stage; they double with each further stage, in VGG up to the fourth.",
           _whole("width", 1, 256), _by_stem(16, 64), (4, 8, 16, 32, 64, 128)),
    Option("input", "Input", "Side of the square input in pixels: work and memory grow with its square.",
           _whole("input", 8, 1024), _by_stem(32, 224), (28, 32, 64, 96, 128, 224, 320)),
    Option("channels", "Input channels", "3 for colour pictures, 1 for grey ones; only the first convolution changes.",
           _whole("channels", 1, 64), _fixed(3), (1, 3)),
    Option("classes", "Classes", "How many classes are told apart; only the last layer changes.",
           _whole("classes", 2, 100_000), _by_stem(10, 1000), (2, 10, 100, 1000)),
    # VGG is older than batch normalisation; its published form has none.
    Option("norm", "Normalisation", "What keeps the signals' size between convolutions.",
           _choice("norm", "batch", "none"), lambda stem, block: "none" if block == "vgg" else "batch",
           ("batch", "none"), meanings={
               "batch": "Batch normalisation: each channel to mean 0 and variance 1 over the batch, then a learned scale and shift.",
               "none": "Nothing: convolutions have biases, and only the initialisation sets the signals' size.",
           }),
    Option("init", "Initialisation", "How the weights are drawn before training.",
           _choice("init", "he", "xavier", "torch"), _fixed("he"), ("he", "xavier", "torch"), meanings={
               "he": "Normal, variance 2 / fan: keeps the signals' size through ReLUs, as in the paper.",
               "xavier": "Normal, variance 2 / (fan in + fan out): smaller, meant for layers without ReLUs.",
               "torch": "Uniform within 1 / √(fan in): PyTorch's own, smaller still.",
           }),
    Option("zero_init", "Residual branches start at zero",
           "The last layer with weights of each branch starts at zero, so that every block starts as its shortcut alone.",
           _flag("zero_init"), _fixed(False), (False, True), RESIDUAL, lambda flag: str(flag).lower()),
    Option("gate_bias", "Gate bias", "Where the gates start: the more negative, the more of its input a block carries through.",
           _number("gate_bias", -20, 20), _fixed(-1.0), (0.0, -1.0, -2.0, -3.0, -4.0, -6.0), ("highway",),
           _write_number),
    Option("dropout", "Dropout", "Share of the values on their way to the classifier that training sets to zero, anew in each step.",
           _number("dropout", 0, 0.95), lambda stem, block: 0.5 if block == "vgg" else 0.0,
           (0.0, 0.1, 0.2, 0.3, 0.5), write=_write_number),
)
