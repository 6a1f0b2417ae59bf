"""What autograd keeps of one operator for the backward pass: a small pure formula each. Imports no torch.

Taken as a training step has it: batch normalisation uses the batch's statistics, dropout draws its mask. The source is
PyTorch's own table of derivatives (tools/autograd/derivatives.yaml): a formula names the tensors that the operator's
derivative reads. Memory that several operators keep is counted once, with the first of them, which is the last to let
it go; weights and buffers are there anyway and are not counted; nor are batch normalisation's two statistics a channel,
which are one pair for the whole batch. Tests hold every formula against what autograd really saves.

A formula is called with the operator's own arguments, every tensor replaced by its `Operand`, and with `out`, the
result's.
"""

from collections.abc import Callable, Iterable
from math import prod
from typing import NamedTuple, Protocol

from explorer.anatomy.operand import Operand, instances

FLOAT, INDEX = 4, 8  # bytes of a 32-bit float and of a 64-bit index


class Kept(NamedTuple):
    """Tensors of the call that the derivative reads, and what is made for it alone: numbers, and bytes of indices."""

    operands: tuple[Operand, ...] = ()
    values: int = 0
    index_bytes: int = 0


class Bytes(NamedTuple):
    """What one operation keeps for one image, in 32-bit floats and under bf16 autocast."""

    float32: int
    bf16: int


def knows(operator: str) -> bool:
    """Whether there is a formula for a PyTorch function."""
    return operator in _KEEPS


def kept(operator: str, args: tuple, kwargs: dict, out: Operand) -> Kept:
    """What one call of a PyTorch function keeps; of one without a formula, at most what it reads and what it returns."""
    if not out.learns:
        return Kept()
    return _KEEPS.get(operator, _everything)(*args, **kwargs, out=out)


class Call(Protocol):
    """One call of a PyTorch function: its name, its arguments with every tensor an `Operand`, its (first) result."""

    operator: str
    args: tuple
    kwargs: dict
    out: Operand


def kept_bytes(calls: Iterable[Call]) -> list[Bytes]:
    """Of every call in the order of computation, what it keeps that none before it kept.

    The images, result of the operator "input", stay for the whole step and are kept with that.
    Under autocast, convolutions and matrix products take and give bf16, keeping copies of what came to them in 32 bits;
    all others give the widest type they are given (as on the CPU: CUDA's autocast also computes layer_norm and softmax
    in 32 bits, and keeps more there).
    """
    counted: set[int] = set()
    half: set[int] = set()  # storages that hold bf16 under autocast
    result = []
    for call in calls:
        out = call.out
        keeps = Kept((out,)) if call.operator == "input" else kept(call.operator, call.args, call.kwargs, out)
        casts = call.operator in _CAST_TO_BF16
        if casts or _computes_in_half(call, half):
            half.add(out.storage)
        read = {x.storage: x for x in keeps.operands if not x.held}
        new = [x for x in read.values() if x.storage not in counted]
        counted.update(read)
        full = sum(x.nbytes for x in new)
        mixed = sum(x.nbytes // 2 if x.storage in half else x.nbytes for x in new if not casts or x.storage in half)
        if casts:
            mixed += sum(FLOAT // 2 * prod(x) for x in read.values() if x.storage not in half)
        width = FLOAT // 2 if out.storage in half else FLOAT
        result.append(Bytes(full + FLOAT * keeps.values + keeps.index_bytes, mixed + width * keeps.values + keeps.index_bytes))
    return result


_KEEPS: dict[str, Callable[..., Kept]] = {}
_CAST_TO_BF16 = {"conv1d", "conv2d", "conv3d", "linear", "matmul", "bmm", "__matmul__", "__rmatmul__", "einsum",
                 "scaled_dot_product_attention", "multi_head_attention_forward"}


def _computes_in_half(call, half):
    """Whether the result is bf16 as all that comes in is. Normalisation's 32-bit gains do not widen its result."""
    normalises = call.operator in ("batch_norm", "layer_norm")
    operands = [x for x in instances(Operand, (call.args, call.kwargs)) if not (x.held and normalises)]
    return bool(operands) and all(x.storage in half for x in operands)


def _everything(*args, out, **kwargs):
    return Kept((*instances(Operand, (args, kwargs)), out))


def _keeps(*operators):
    def register(formula):
        _KEEPS.update(dict.fromkeys(operators, formula))
        return formula

    return register


@_keeps("input", "add", "add_", "__add__", "__radd__", "__iadd__", "sub", "sub_", "rsub", "__sub__", "__rsub__",
        "__isub__", "neg", "__neg__", "mean", "cat", "pad", "roll", "flatten", "reshape", "view", "unflatten",
        "unsqueeze", "squeeze", "expand", "permute", "transpose", "swapaxes", "chunk", "split", "unbind", "narrow",
        "select", "__getitem__", "contiguous", "clone", "zero_")
def nothing(*_, out: Operand, **__) -> Kept:
    """Linear without weights: the derivative reads no values, at most shapes."""
    return Kept()


@_keeps("batch_norm", "clamp")
def its_input(x: Operand, *_, out: Operand, **__) -> Kept:
    """The derivative reads the values that came in."""
    return Kept((x,))


@_keeps("sigmoid", "tanh", "exp", "softmax", "sigmoid_", "tanh_", "relu_")
def its_result(*_, out: Operand, **__) -> Kept:
    """The derivative is a function of the result."""
    return Kept((out,))


@_keeps("conv1d", "conv2d", "conv3d", "linear")
def weighted(x: Operand, weight: Operand, *_, out: Operand, **__) -> Kept:
    """The input, for the weight's gradient, and the weight, for the input's."""
    return Kept(_each_for_the_other(x, weight))


def _each_for_the_other(a, b):
    return tuple(factor for factor, other in ((a, b), (b, a)) if other.learns)


@_keeps("mul", "mul_", "__mul__", "__rmul__", "__imul__")
def product(input, other, *_, out: Operand, **__) -> Kept:
    """Of two factors each for the other's gradient. A number in their place is kept with the operation itself."""
    if not isinstance(input, Operand) or not isinstance(other, Operand):
        return Kept()
    return Kept(_each_for_the_other(input, other))


@_keeps("div", "div_", "__truediv__", "__itruediv__")
def quotient(input, other, *_, out: Operand, **__) -> Kept:
    """The divisor, and for its own gradient the dividend."""
    if not isinstance(other, Operand):
        return Kept()
    return Kept((input, other) if other.learns and isinstance(input, Operand) else (other,))


@_keeps("matmul", "bmm", "__matmul__", "__rmatmul__")
def matrix_product(input: Operand, other: Operand, *_, out: Operand, **__) -> Kept:
    """The factors, each for the other's gradient; copies of those whose matrices do not lie one after another."""
    factors = _each_for_the_other(input, other)
    return Kept(tuple(filter(_in_a_row, factors)), sum(prod(x) for x in factors if not _in_a_row(x)))


@_keeps("einsum")
def einsum(equation: str, *operands: Operand, out: Operand) -> Kept:
    """The factors of the matrix product that it is."""
    return matrix_product(*operands, out=out) if len(operands) == 2 else Kept(operands)


def _in_a_row(x):
    """Whether [..., n, m] can be seen as [number of matrices, n, m] without moving values."""
    return all(x.strides[i] == x.strides[i + 1] * x[i + 1] for i in range(len(x) - 3))


@_keeps("relu")
def relu(x: Operand, inplace: bool = False, *, out: Operand) -> Kept:
    """Where the result is positive the input was, in place or not."""
    return Kept((out,))


@_keeps("relu6", "hardtanh", "gelu", "silu", "hardswish", "hardsigmoid")
def activation(x: Operand, *args, out: Operand, inplace: bool = False, **__) -> Kept:
    """The input. In place its values are lost, and autograd keeps a copy of them."""
    return Kept((), prod(x)) if inplace or True in args else Kept((x,))


@_keeps("dropout")
def dropout(x: Operand, p: float = 0.5, training: bool = True, inplace: bool = False, *, out: Operand) -> Kept:
    """The mask, a number for each value (on CUDA a byte), and the result, which no later operation is charged for."""
    return Kept((out,), prod(x)) if p else Kept()


@_keeps("max_pool2d")
def max_pool(x: Operand, *_, out: Operand, **__) -> Kept:
    """The input and where in it each result was found, as 64-bit indices."""
    return Kept((x,), index_bytes=INDEX * prod(out))


@_keeps("avg_pool2d")
def avg_pool(x: Operand, *_, out: Operand, **__) -> Kept:
    """The input, for its shape alone."""
    return Kept((x,))


@_keeps("adaptive_avg_pool2d")
def adaptive_avg_pool(x: Operand, *_, out: Operand, **__) -> Kept:
    """The input, for its shape alone; to a single value it is a mean, which keeps nothing."""
    return Kept() if out[-2:] == (1, 1) else Kept((x,))


@_keeps("layer_norm")
def layer_norm(x: Operand, normalized_shape: tuple[int, ...], *_, out: Operand, **__) -> Kept:
    """The input, and mean and deviation of everything that was normalised together."""
    return Kept((x,), 2 * prod(x[: len(x) - len(normalized_shape)]))


@_keeps("normalize")
def normalize(x: Operand, p: float = 2.0, dim: int = 1, *_, out: Operand, **__) -> Kept:
    """x / max(norm, eps): the dividend, and the norm before and after the maximum."""
    return Kept((x,), 2 * (prod(x) // x[dim]))


@_keeps("scaled_dot_product_attention")
def attention(query: Operand, key: Operand, value: Operand, *_, out: Operand, **__) -> Kept:
    """Q, K, V and the result; the scores are computed again, from one logarithm of a sum for each query."""
    return Kept((query, key, value, out), prod(query[:-1]))


@_keeps("multi_head_attention_forward")
def multi_head_attention(query: Operand, key: Operand, value: Operand, width: int, heads: int, *_, out: Operand, **__) -> Kept:
    """The tokens [tokens, batch, width], their projections Q, K and V, the attention's result, and one logarithm of a
    sum for each query and head."""
    return Kept((query, key, value), sum(map(prod, (query, key, value, query))) + prod(query[:-1]) * heads)
