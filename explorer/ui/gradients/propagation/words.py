"""What stands beside the signal propagation plots: sentences made from the numbers that are drawn."""

import math
from collections.abc import Mapping, Sequence
from statistics import mean

from explorer.figures.propagation import TRAINED, SignalSeries, share
from explorer.signals.propagation import BlockSignals
from explorer.ui.format import plain
from explorer.ui.gradients.reading import Reading

# What a response is before training.
_WITH_BN = (
    "At initialisation BN makes every response 1, so the figure shows what training does. (In pre-activation blocks no BN follows the "
    "last convolution.)"
)
_WITHOUT_BN = "Without BN a response is the convolution's own result, which nothing holds at 1."

LEVEL = 1.5  # values at both ends that differ by less than this factor are level
BROCK = "[Brock, De and Smith 2021](https://arxiv.org/abs/2101.08692)"
DE_SMITH = "[De and Smith 2020](https://arxiv.org/abs/2002.10444)"


def propagation_reading(series: Sequence[SignalSeries]) -> Reading:
    return Reading(
        "A block should hand on a signal about as large as the one it got. Two numbers a block tell: the channels' variance, and the "
        "square of the channels' means, which ReLUs make positive.",
        r"\overline{\mu^2}=\frac1C\sum_c\Big(\frac1{NHW}\sum_{n,h,w}x_{nchw}\Big)^2\qquad"
        r"\overline{\sigma^2}=\frac1C\sum_c\operatorname{Var}_{n,h,w}(x_{nchw})",
        f"{BROCK}, section 3: in a 600-layer pre-activation net with BN, at initialisation and on Gaussian noise, the variance grows "
        "linearly with depth within a stage and falls back where the next one begins; the squared means grow too.",
        [_of_blocks(one) for one in series],
        "The paper's blocks are pre-activation: each stage's first shortcut starts from a normalised signal. The 2015 blocks normalise no "
        "shortcut and end in a ReLU, so a new stage does not start afresh (shortcut A lowers the average: half of the channels are "
        "zeros). A plain net with BN cannot grow: every block ends in BN and ReLU, of variance ½(1 − 1/π) = 0.34 on Gaussian signals. "
        "Without BN nothing bounds either.",
    )


def branch_reading(series: Sequence[SignalSeries]) -> Reading:
    adding = [one for one in series if any(block.branch is not None for block in one.blocks)]
    return Reading(
        "A residual block adds its branch to what the shortcut carries. The smaller the branch's share of the variance, the closer the "
        "block is to the identity, and the less it can do harm.",
        r"x_{l+1}=x_l+f_l(x_l)\qquad"
        r"\operatorname{Var}(f_l)\approx1\;\Rightarrow\;\operatorname{Var}(x_l)\approx l,\quad\text{share}\approx\frac1{l+1}",
        f"{DE_SMITH}: BN makes every branch alike in size while the shortcut's variance grows with depth: it scales the branch down "
        f"by about the square root of the depth. {BROCK}: in pre-activation nets the branch's variance is about 0.68, not 1, "
        "for a ReLU's output keeps 1/π of its mean square in its mean.",
        [_of_branch(one) for one in adding],
        "In the 2015 blocks with BN the branch ends in it: at initialisation its variance is 1 by construction; without BN nothing holds "
        "it there. In a highway layer the gate's bias decides the share, after training BN's scales. Shares count both signals as "
        "independent, which trained ones need not be.",
    )


def response_reading(series: Sequence[SignalSeries]) -> Reading:
    with_bn = any(one.has_bn for one in series)
    starts = [_WITH_BN] * with_bn + [_WITHOUT_BN] * any(not one.has_bn for one in series)
    return Reading(
        "If the best function of a block is close to the identity, a residual branch has little to do, and its layers respond weakly. "
        "A plain layer must make all of its output itself.",
        r"\sigma_l=\operatorname{std}_{n,c,h,w}" + (r"\big(\mathrm{BN}(W_l*x_{l-1})\big)" if with_bn else "(W_l*x_{l-1})"),
        "Figure 7 of the [paper](https://arxiv.org/abs/1512.03385), trained on CIFAR-10: ResNets have generally smaller responses than "
        "plain nets, and the deeper the ResNet, the smaller: its branches are closer to zero.",
        [*(_of_responses(one) for one in series), *_compared(series)],
        f"{' '.join(starts)} The paper does not say over what the deviation is taken: here over pictures, channels "
        "and places, once trained with the statistics learnt. Its nets trained for 64,000 steps; a few epochs on digits do less.",
    )


def _of_blocks(one: SignalSeries) -> str:
    said = f"**{plain(one.name)}**: "
    if broken := _not_finite(one.blocks):
        return f"{said}from {broken} on the numbers are too large for 32-bit floats."
    first, last = one.blocks[0], one.blocks[-1]
    falls = _falls(one.blocks) if last.variance > first.variance else []
    back = f", falling back at the start of {' and '.join(falls)}" if falls else ""
    second = last.squared_mean + last.variance
    means = f"; squared means make up {last.squared_mean / second:.0%} of the last block's mean square" if second else ""
    return f"{said}the variance {_course(first.variance, last.variance)} from the first block to the last{_least(one.blocks)}{back}{means}."


def _course(first: float, last: float) -> str:
    ends = f"({number(first)} → {number(last)})"
    if not first or not last:
        return f"is exactly zero at one end {ends}"
    factor = last / first
    if 1 / LEVEL < factor < LEVEL:
        return f"stays level {ends}"
    return f"grows {_fold(factor)} {ends}" if factor > 1 else f"shrinks {_fold(1 / factor)} {ends}"


def _least(blocks: Sequence[BlockSignals]) -> str:
    """The block of least variance, where it is clearly less than at both ends."""
    least = min(blocks, key=lambda block: block.variance)
    ends = min(blocks[0].variance, blocks[-1].variance)
    return f", by way of {number(least.variance)} in {least.block}" if least.variance * LEVEL < ends else ""


def _falls(blocks: Sequence[BlockSignals]) -> list[str]:
    """The stages whose first block has clearly less variance than the block before, and both variances."""
    pairs = [(one, other) for one, other in zip(blocks, blocks[1:]) if _stage(one) != _stage(other)]
    fallen = [(one.variance, other.variance, _stage(other)) for one, other in pairs if other.variance * LEVEL < one.variance]
    return [f"{stage} ({number(before)} → {number(after)})" for before, after, stage in fallen]


def _of_branch(one: SignalSeries) -> str:
    said = f"**{plain(one.name)}**: "
    blocks = [block for block in one.blocks if block.branch is not None]
    if broken := _not_finite(blocks):
        return f"{said}from {broken} on the numbers are too large for 32-bit floats."
    branches, shares = [block.branch for block in blocks], [share(block) for block in blocks]
    if any(map(math.isnan, shares)):
        return f"{said}branch and shortcut are both zero in some blocks."
    least = min(range(len(shares)), key=shares.__getitem__)
    return (f"{said}the branch's variance is {_range(branches)}; its share goes from {shares[0]:.0%} in the first block "
            f"to {shares[-1]:.0%} in the last, and is least, {shares[least]:.0%}, in {blocks[least].block}.")  # fmt: skip


def _of_responses(one: SignalSeries) -> str:
    stds = [response.std for response in one.responses]
    said = f"**{plain(one.name)}**: "
    broken = next((response.layer for response in one.responses if not math.isfinite(response.std)), None)
    if broken:
        return f"{said}from {broken} on the responses are too large for 32-bit floats."
    if max(stds) - min(stds) < 0.02:
        return f"{said}every layer's response has a deviation of {mean(stds):.2f}."
    strongest = max(one.responses, key=lambda response: response.std)
    return f"{said}{number(mean(stds))} in the mean, {_range(stds)}; the strongest is {strongest.layer}."


def _compared(series: Sequence[SignalSeries]) -> list[str]:
    """Trained nets as the paper compares them: plain against residual of one depth, residual of one depth against another."""
    found = []
    for data in dict.fromkeys(one.data for one in series):
        trained = [(one, mean(response.std for response in one.responses)) for one in series if one.state == TRAINED and one.data == data]
        found += _compared_on_the_same({(one.family, one.depth): (one, size) for one, size in trained})
    return found


def _compared_on_the_same(means: Mapping[tuple[str, int], tuple[SignalSeries, float]]) -> list[str]:
    found = []
    for (family, depth), (one, size) in means.items():
        other, beside = means.get(("plain", depth), (None, math.nan)) if family == "residual" else (None, math.nan)
        if other and math.isfinite(size) and math.isfinite(beside) and not _alike(size, beside):
            agrees = "as in the paper" if size < beside else "other than in the paper"
            found.append(f"{plain(one.label)}'s responses are {_times(size, beside)} {plain(other.label)}'s, {agrees}.")
    residual = sorted((depth, one, size) for (family, depth), (one, size) in means.items() if family == "residual" and math.isfinite(size))
    for (_, shallow, before), (_, deep, after) in zip(residual, residual[1:]):
        if not _alike(after, before):
            agrees = "as in the paper" if after < before else "other than in the paper"
            found.append(f"The deeper {plain(deep.label)}'s are {_times(after, before)} {plain(shallow.label)}'s, {agrees}.")
    return found


def number(value: float) -> str:
    """Two significant digits, three from 1 to 1,000: 0.34, 1.00, 4.8e5."""
    if 0.995 <= abs(value) < 999.5:
        return f"{value:#.3g}".rstrip(".")
    digits, _, power = f"{value:.2g}".partition("e")
    return f"{digits}e{int(power)}" if power else digits


def _range(values: Sequence[float]) -> str:
    low, high = number(min(values)), number(max(values))
    return f"{low} in every one" if low == high else f"between {low} and {high}"


def _alike(one: float, other: float) -> bool:
    return abs(one - other) < 0.02 * max(one, other)


def _times(size: float, other: float) -> str:
    return f"{size / other:.2f} times as large, in the mean, as" if other else "larger than"


def _fold(factor: float) -> str:
    return f"{factor:.1f}-fold" if factor < 10 else f"{number(factor)}-fold"


def _not_finite(blocks: Sequence[BlockSignals]) -> str | None:
    """The first block with a number that is none."""
    for block in blocks:
        numbers = (block.squared_mean, block.variance, block.branch, block.shortcut)
        if not all(math.isfinite(value) for value in numbers if value is not None):
            return block.block
    return None


def _stage(block: BlockSignals) -> str:
    return block.block.partition(".")[0]
