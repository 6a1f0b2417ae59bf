"""L2 norms of signals that may be very large or very small: a float32 sum of squares ends at 1e38, and begins at 1e-38."""

import math

import torch
from torch import Tensor

# Within these bounds of a sum of squares float32 is as good as float64, and on a CPU ten times as fast.
SAFE = (1e-25, 1e30)


@torch.no_grad()
def norm_of(signal: Tensor) -> Tensor:
    """The L2 norm of any dense tensor as a float64 scalar on its device, without waiting for a GPU.

    Infinite or NaN only where a value of the signal is so. (On MPS, which has no float64, in float32.)
    """
    signal = signal.detach()
    if signal.device.type == "cpu" and signal.numel():
        flat = _flat(signal)
        squares = flat.dot(flat).item()
        if SAFE[0] < squares < SAFE[1]:
            return torch.tensor(math.sqrt(squares), dtype=torch.float64)
    return torch.linalg.vector_norm(signal, dtype=torch.float32 if signal.device.type == "mps" else torch.float64)


def _flat(signal: Tensor) -> Tensor:
    """All values in a row, in the order of the memory: no copy for channels_last."""
    if signal.dim() == 4 and signal.is_contiguous(memory_format=torch.channels_last):
        signal = signal.permute(0, 2, 3, 1)
    return signal.reshape(-1)
