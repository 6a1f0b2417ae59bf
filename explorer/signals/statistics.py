"""Batch normalisation with the statistics of given pictures: as in training, but each picture is then a matter of its own."""

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.signals.twin import twin


@torch.no_grad()
def with_statistics_of(net: nn.Module, images: Tensor) -> nn.Module:
    """A twin of `net` in evaluation mode whose batch normalisations have the statistics of `images`, [N, C, H, W]; `net` keeps its own.

    The twin is a function of each picture alone, which on the batch gives what training mode gives without dropout (but for
    running variances being those of N - 1). No chance is drawn.
    """
    copied = twin(net).eval()
    norms = [module for module in copied.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        for name, buffer in list(norm.named_buffers(recurse=False)):
            setattr(norm, name, buffer.clone())
        norm.train().momentum = 1.0  # the statistics of the last batch are the running ones
    if norms:
        copied(images.to(next(net.parameters()).device))
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return copied.eval()
