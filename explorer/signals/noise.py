"""How a series resembles itself some steps on, and what white and brown noise would show there.

In all of this `products` is a symmetric float64 [N, N]: the inner products of a series' N members (numbers or vectors), or their
covariances where an expectation is wanted.
"""

import torch
from torch import Tensor


def products_of(series: Tensor) -> Tensor:
    """[N] numbers or [N, D] vectors to their inner products [N, N]."""
    members = series.double().reshape(len(series), -1)
    return members @ members.T


def autocorrelation(products: Tensor) -> Tensor:
    """R(k) = Σᵢ ⟨gᵢ - ḡ, gᵢ₊ₖ - ḡ⟩ / Σᵢ ‖gᵢ - ḡ‖² for k = 0 … N - 1: [N], R(0) = 1; NaN for a series that does not vary.

    Of covariances it is the ratio of the expectations of numerator and denominator: for white noise exactly R's expectation (the
    shape of a Gaussian series does not depend on its size), for vectors of many independent members nearly so.
    """
    centred = products - products.mean(0, keepdim=True) - products.mean(1, keepdim=True) + products.mean()
    sums = torch.stack([centred.diagonal(lag).sum() for lag in range(len(products))])
    # What is left of a constant series is rounding.
    return sums / sums[0] if sums[0] > 1e-12 * products.trace().abs() else torch.full_like(sums, torch.nan)


def cosines(products: Tensor) -> Tensor:
    """The cosine of the angle between every two members: [N, N], NaN where a member is zero or not finite."""
    norms = products.diagonal().sqrt()
    return products / torch.outer(norms, norms)


def cosine_by_lag(products: Tensor) -> Tensor:
    """The mean cosine between members that are k apart, k = 0 … N - 1: [N]."""
    angles = cosines(products)
    return torch.stack([angles.diagonal(lag).mean() for lag in range(len(products))])


def relative_effective_rank(products: Tensor, dimensions: int) -> float:
    """r(Δ) / r(Y), r = tr(ΔᵀΔ) / ‖Δ‖² (Balduzzi et al. 2017): about 1 for white noise, near 0 where all point one way.

    Δ has the members as columns; Y as many of as many dimensions, drawn from a Gaussian. Two things are this project's own: the columns
    are brought to one length, so that a few long ones do not stand for all, and Y is not drawn, r(Y) ≈ N D / (√N + √D)², which
    holds for large N and D. NaN where a member is zero or not finite.
    """
    angles, count = cosines(products), len(products)
    if not angles.isfinite().all():
        return torch.nan
    white = count * dimensions / (count**0.5 + dimensions**0.5) ** 2
    return (count / torch.linalg.matrix_norm(angles, 2) / white).item()


def white_noise(count: int, generator: torch.Generator) -> Tensor:
    """Independent numbers: float64 [count]."""
    return torch.randn(count, generator=generator, dtype=torch.float64)


def brown_noise(count: int, generator: torch.Generator) -> Tensor:
    """A random walk, the sum of white noise: float64 [count]."""
    return white_noise(count, generator).cumsum(0)


def white_covariance(count: int) -> Tensor:
    """Of white noise of variance 1: the unit matrix."""
    return torch.eye(count, dtype=torch.float64)


def brown_covariance(count: int) -> Tensor:
    """Of a random walk of unit steps: the number of steps that two members have in common, min(i, j) counted from 1."""
    steps = torch.arange(1, count + 1, dtype=torch.float64)
    return torch.minimum(steps[:, None], steps[None, :])
