"""The words in a diagram: layers and blocks in the notation of the paper's figure 3. HTML-like labels of Graphviz."""

import re
from html import escape
from math import prod

from explorer.anatomy.layers import WEIGHTED, Layer
from explorer.figures.scene import QUIET, Box, Node

NAMES = {"bn": "BN", "relu": "ReLU", "relu6": "ReLU6", "layernorm": "LN", "maxpool": "max pool", "avgpool": "avg pool",
         "gelu": "GELU", "silu": "SiLU", "add": "+", "mul": "×", "sub": "1 −", "cat": "concat"}
SMALL = 9


def node_label(node: Node, faint: str) -> str:
    """One line: the layer, and small and faint on either side what is merged into it."""
    if node.kind == "block":
        return _short(node.name)
    if node.kind == "shortcut":
        return shortcut_text(node.layers)
    host = node.host
    place = node.layers.index(host)
    if host.kind == "add" and any(layer.kind == "mul" for layer in node.layers):
        return "T · H + (1 − T) · x"
    before, after = (_small(layers, faint) for layers in (node.layers[:place], node.layers[place + 1 :]))
    return f"<{before}{' ' if before else ''}{escape(layer_text(host))}{' ' if after else ''}{after}>"


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


def shortcut_text(layers: list[Layer]) -> str:
    """What lies on a shortcut: a projection's convolution, or the padding of option A."""
    convs = [layer_text(layer) for layer in layers if layer.kind in WEIGHTED]
    if convs:
        return " ".join(convs)
    factor = layers[0].in_shape[-1] // layers[-1].out_shape[-1]
    notable = [layer for layer in layers if layer.kind != "slice"] or layers
    names = [NAMES.get(layer.kind, layer.kind) for layer in notable]
    return ", ".join(names + ([f"/{factor}"] if factor > 1 else []))


def box_title(box: Box, ink: str, faint: str) -> str:
    """A stage's name and the shape that comes out of it; a block's name; how many blocks a fold has, and which. Short,
    as lines pass on the right of it."""
    group = box.group
    if group.kind == "stage":
        return f"<<B>{escape(group.id)}</B>  {_faint(shape_text(group.layers[-1].out_shape), faint)}>"
    if group.kind == "block":
        return f"<{_faint(_short(group.id), ink)}>"
    first, last = (re.search(r"\d*$", item.id)[0] for item in (group.items[0], group.items[-1]))
    return f"<<B>× {len(group.items)}</B>  {_faint(f'{first}–{last}' if first else '', faint)}>"


def shape_text(shape: tuple[int, ...]) -> str:
    """`64×56×56`: channels, height, width."""
    return "×".join(map(str, shape))


def _short(name):
    return name.rpartition(".")[2] if len(name) > 10 else name


def _small(layers, faint):
    names = " ".join(NAMES.get(layer.kind, layer.kind) for layer in layers if layer.kind not in QUIET)
    return _faint(names, faint)


def _faint(text, colour):
    return f'<FONT POINT-SIZE="{SMALL}" COLOR="{colour}">{escape(text)}</FONT>' if text else ""


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
