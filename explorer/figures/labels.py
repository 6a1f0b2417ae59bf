"""The words in a drawing: layers, blocks and stages in the notation of the paper's figure 3."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

from explorer.anatomy.layers import WEIGHTED, Layer
from explorer.anatomy.outline import Group
from explorer.figures.tree import QUIET, Node

NAMES = {"bn": "BN", "relu": "ReLU", "relu6": "ReLU6", "layernorm": "LN", "maxpool": "max pool", "avgpool": "avg pool",
         "gelu": "GELU", "silu": "SiLU", "add": "+", "mul": "×", "sub": "1 −", "cat": "concat"}


@dataclass(frozen=True)
class Words:
    """One line: what counts, and small and faint on either side of it what is merged into it."""

    label: str
    before: str = ""
    after: str = ""


def node_words(node: Node) -> Words:
    """What a node says."""
    if node.kind == "shortcut":
        return Words(shortcut_text(node.layers))
    if node.kind == "stage":
        return Words(_short(node.name), after=" · ".join(filter(None, (_blocks(node.layers), shape_text(node.layers[-1].out_shape)))))
    host = node.host
    place = node.layers.index(host)
    if host.kind == "add" and {"mul", "sub"} <= {layer.kind for layer in node.layers}:
        return Words("T · H + (1 − T) · x")
    return Words(layer_text(host), _small(node.layers[:place]), _small(node.layers[place + 1 :]))


def box_words(group: Group) -> Words:
    """A stage's name and the shape that comes out of it; a block's name; how many blocks a fold has, and which. Short,
    as lines pass on the right of it."""
    if group.kind == "stage":
        return Words(_short(group.id), after=shape_text(group.layers[-1].out_shape))
    if group.kind != "fold":
        return Words(_short(group.id))
    first, last = (re.search(r"\d*$", item.id)[0] for item in (group.items[0], group.items[-1]))
    return Words(f"× {len(group.items)}", after=f"{first}–{last}" if first else "")


def layer_text(layer: Layer) -> str:
    """`3×3 conv, 64, /2`, as in figure 3 of the paper; other layers by their names."""
    if layer.kind == "conv":
        return f"{_square(layer.kernel)} {_grouping(layer)}, {layer.out_shape[0]}{_stride(layer)}"
    if layer.kind in ("maxpool", "avgpool"):
        if layer.kernel == layer.stride == (1, 1):
            return f"adaptive {NAMES[layer.kind]}"  # to the size that the input has already
        is_global = layer.kernel is None or layer.kernel == layer.in_shape[1:]
        return f"{'global' if is_global else _square(layer.kernel)} {NAMES[layer.kind]}{'' if is_global else _stride(layer)}"
    if layer.kind == "linear":
        return f"fc, {layer.out_shape[-1]}"
    if layer.kind == "input":
        return f"input {shape_text(layer.out_shape)}"
    return NAMES.get(layer.kind, layer.kind)


def shortcut_text(layers: Sequence[Layer]) -> str:
    """What lies on a shortcut: a projection's convolution, or the padding of option A."""
    convs = [layer_text(layer) for layer in layers if layer.kind in WEIGHTED]
    if convs:
        return " ".join(convs)
    factor = layers[0].in_shape[-1] // layers[-1].out_shape[-1]
    notable = [layer for layer in layers if layer.kind != "slice"] or layers
    names = [NAMES.get(layer.kind, layer.kind) for layer in notable]
    return ", ".join(names + ([f"/{factor}"] if factor > 1 else []))


def shape_text(shape: tuple[int, ...]) -> str:
    """`64×56×56`: channels, height, width."""
    return "×".join(map(str, shape))


def _blocks(layers):
    count = len({layer.block for layer in layers if layer.block})
    return f"{count} {'block' if count == 1 else 'blocks'}" if count else ""


def _short(name):
    """The last part of a long name, and the one before it where the last is a mere number."""
    if len(name) <= 10:
        return name
    *_, before, last = ("", *name.split("."))
    return f"{before}.{last}" if before and last.isdecimal() else last


def _small(layers):
    return " ".join(NAMES.get(layer.kind, layer.kind) for layer in layers if layer.kind not in QUIET)


def _square(kernel):
    return "×".join(map(str, kernel))


def _stride(layer):
    return f", /{layer.stride[0]}" if max(layer.stride) > 1 else ""


def _grouping(layer):
    inputs_each = layer.macs // (prod(layer.out_shape) * prod(layer.kernel))
    groups = layer.in_shape[0] // inputs_each
    if groups == 1:
        return "conv"
    return "depthwise conv" if inputs_each == 1 else f"conv in {groups} groups"
