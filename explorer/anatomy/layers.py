"""The one description of a network that graph, table, totals and charts are derived from. Imports no torch."""

from dataclasses import dataclass

WEIGHTED = ("conv", "linear", "attention")  # the kinds of layers that a network's depth counts


@dataclass(frozen=True)
class Layer:
    """One operation of the forward pass, for one image.

    Shapes leave the batch out: (channels, height, width), or (features,).
    """

    name: str  # the module's path, "layer1.0.conv1"; an operation without a module: "layer1.0.add"
    kind: str  # input, conv, linear, bn, relu, maxpool, avgpool, add, mul, sigmoid, pad, flatten, ...
    stage: str  # "stem", "layer1", "head", ...
    block: str  # "layer1.0", or "" outside any block
    in_shape: tuple[int, ...]
    out_shape: tuple[int, ...]
    kernel: tuple[int, ...] | None
    stride: tuple[int, ...] | None
    params: int  # learned numbers
    trainable: int  # how many of them a training changes
    macs: int  # multiply-adds of convolutions and matrix products
    elementwise: int  # all other arithmetic: biases, normalisation, activations, pooling, merges
    activation_bytes: int  # what the result occupies; 0 where it shares its input's memory
    occupied_bytes: int  # at inference, what all results occupy that are in use when this one is there
    kept_bytes: int  # what autograd keeps of it for the backward pass, and of no layer before it, in 32-bit floats
    kept_bytes_bf16: int  # the same under bf16 autocast
    receptive_field: int  # side in input pixels that one output value depends on; not clipped to the input's size
    jump: int  # distance in input pixels between what neighbouring output values look at
    inputs: tuple[str, ...]  # names of the layers it reads


@dataclass(frozen=True)
class Edge:
    """Data that flows from one layer to another; `shortcut` where it goes around the weighted layers of a block."""

    source: str
    target: str
    kind: str  # "data" or "shortcut"


@dataclass(frozen=True)
class Anatomy:
    """Every layer of a network in the order of computation, beginning with its input, and the edges between them."""

    network: str
    title: str
    input_shape: tuple[int, ...]
    layers: tuple[Layer, ...]
    edges: tuple[Edge, ...]
    uncounted: tuple[str, ...]  # in words: what this network has that no column counts
    idle_params: int = 0  # learned numbers that take no part in inference, and in no layer
    buffer_bytes: int = 0  # what the network holds beside its parameters, such as running statistics
    kept_apart: int = 0  # bytes kept for the backward pass of what is computed from weights alone, once a batch

    @property
    def params(self) -> int:
        """Learned numbers."""
        return sum(layer.params for layer in self.layers)

    @property
    def trainable(self) -> int:
        """Learned numbers that a training changes."""
        return sum(layer.trainable for layer in self.layers)

    @property
    def kept_bytes(self) -> int:
        """Bytes kept for the backward pass in 32-bit floats, for one image, which is the first of them."""
        return sum(layer.kept_bytes for layer in self.layers)

    @property
    def macs(self) -> int:
        """Multiply-adds of convolutions and matrix products, for one image."""
        return sum(layer.macs for layer in self.layers)

    @property
    def elementwise(self) -> int:
        """All other arithmetic operations, for one image."""
        return sum(layer.elementwise for layer in self.layers)

    @property
    def activation_bytes(self) -> int:
        """Bytes that all the layers' results occupy in 32-bit floats, for one image."""
        return sum(layer.activation_bytes for layer in self.layers)
