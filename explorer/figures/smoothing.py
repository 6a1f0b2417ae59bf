"""A noisy line made smooth without looking ahead."""

from collections.abc import Sequence


def smoothed(values: Sequence[float], weight: float) -> list[float]:
    """The exponential moving average of `values`, 0 <= `weight` < 1 being the share that the past keeps at each point.

    Corrected for its start, as Adam's moments are (1412.6980, section 3): divided by 1 - weight^n, the sum of the weights
    so far, so that the first values are not drawn towards zero.
    """
    average, total, found = 0.0, 0.0, []
    for value in values:
        average = weight * average + (1 - weight) * value
        total = weight * total + (1 - weight)
        found.append(average / total)
    return found
