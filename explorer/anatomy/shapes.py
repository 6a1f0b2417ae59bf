"""The shapes of results, for the operators that this project's own networks consist of.

PyTorch's meta kernels of these operators are written in Python: the first call imports close to a second of modules,
and batch normalisation takes another millisecond each time. Tests hold every rule against the operator itself.
"""

from collections.abc import Callable

Shape = tuple[int, ...]


def result_shape(operator: str, args: tuple, kwargs: dict) -> Shape | None:
    """The shape of one call's new tensor, None where PyTorch has to be asked.

    Arguments are the operator's own with every tensor replaced by its shape (a tuple); the tensors are of one floating
    type, so that the result is too.
    """
    rule = _RULES.get(operator)
    if not rule or kwargs.get("inplace") or kwargs.get("out"):
        return None
    return rule(*args, **kwargs)


def _same(x, *_, **__):
    return x


def _relu(x, inplace=False):
    return None if inplace else x


def _dropout(x, p=0.5, training=True, inplace=False):
    # Without training PyTorch gives the input itself back: here it is the tensor that a training step would make.
    return x if p and not inplace else None


def _broadcast(a, other, **__):
    return a if isinstance(a, tuple) and (a == other or not isinstance(other, tuple)) else None


def _conv(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if len(x) != 4 or isinstance(padding, str) or x[1] != weight[1] * groups:
        return None
    return _image(x[0], weight[0], _windows(x[2:], weight[2:], stride, padding, dilation))


def _max_pool(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    if len(x) != 4 or ceil_mode or return_indices:
        return None
    return _image(*x[:2], _windows(x[2:], kernel_size, stride or kernel_size, padding, dilation))


def _batch_norm(x, running_mean=None, *_, **__):
    return x if running_mean is None or running_mean == x[1:2] else None


def _adaptive_avg_pool(x, output_size):
    sizes = _pair(output_size)
    return (*x[:-2], *sizes) if None not in sizes else None


def _linear(x, weight, bias=None):
    return (*x[:-1], weight[0]) if x[-1] == weight[1] else None


_RULES: dict[str, Callable[..., Shape | None]] = {
    "conv2d": _conv, "linear": _linear, "batch_norm": _batch_norm, "relu": _relu, "sigmoid": _same, "dropout": _dropout,
    "add": _broadcast, "__add__": _broadcast, "mul": _broadcast, "__mul__": _broadcast,
    "rsub": _broadcast, "__rsub__": _broadcast, "sub": _broadcast,
    "max_pool2d": _max_pool, "adaptive_avg_pool2d": _adaptive_avg_pool,
}


def _image(count, channels, sizes):
    # Of an image too small for the window there is no shape; PyTorch says what is wrong.
    return (count, channels, *sizes) if min(sizes) > 0 else None


def _windows(sizes, kernel, stride, padding, dilation):
    """How many windows fit into each side of the padded input."""
    each = zip(sizes, _pair(kernel), _pair(stride), _pair(padding), _pair(dilation))
    return tuple((size + 2 * p - d * (k - 1) - 1) // s + 1 for size, k, s, p, d in each)


def _pair(value):
    return tuple(value) if isinstance(value, tuple | list) else (value, value)
