"""Mean and standard deviation of each channel, exactly: by the counts of the 256 grey levels. Imports no torch."""

from collections.abc import Iterable

import numpy as np

from explorer.networks.known_data import Statistics

AT_ONCE = 4096  # images whose levels are widened at a time


def channel_statistics(parts: Iterable[np.ndarray]) -> Statistics:
    """Of uint8 images [N, C, H, W], given in one or more parts of one C: over all pixels, of values from 0 to 1.

    A deviation is at least one grey level, so that a channel that never changes can be divided by it.
    """
    counts = 0
    for part in parts:
        for first in range(0, len(part), AT_ONCE):
            images = part[first : first + AT_ONCE]
            counts = counts + np.stack([np.bincount(images[:, c].ravel(), minlength=256) for c in range(images.shape[1])])
    share, levels = counts / counts.sum(1, keepdims=True), np.arange(256) / 255
    means = share @ levels
    deviations = [float(of @ (levels - mean) ** 2) ** 0.5 for of, mean in zip(share, means, strict=True)]
    return Statistics(tuple(map(float, means)), tuple(max(deviation, 1 / 255) for deviation in deviations))
