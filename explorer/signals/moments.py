"""Mean and variance of a signal's channels: what most probes of the forward pass are made from."""

import torch
from torch import Tensor


@torch.no_grad()
def channel_moments(signal: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance (divided by N, not N - 1) of each channel of [N, C, …] over pictures and places: float32 [C] each."""
    signal = signal.detach()
    if signal.device.type in ("cpu", "cuda"):
        # The first half of batch normalisation: three times faster on bfloat16 than a sum, a norm and their conversions.
        running = torch.zeros(2, signal.shape[1], device=signal.device)
        mean, variance = torch.batch_norm_update_stats(signal, running[0], running[1], 0.0)
        return mean.float(), variance.float()
    variance, mean = torch.var_mean(signal.float(), [0, *range(2, signal.dim())], correction=0)
    return mean, variance
