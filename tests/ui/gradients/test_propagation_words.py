"""The sentences beside the signal propagation plots say what the numbers say."""

import math
from dataclasses import replace

import pytest

from explorer.figures.propagation import SignalSeries
from explorer.signals.propagation import BlockSignals
from explorer.signals.responses import Response
from explorer.ui.gradients.propagation.words import branch_reading, number, propagation_reading, response_reading

NAMES = ("layer1.0", "layer1.1", "layer2.0", "layer2.1")


def net(variances=(1.0, 3.0, 1.0, 4.0), stds=(1.0, 0.5), label="Residual-20", family="residual", depth=20, branches=(1.0,) * 4, **changes):
    blocks = tuple(BlockSignals(name, value, value, branch, branch and 3.0) for name, value, branch in zip(NAMES, variances, branches))
    responses = tuple(Response(f"conv{place}", std) for place, std in enumerate(stds, 1))
    return SignalSeries(label, family, depth, blocks, responses, **changes)


def plain(**changes):
    return net(**{"label": "Plain-20", "family": "plain", "branches": (None,) * 4} | changes)


@pytest.mark.parametrize("variances, sentence", [
    ((1.0, 3.0, 1.0, 4.0),
     "the variance grows 4.0-fold (1.00 → 4.00) from the first block to the last, falling back at the start of layer2 (3.00 → 1.00); "
     "squared means make up 50% of the last block's mean square."),
    ((0.5, 0.5, 0.5, 0.4), "the variance stays level (0.5 → 0.4) from the first block to the last; squared means make up 50% "),
    ((1.0, 1e-2, 1e-3, 1e-6), "the variance shrinks 1e6-fold (1.00 → 1e-6) from the first block to the last; "),
    ((1.0, 1e-2, 2.0, 1.0), "the variance stays level (1.00 → 1.00) from the first block to the last, by way of 0.01 in layer1.1; "),
    ((1.0, 0.0, 0.0, 0.0), "the variance is exactly zero at one end (1.00 → 0) from the first block to the last"),
    ((1.0, math.inf, math.nan, math.nan), "from layer1.1 on the numbers are too large for 32-bit floats."),
])  # fmt: skip
def test_the_course_of_the_variance(variances, sentence):
    (said,) = propagation_reading([net(variances)]).here
    assert said.startswith(f"**Residual\\-20**: {sentence}")


def test_the_share_of_a_branch_is_told_for_nets_that_have_one():
    (said,) = branch_reading([plain(), net(branches=(3.0, 1.0, 1.0, 2.0), state="trained")]).here
    assert said == ("**Residual\\-20, trained**: the branch's variance is between 1.00 and 3.00; its share goes from 50% in the first "
                    "block to 40% in the last, and is least, 25%, in layer1.1.")  # fmt: skip


def test_the_slighter_falls_of_a_deep_residual_net_are_told():
    (said,) = propagation_reading([net((0.6, 3.4, 2.1, 5.0))]).here
    assert "grows 8.3-fold (0.6 → 5.00)" in said and "falling back at the start of layer2 (3.40 → 2.10)" in said


def test_a_name_is_no_markdown():
    hostile = net(label="Residual-8 on __my **data**__", state="trained")
    for reading in (propagation_reading, branch_reading, response_reading):
        assert reading([hostile]).here[0].startswith(r"**Residual\-8 on \_\_my \*\*data\*\*\_\_, trained**: ")
    deeper = replace(hostile, depth=20, responses=(Response("conv1", 0.1),))
    assert r"\*\*data\*\*" in response_reading([replace(hostile, depth=8), deeper]).here[-1]


def test_what_bn_makes_of_responses_is_said_of_nets_that_have_it():
    bare = net(has_bn=False)
    assert "BN makes every response 1" in response_reading([net()]).differs and "BN" in response_reading([net(), bare]).formula
    assert "Without BN" not in response_reading([net()]).differs and "Without BN" in response_reading([net(), bare]).differs
    assert "BN makes" not in response_reading([bare]).differs and "BN" not in response_reading([bare]).formula


def test_one_branch_like_another():
    (said,) = branch_reading([net(branches=(0.9999, 1.0, 1.0, 1.0))]).here
    assert "the branch's variance is 1.00 in every one; " in said


def trained(make=net, **changes):
    return make(state="trained", **changes)


def test_a_plain_and_a_residual_net_of_one_depth_are_compared_with_the_paper():
    here = response_reading([trained(plain, stds=(1.0, 1.0)), trained(stds=(0.5, 0.7))]).here
    assert here[0] == "**Plain\\-20, trained**: every layer's response has a deviation of 1.00."
    assert here[1] == "**Residual\\-20, trained**: 0.6 in the mean, between 0.5 and 0.7; the strongest is conv2."
    assert here[2:] == ["Residual\\-20's responses are 0.60 times as large, in the mean, as Plain\\-20's, as in the paper."]
    other = response_reading([trained(plain, stds=(0.3, 0.5)), trained()]).here[-1]
    assert other.endswith("1.88 times as large, in the mean, as Plain\\-20's, other than in the paper.")


def test_a_deeper_residual_net_is_compared_with_a_shallower_one():
    deep = trained(label="Residual-56", depth=56, stds=(0.3, 0.3))
    here = response_reading([deep, trained()]).here
    assert here[2:] == ["The deeper Residual\\-56's are 0.40 times as large, in the mean, as Residual\\-20's, as in the paper."]


def test_neither_fresh_nets_nor_those_of_other_data_are_compared():
    assert len(response_reading([plain(stds=(1.0, 1.0)), net(stds=(0.5, 0.7))]).here) == 2
    assert len(response_reading([trained(plain, stds=(1.0, 1.0), data="MNIST-5k"), trained(stds=(0.5, 0.7), data="CIFAR-10")]).here) == 2


def test_what_is_alike_is_not_compared():
    assert len(response_reading([trained(plain, stds=(1.0, 1.0)), trained(stds=(1.0, 1.0))]).here) == 2


@pytest.mark.parametrize("value, text", [(0.9999, "1.00"), (0.34, "0.34"), (123.4, "123"), (4.8e5, "4.8e5"), (3.2e-7, "3.2e-7"), (0, "0")])
def test_numbers_have_two_or_three_digits(value, text):
    assert number(value) == text


@pytest.mark.parametrize("reading", [propagation_reading, branch_reading, response_reading])
def test_a_reading_is_short_enough_to_be_read(reading):
    text = reading([net()])
    assert len(" ".join((text.idea, text.paper, text.differs)).split()) <= 150
