"""Shattered gradients (Balduzzi et al. 2017, 1702.08591): do neighbouring inputs ask for similar changes?

A network's output is looked at as a function of its input alone. Where the input goes along a straight line between two
pictures, the gradient of the output with respect to the input is a series, which may be smooth, resemble a random walk (brown
noise), or resemble white noise, in which neighbours have nothing to do with each other.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.errors import BadInput

AT_ONCE = 32  # inputs in one forward and backward pass


@dataclass(frozen=True)
class Series:
    """The output f at N points x(t) of a line, and its gradient there.

    `positions` are the t, `outputs` the f(x(t)), `slopes` the derivatives df/dt, `norms` the ‖∇f‖, and `products`, float64
    [N, N], the inner products of the gradients, from which everything about their likeness follows.
    """

    positions: tuple[float, ...]
    outputs: tuple[float, ...]
    slopes: tuple[float, ...]
    norms: tuple[float, ...]
    products: Tensor
    dimensions: int


def points_between(first: Tensor, last: Tensor, positions: Tensor) -> Tensor:
    """x(t) = (1 - t) first + t last for every t: [C, H, W] twice and [N] to [N, C, H, W]."""
    t = positions.to(first.dtype).view(-1, 1, 1, 1)
    return (1 - t) * first + t * last


def input_gradients(net: nn.Module, inputs: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    """f and its gradient for each input by itself: [N, C, H, W] to [N] and [N, C, H, W]; f is the score of the class given for it, [N].

    Inputs and classes are on the net's device. The net must treat each input by itself: batch normalisation in training
    mode is refused with a ValueError. Weights, modes and gradients of the net stay as they are.
    """
    if any(isinstance(module, _BatchNorm) and module.training for module in net.modules()):
        raise ValueError("Batch normalisation in training mode mixes the inputs: give it fixed statistics first (`with_statistics_of`).")
    found = [_gradients(net, *some) for some in zip(inputs.split(AT_ONCE), classes.split(AT_ONCE))]
    return torch.cat([outputs for outputs, _ in found]), torch.cat([gradients for _, gradients in found])


def along_line(net: nn.Module, first: Tensor, last: Tensor, positions: Tensor, output: int) -> Series:
    """The series of the gradients from `first` (t = 0) to `last` (t = 1), both [C, H, W], at `positions` [N]; f is the score of class
    `output`. Raises BadInput for fewer than three points."""
    if len(positions) < 3:
        raise BadInput(f"A line has three points or more, not {len(positions)}.")
    inputs = points_between(first, last, positions)
    outputs, gradients = input_gradients(net, inputs, torch.full((len(inputs),), output))
    gradients = gradients.flatten(1).double()
    return Series(
        tuple(positions.tolist()),
        tuple(outputs.tolist()),
        tuple((gradients @ (last - first).flatten().double()).tolist()),
        tuple(gradients.norm(dim=1).tolist()),
        gradients @ gradients.T,
        gradients.shape[1],
    )


def likeness_by_distance(net: nn.Module, firsts: Tensor, lasts: Tensor, distances: Tensor, classes: Tensor) -> Tensor:
    """The cosine between ∇f(x) and ∇f(x + d (y - x)) for P pictures x and partners y, [P, C, H, W], and every distance d, [K]: [P, K].

    d = 1 is the partner itself. f is the score of the class given for the pair, [P].
    """
    parts = torch.cat([distances.new_zeros(1), distances])
    inputs = torch.cat([points_between(first, last, parts) for first, last in zip(firsts, lasts, strict=True)])
    _, gradients = input_gradients(net, inputs, classes.repeat_interleave(len(parts)))
    gradients = gradients.flatten(1).double().unflatten(0, (len(firsts), len(parts)))
    return F.cosine_similarity(gradients[:, :1], gradients[:, 1:], dim=2, eps=0)


def _gradients(net: nn.Module, inputs: Tensor, classes: Tensor) -> tuple[Tensor, Tensor]:
    with torch.enable_grad():
        inputs = inputs.detach().clone().contiguous(memory_format=torch.channels_last).requires_grad_()
        scores = net(inputs).gather(1, classes[:, None])
        (gradients,) = torch.autograd.grad(scores.sum(), inputs)  # of the inputs only: weights keep the .grad they have
    return scores.detach()[:, 0], gradients
