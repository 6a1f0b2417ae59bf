import math

import pytest
import torch

from explorer.signals.activations import exact_figures_of
from explorer.signals.norms import norm_of


@pytest.mark.parametrize("size", [1e-36, 1e-22, 1e-8, 1.0, 1e12, 1e25, 1e36])
@pytest.mark.parametrize("shape", [(7,), (2, 3), (4, 3, 5, 6)])
def test_a_norm_is_exact_whatever_the_signals_size(size, shape):
    signal = size * torch.randn(shape, generator=torch.Generator().manual_seed(0))
    exact = signal.double().square().sum().sqrt().item()
    assert norm_of(signal).dtype == torch.float64
    assert norm_of(signal).item() == pytest.approx(exact, rel=1e-6)
    if len(shape) == 4:
        assert norm_of(signal.contiguous(memory_format=torch.channels_last)).item() == pytest.approx(exact, rel=1e-6)
        assert norm_of(signal[:, ::2, 1:]).item() == pytest.approx(signal[:, ::2, 1:].double().norm().item(), rel=1e-6)


def test_only_what_is_not_finite_has_such_a_norm():
    assert norm_of(torch.tensor([1.0, math.inf])).item() == math.inf
    assert math.isnan(norm_of(torch.tensor([1.0, math.nan])).item())
    assert norm_of(torch.zeros(3)).item() == norm_of(torch.zeros(0)).item() == 0


@pytest.mark.parametrize("size", [1e-30, 1e-8, 1.0, 1e30])
def test_the_figures_of_an_activation_are_exact_whatever_its_size(size):
    result = (size * torch.randn(6, 4, 5, 5, generator=torch.Generator().manual_seed(0))).relu()
    result[:, 1] = 0
    mean, std, dead = exact_figures_of(result).tolist()
    assert (mean, dead) == (pytest.approx(result.double().mean().item(), rel=1e-5), 0.25)
    assert std == pytest.approx(result.double().std(correction=0).item(), rel=1e-5)


def test_an_infinite_activation_says_so():
    result = torch.ones(2, 3, 4, 4)
    result[0, 0, 0, 0] = math.inf
    mean, std, dead = exact_figures_of(result).tolist()
    assert mean == math.inf and not math.isfinite(std) and dead == 0
