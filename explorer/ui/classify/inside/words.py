"""What is said of feature maps and of sums: made from the very numbers that are drawn."""

from collections.abc import Sequence
from math import isfinite, isnan
from typing import TYPE_CHECKING

import numpy as np

from explorer.ui.format import PAPER, count, minus, ordinal, percent, plain

if TYPE_CHECKING:
    from explorer.vision.explain.addition import Addition, Balance
    from explorer.vision.explain.features import Activity
    from explorer.vision.explain.places import Place, Signal

LEVELS = {"low": "Low", "mid": "Mid", "high": "High"}
ZEILER = "[Zeiler and Fergus 2014](https://arxiv.org/abs/1311.2901)"
IDEA = (
    f"Each channel of a layer is one learnt detector, and its map tells where in the picture it finds something. {ZEILER} saw edges and "
    "colours in the first layers of an ImageNet network, textures in the middle ones, parts and whole objects in the last."
)
TILES = (
    "Low, mid and high are here the last maps of the first size, of the middle one and of the last: the ends of stages. In a deep network "
    "many layers lie before the first of them too, and it may show more than edges. Below each channel stands its activity: the mean of "
    "its absolute values on this picture. Click one to enlarge it."
)
SUM_IDEA = (
    f"A residual block computes F(x), and its shortcut brings x along: what goes on is F(x) + x ({PAPER}, equation 1). Shown is the same "
    "channel of all of them on one scale: what came, what the block has to say about it, and what becomes of both."
)
MEASURES = (
    "The L2 norm, the root of the sum of all squares, tells how large maps are as a whole. The cosine tells how what is added lies to what "
    "came: above 0 it strengthens that on the whole, below 0 it takes from it, near 0 it does neither and is something new."
)
WHY_SMALL = (
    "Why it matters: if what a block should do is close to the identity, finding the small change to x should be easier than learning "
    f"all of its output anew; that is the motivation of residual learning ({PAPER}, section 3.1). Section 4.2 and figure 7 support it: the "
    "layers of ResNets respond more weakly than those of plain nets, and the deeper the ResNet, the less a layer tends to modify the "
    "signal. That small F(x) is why deep networks can be trained, they do not show; and here one picture is looked at."
)
HERE = {
    "identity": "The shortcut is the identity: it carries x as it is.",
    "padded": "The shortcut leaves out every second pixel and adds channels of zeros (option A), as the block changes the shape.",
    "projected": "The shortcut is a projection Wₛ, learnt 1x1 filters: what it carries is Wₛ x.",
    "gated": "A highway layer's gate T shares out: the shortcut carries x · (1 − T), the branch adds H(x) · T.",
}


def place_words(place: "Place", signal: "Signal", size: int) -> str:
    """Which maps these are, as Markdown."""
    field = signal.receptive_field
    seen = "the whole picture" if field >= 2 * size else f"at most {count(field)} x {count(field)} pixels"
    beyond = f", more than the {size} x {size} of the picture" if size < field < 2 * size else ""
    what = "the result of" if signal is place.output else "inside"
    return (
        f"{plain(signal.name)}, {what} {plain(place.name)}: {count(signal.channels)} maps of {signal.side} x {signal.side}. A value "
        f"can depend on {seen}{beyond}."
    )


def stack_words(active: "Activity", order: Sequence[int], signal: "Signal") -> str:
    """What the channels do together: how the activity is shared out, and which are silent."""
    silent = int((active.max == 0).sum())
    whole = float(active.mean.sum())
    silence = "none is" if silent == 0 else "1 is" if silent == 1 else f"{count(silent)} are"
    told = [f"Of {count(signal.channels)} channels {silence} silent on this picture"]
    if len(order) < signal.channels and whole:
        share = percent(float(active.mean[list(order)].sum()) / whole, 0)
        told.append(f"the {len(order)} shown hold {share} of all activity (sum of absolute values)")
    above = float(np.mean(active.above_zero))
    return f"{'; '.join(told)}. On average a channel is above zero at {percent(above, 0)} of its places."


def channel_words(
    values: np.ndarray, active: "Activity", channel: int, at: tuple[int, int], box: tuple[int, int, int, int], size: int
) -> str:
    """One channel in numbers; `box` is what its strongest value, `at` a row and a column, can depend on of `size` x `size`
    pixels."""
    rank = int(np.flatnonzero(active.order("mean") == channel)[0]) + 1
    if not active.max[channel]:
        return f"Channel {channel} is silent: zero at all {values.size} places."
    left, top, right, bottom = box
    whole = (left, top, right, bottom) == (0, 0, size, size)
    pixels = "the whole picture" if whole else f"columns {left} to {right - 1} and rows {top} to {bottom - 1} of the picture at most"
    return (
        f"Channel {channel}, the {ordinal(rank)} of {len(active.mean)} by mean activity: mean {_number(float(values.mean()))}, from "
        f"{_number(float(values.min()))} to {_number(float(values.max()))}, above zero at "
        f"{percent(float(active.above_zero[channel]), 0)} of its places. It is strongest at row {at[0]}, column {at[1]} (counted from 0); "
        f"that value can depend on {pixels}."
    )


def sum_words(addition: "Addition", whole: "Balance", one: "Balance", channel: int) -> list[str]:
    """How what is added compares with what it is added to: in the whole block, and in the channel shown."""
    told = [HERE[addition.way]]
    told.append(f"In {plain(addition.name)}, over all channels: {_compared(whole)}.")
    told.append(f"In channel {channel}: {_compared(one)}.")
    changes = []
    if not isnan(whole.off):
        changes.append(f"{percent(whole.off, 0)} of the values that the shortcut brought above zero are not above it any more")
    if not isnan(whole.on):
        changes.append(f"{percent(whole.on, 0)} of the others now are")
    told.append(f"Over all channels, after the sum {', and '.join(changes)}.")
    return told


def added_words(name: str, blocks: Sequence[str], ratios: Sequence[float]) -> str:
    """How the ratio goes over the depth of one network."""
    finite = [(ratio, block) for ratio, block in zip(ratios, blocks, strict=True) if isfinite(ratio)]
    if not finite:
        return f"{plain(name)}: its shortcuts carry nothing."
    least, most = min(finite), max(finite)
    below = sum(ratio < 1 for ratio, _ in finite)
    middle = float(np.median([ratio for ratio, _ in finite]))
    return (
        f"{plain(name)}: in {below} of {len(finite)} blocks what is added is smaller than what the shortcut carries; the ratio is "
        f"{middle:.2g} in the median, the least {least[0]:.2g} in {plain(least[1])}, the largest {most[0]:.2g} in {plain(most[1])}."
    )


def _compared(one: "Balance") -> str:
    if not one.shortcut:
        return "the shortcut carries nothing, all comes from the branch"
    if not one.branch:
        return "the branch adds nothing"
    cosine = minus(f"{one.cosine:.2f}")
    return f"what is added has {percent(one.ratio, 0)} of the L2 norm of what the shortcut carries; the cosine between them is {cosine}"


def _number(value: float) -> str:
    return minus(f"{value:.3g}")
