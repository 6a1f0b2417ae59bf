"""Receptive fields: how much of the input one value can depend on. Pure arithmetic on shapes; imports no torch.

A window of size k, dilation d and stride s on values whose neighbours lie `jump` input pixels apart:
size' = size + (k - 1) d jump and jump' = jump s (Araujo, Norris and Sim, "Computing receptive fields of convolutional
neural networks", Distill 2019, equation 2). Sizes are not clipped to the input's.
"""

from collections.abc import Iterable
from typing import NamedTuple

Pair = tuple[int, int]


class Window(NamedTuple):
    """What one result reads of its input along height and width."""

    kernel: Pair
    stride: Pair
    dilation: Pair = (1, 1)


class Field(NamedTuple):
    """Side of the receptive field, and the distance of neighbouring values, in input pixels; along height and width."""

    size: Pair = (1, 1)
    jump: Pair = (1, 1)


def seen(field: Field, window: Window) -> Field:
    """The receptive field of a window's result."""
    size = tuple(r + (k - 1) * d * j for r, k, d, j in zip(field.size, window.kernel, window.dilation, field.jump))
    return Field(size, tuple(j * s for j, s in zip(field.jump, window.stride)))


def widest(fields: Iterable[Field]) -> Field:
    """The receptive field of a merge: all its inputs' fields have one centre."""
    fields = list(fields) or [Field()]
    return Field(*(tuple(max(pair) for pair in zip(*values)) for values in zip(*fields)))


def window_of(operator: str, args: tuple, kwargs: dict, out: tuple[int, ...]) -> Window | None:
    """The window of one call of a PyTorch function (tensors replaced by their shapes), None where each result reads
    values of its own position only."""
    reads = _READS.get(operator)
    return reads(*args, **kwargs, out=out) if reads else None


def _conv(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1, *, out):
    return Window(_pair(weight[2:]), _pair(stride), _pair(dilation))


def _pool(x, kernel_size, stride=None, padding=0, dilation=1, *_, out, **__):
    # The fifth argument of avg_pool2d is not a dilation but a flag.
    dilation = 1 if isinstance(dilation, bool) else dilation
    return Window(_pair(kernel_size), _pair(stride or kernel_size), _pair(dilation))


def _adaptive(x, *_, out, **__):
    strides = tuple(max(1, size // n) for size, n in zip(x[-2:], out[-2:]))
    return Window(tuple(max(1, size - (n - 1) * s) for size, n, s in zip(x[-2:], out[-2:], strides)), strides)


def _whole(x, *_, out, **__):
    """Height and width end here: every result reads all of them."""
    return Window(x[2:], x[2:]) if len(x) == 4 and len(out) == 2 else None


def _mean(x, *_, out, **__):
    whole = Window(x[2:], x[2:]) if len(x) == 4 else None
    return whole if len(out) == 2 or out[-2:] == (1, 1) else None


def _step(x, index, *, out):
    """Slices with a step skip values: x[:, :, ::2, ::2] reads windows of one, two apart."""
    index = index if isinstance(index, tuple) else (index,)
    steps = tuple(part.step or 1 if isinstance(part, slice) else 1 for part in index[2:4])
    return Window((1, 1), steps) if len(x) == 4 and len(steps) == 2 and steps != (1, 1) else None


_READS = {"conv2d": _conv, "max_pool2d": _pool, "avg_pool2d": _pool, "adaptive_avg_pool2d": _adaptive,
          "flatten": _whole, "reshape": _whole, "view": _whole, "mean": _mean, "__getitem__": _step}


def _pair(value):
    return tuple(value) if isinstance(value, tuple | list) else (value, value)
