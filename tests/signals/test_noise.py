"""The autocorrelation of noise that is known: exact formulae, and drawn series within what theory allows them."""

import math

import pytest
import torch

from explorer.signals.noise import (
    autocorrelation,
    brown_covariance,
    brown_noise,
    cosine_by_lag,
    products_of,
    relative_effective_rank,
    white_covariance,
    white_noise,
)

COUNT = 64


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def test_the_autocorrelation_is_that_of_its_formula():
    series = [3.0, -1.0, 4.0, 1.0, -5.0]
    mean = sum(series) / 5
    centred = [value - mean for value in series]
    whole = sum(value**2 for value in centred)
    exact = [sum(a * b for a, b in zip(centred, centred[lag:])) / whole for lag in range(5)]
    assert autocorrelation(products_of(torch.tensor(series))).tolist() == pytest.approx(exact)


def test_vectors_correlate_as_the_sum_over_their_members():
    vectors = torch.randn(12, 3, generator=generator(), dtype=torch.float64)
    centred = vectors - vectors.mean(0)
    exact = [(centred[: 12 - lag] * centred[lag:]).sum().item() / centred.square().sum().item() for lag in range(12)]
    assert autocorrelation(products_of(vectors)).tolist() == pytest.approx(exact)


def test_white_noise_is_expected_to_correlate_a_little_below_zero():
    """The mean that is subtracted has a part of every member: R(k) = -(N - k) / (N (N - 1))."""
    exact = [1.0] + [-(COUNT - lag) / (COUNT * (COUNT - 1)) for lag in range(1, COUNT)]
    assert autocorrelation(white_covariance(COUNT)).tolist() == pytest.approx(exact, abs=1e-12)


def test_brown_noise_is_expected_to_lose_its_correlation_over_a_good_part_of_the_series():
    """In the limit of many members, at the lag τN: the covariance of Brownian motion less its mean, which is
    min(s, t) - s(2 - s)/2 - t(2 - t)/2 + 1/3, integrated along s = t - τ, and divided by what that is for τ = 0, 1/6."""
    count = 2000
    found = autocorrelation(brown_covariance(count))
    for tau in (0.01, 0.1, 0.25, 0.5):
        t = torch.linspace(tau, 1, 20001, dtype=torch.float64)
        s = t - tau
        covariance = s - s * (2 - s) / 2 - t * (2 - t) / 2 + 1 / 3
        exact = torch.trapezoid(covariance, t).item() / (1 / 6)
        assert found[round(tau * count)].item() == pytest.approx(exact, abs=2e-3)


def test_the_covariance_of_brown_noise_is_that_of_its_sums():
    """A random walk is L times white noise, L the lower triangle of ones: its covariance is L Lᵀ."""
    lower = torch.tril(torch.ones(COUNT, COUNT, dtype=torch.float64))
    assert torch.equal(brown_covariance(COUNT), lower @ lower.T)


def test_drawn_white_noise_stays_near_its_expectation():
    """R(k) of N numbers has a deviation of about 1/√N; of the mean over 400 series a twentieth of it. Four deviations are allowed."""
    drawn = torch.stack([autocorrelation(products_of(white_noise(COUNT, generator(seed)))) for seed in range(400)])
    allowed = 4 / math.sqrt(COUNT) / 20
    assert (drawn.mean(0) - autocorrelation(white_covariance(COUNT))).abs().max() < allowed
    assert drawn[:, 1:20].std(0).mean().item() == pytest.approx(1 / math.sqrt(COUNT), rel=0.2)


def test_drawn_brown_noise_of_many_dimensions_stays_near_its_expectation():
    """Of vectors of D independent walks the ratio of the expectations is met but for terms of the order 1/√D."""
    walks = torch.stack([brown_noise(COUNT, generator(seed)) for seed in range(2000)], dim=1)
    assert walks.shape == (COUNT, 2000)
    found = autocorrelation(products_of(walks))
    assert (found - autocorrelation(brown_covariance(COUNT))).abs().max() < 4 / math.sqrt(2000)
    assert 0.9 < found[1] < 1


def test_what_does_not_vary_has_no_autocorrelation():
    assert autocorrelation(products_of(torch.full((8,), 0.1))).isnan().all()
    assert autocorrelation(products_of(torch.zeros(8))).isnan().all()


def test_what_is_not_finite_shows():
    series = torch.tensor([1.0, math.inf, 2.0])
    assert autocorrelation(products_of(series)).isnan().all()
    assert math.isnan(relative_effective_rank(products_of(series), 1))


def test_cosines_by_lag_are_means_over_pairs():
    turning = torch.tensor([[math.cos(0.3 * i), math.sin(0.3 * i)] for i in range(6)], dtype=torch.float64) * torch.arange(1, 7)[:, None]
    assert cosine_by_lag(products_of(turning)).tolist() == pytest.approx([math.cos(0.3 * lag) for lag in range(6)])


def test_the_relative_effective_rank_is_small_for_one_direction_and_one_for_white_noise():
    one_way = torch.outer(torch.arange(1.0, 33), torch.randn(400, generator=generator()))
    white = 32 * 400 / (math.sqrt(32) + math.sqrt(400)) ** 2
    assert relative_effective_rank(products_of(one_way), 400) == pytest.approx(1 / white)
    assert relative_effective_rank(products_of(torch.eye(32)), 400) == pytest.approx(32 / white)
    assert relative_effective_rank(products_of(torch.randn(32, 400, generator=generator())), 400) == pytest.approx(1, abs=0.15)
