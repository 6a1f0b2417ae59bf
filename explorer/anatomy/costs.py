"""What one operator computes: a small pure formula each, shapes in, numbers out. Imports no torch.

The convention: a MAC is one multiply-add of a convolution or a matrix product. All other arithmetic (biases,
normalisation, activations, pooling, merges) is counted apart, as single element-wise operations: an add, a multiply,
a comparison or one call of a function such as exp is one. Moving data costs nothing. Networks are taken as they
infer: batch normalisation uses its running statistics, dropout does nothing.

A formula is called with the operator's own arguments, every tensor replaced by its shape (a tuple), and with `out`,
the shape of the result.
"""

from collections.abc import Callable
from math import prod
from typing import NamedTuple

Shape = tuple[int, ...]


class Cost(NamedTuple):
    """Multiply-adds and element-wise operations."""

    macs: int = 0
    elementwise: int = 0


def kind_of(operator: str) -> str:
    """The kind of layer that a PyTorch function makes: `batch_norm` is "bn"; its own name where there is no formula."""
    kind, _ = _OPERATORS.get(operator, (operator.strip("_"), None))
    return kind


def cost(operator: str, args: tuple, kwargs: dict, out: Shape) -> Cost | None:
    """The cost of one call of a PyTorch function, None where there is no formula for it."""
    _, formula = _OPERATORS.get(operator, ("", None))
    return formula(*args, **kwargs, out=out) if formula else None


_OPERATORS: dict[str, tuple[str, Callable[..., Cost | None]]] = {}


def _counts(kind, *operators):
    def register(formula):
        _OPERATORS.update(dict.fromkeys(operators, (kind, formula)))
        return formula

    return register


@_counts("conv", "conv1d", "conv2d", "conv3d")
def conv(x: Shape, weight: Shape, bias: Shape | None = None, *_, out: Shape, **__) -> Cost:
    """Each result sums (channels of its group) x (kernel area) products: `weight` is [out, in / groups, *kernel].
    The bias is an element-wise add."""
    return Cost(prod(out) * prod(weight[1:]), prod(out) if bias else 0)


@_counts("linear", "linear")
def linear(x: Shape, weight: Shape, bias: Shape | None = None, *, out: Shape) -> Cost:
    """Each result sums `in` products: `weight` is [out, in]. The bias is an element-wise add."""
    return Cost(prod(out) * weight[1], prod(out) if bias else 0)


@_counts("matmul", "matmul", "bmm", "__matmul__", "__rmatmul__")
def matmul(a: Shape, other: Shape, *, out: Shape) -> Cost:
    """[..., n, k] x [..., k, m], batched alike: k products for each result."""
    return Cost(prod(out) * a[-1])


@_counts("matmul", "einsum")
def einsum(equation: str, *operands: Shape, out: Shape) -> Cost | None:
    """Of two operands: one product for every combination of all indices. Others have no formula."""
    terms = equation.replace(" ", "").split("->")[0].split(",")
    if len(operands) != 2 or "." in equation:
        return None
    sizes = {index: size for term, shape in zip(terms, operands) for index, size in zip(term, shape)}
    return Cost(prod(sizes.values()))


@_counts("attention", "scaled_dot_product_attention")
def attention(query: Shape, key: Shape, value: Shape, *_, out: Shape, **__) -> Cost:
    """softmax(Q K^T / sqrt(d)) V of Q [..., l, d], K [..., s, d], V [..., s, e]: l s d + l s e products, and for each
    of the l s scores the scaling and the softmax's five operations."""
    scores = prod(query[:-1]) * key[-2]
    return Cost(scores * (query[-1] + value[-1]), 6 * scores)


@_counts("attention", "multi_head_attention_forward")
def multi_head_attention(query: Shape, key: Shape, value: Shape, width: int, heads: int, in_weight: Shape,
                         in_bias: Shape | None = None, *_, out: Shape, **__) -> Cost:
    """Inputs [tokens, batch, width] with one packed input projection [3 width, width], as in
    `torch.nn.MultiheadAttention`: a width x width product for Q, K, V and the output of every token, and the attention
    of every head. `out` is the first result, of the query's shape."""
    q, k, v = ((x[1], heads, x[0], width // heads) for x in (query, key, value))
    heads_cost = attention(q, k, v, out=q)
    projected = prod(query) + prod(key) + prod(value) + prod(out)
    return Cost(projected * width + heads_cost.macs, heads_cost.elementwise + (projected if in_bias else 0))


@_counts("bn", "batch_norm")
def batch_norm(*_, out: Shape, **__) -> Cost:
    """As at inference: one scale and one shift for each value (mean, variance, gain and bias fold into the two)."""
    return Cost(0, 2 * prod(out))


@_counts("layernorm", "layer_norm")
def layer_norm(*_, out: Shape, **__) -> Cost:
    """By statistics of the input itself: mean 1, variance 3, scaling 1, gain and bias 2 operations for each value."""
    return Cost(0, 7 * prod(out))


@_counts("normalize", "normalize")
def normalize(x: Shape, p: float = 2.0, dim: int = 1, *_, out: Shape, **__) -> Cost:
    """x / max(norm, eps): square, sum and division for each value, root and maximum for each norm."""
    return Cost(0, 3 * prod(x) + 2 * (prod(x) // x[dim]))


@_counts("softmax", "softmax")
def softmax(*_, out: Shape, **__) -> Cost:
    """Maximum, subtraction, exp, sum and division for each value."""
    return Cost(0, 5 * prod(out))


@_counts("maxpool", "max_pool2d")
def max_pool(x: Shape, kernel_size, *_, out: Shape, **__) -> Cost:
    """Each result is the largest of a window: (kernel area - 1) comparisons."""
    return Cost(0, prod(out) * (_area(kernel_size) - 1))


@_counts("avgpool", "avg_pool2d")
def avg_pool(x: Shape, kernel_size, *_, out: Shape, **__) -> Cost:
    """Each result is the mean of a window: (kernel area - 1) additions and a division."""
    return Cost(0, prod(out) * _area(kernel_size))


@_counts("avgpool", "adaptive_avg_pool2d")
def adaptive_avg_pool(x: Shape, *_, out: Shape, **__) -> Cost:
    """Means of windows that cover the input: result i of n averages values floor(i s / n) up to ceil((i + 1) s / n)."""
    height, width = (sum(-(-(i + 1) * size // n) - i * size // n for i in range(n))
                     for size, n in zip(x[-2:], out[-2:]))
    return Cost(0, prod(out[:-2]) * height * width)


@_counts("avgpool", "mean")
def mean(x: Shape, *_, out: Shape, **__) -> Cost:
    """Every value is added once (the first of each sum is not) and every result divided once."""
    return Cost(0, prod(x))


def pointwise(*_, out: Shape, **__) -> Cost:
    """One operation for each value of the result."""
    return Cost(0, prod(out))


def moving(*_, out: Shape, **__) -> Cost:
    """No arithmetic."""
    return Cost()


for _kind, _names in {
    "relu": "relu relu_", "relu6": "relu6 hardtanh", "sigmoid": "sigmoid", "tanh": "tanh", "gelu": "gelu",
    "silu": "silu", "hardswish": "hardswish", "hardsigmoid": "hardsigmoid", "clamp": "clamp", "exp": "exp",
    "add": "add add_ __add__ __radd__ __iadd__", "sub": "sub sub_ rsub __sub__ __rsub__ __isub__",
    "mul": "mul mul_ __mul__ __rmul__ __imul__", "div": "div div_ __truediv__", "neg": "neg __neg__",
}.items():
    _counts(_kind, *_names.split())(pointwise)

for _kind, _names in {
    "input": "input", "flatten": "flatten", "dropout": "dropout", "pad": "pad", "cat": "cat", "roll": "roll",
    "slice": "__getitem__ narrow select", "split": "chunk split unbind",
    "reshape": "reshape view unflatten unsqueeze squeeze expand", "permute": "permute transpose swapaxes",
    "copy": "contiguous clone",
}.items():
    _counts(_kind, *_names.split())(moving)


def _area(kernel):
    return prod(kernel) if isinstance(kernel, tuple | list) else kernel * kernel
