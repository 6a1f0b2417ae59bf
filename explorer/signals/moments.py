"""Mean and variance of a signal's channels: what most probes of the forward pass are made from."""

import torch
from torch import Tensor


@torch.no_grad()
def channel_moments(signal: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance (divided by N, not N - 1) of each channel of [N, C, …] over pictures and places: [C] each, float32
    or, of a float64 signal, float64."""
    wide = torch.promote_types(signal.dtype, torch.float32)
    signal = signal.detach()
    if signal.device.type in ("cpu", "cuda"):
        # The first half of batch normalisation: three times faster on bfloat16 than a sum, a norm and their conversions.
        running = torch.zeros(2, signal.shape[1], device=signal.device, dtype=wide)
        mean, variance = torch.batch_norm_update_stats(signal, running[0], running[1], 0.0)
        return mean.to(wide), variance.to(wide)
    variance, mean = torch.var_mean(signal.to(wide), [0, *range(2, signal.dim())], correction=0)
    return mean, variance
