"""What is said of feature maps and sums, from numbers known by heart."""

from math import nan

import numpy as np
import pytest

from explorer.ui.classify.inside.words import added_words, channel_words, place_words, stack_words, sum_words
from explorer.vision.explain.addition import Addition, Balance
from explorer.vision.explain.features import activity
from explorer.vision.explain.places import Place, Signal

SIGNAL = Signal("layer1.0.relu2", "relu", 4, 2, False, 9, 1)
PLACE = Place("layer1.0", "layer1", (Signal("layer1.0.conv1", "conv", 4, 2, False, 5, 1), SIGNAL))
STACK = np.array([[[0, 0], [0, 0]], [[4, 0], [0, 0]], [[1, 1], [1, 1]], [[-2, 0], [0, 0]]], np.float32)


SEEN = {32: "at most 9 x 9 pixels.", 8: "at most 9 x 9 pixels, more than the 8 x 8 of the picture.", 4: "the whole picture."}


@pytest.mark.parametrize("size, seen", SEEN.items())
def test_which_maps_these_are(size, seen):
    assert place_words(PLACE, SIGNAL, size) == rf"layer1\.0\.relu2, the result of layer1\.0: 4 maps of 2 x 2. A value can depend on {seen}"
    assert "inside layer1" in place_words(PLACE, PLACE.signals[0], size)


def test_what_the_channels_do_together():
    active = activity(STACK)
    assert stack_words(active, [1, 2], SIGNAL) == (
        "Of 4 channels 1 is silent on this picture; the 2 shown hold 80% of all activity (sum of absolute values). On average a channel "
        "is above zero at 31% of its places.")  # fmt: skip
    two = Signal("a", "relu", 2, 2, False, 1, 1)
    assert stack_words(activity(STACK[1:3]), [0, 1], two).startswith("Of 2 channels none is silent on this picture. ")


def test_one_channel_in_numbers():
    active = activity(STACK)
    assert channel_words(STACK[3], active, 3, (0, 0), (0, 0, 3, 4), 32) == (
        "Channel 3, the 3rd of 4 by mean activity: mean −0.5, from −2 to 0, above zero at 0% of its places. It is strongest at row 0, "
        "column 0 (counted from 0); that value can depend on columns 0 to 2 and rows 0 to 3 of the picture at most.")  # fmt: skip
    assert channel_words(STACK[1], active, 1, (0, 0), (0, 0, 32, 32), 32).endswith("that value can depend on the whole picture.")
    assert channel_words(STACK[0], active, 0, (0, 0), (0, 0, 3, 4), 32) == "Channel 0 is silent: zero at all 4 places."


def test_how_what_is_added_compares():
    addition = Addition("layer1.0", "identity", SIGNAL, SIGNAL, SIGNAL, None)
    whole, one = Balance(2, 1, -0.25, 0.1, 0.5), Balance(0, 1, 0, nan, 1)
    assert sum_words(addition, whole, one, 7) == [
        "The shortcut is the identity: it carries x as it is.",
        r"In layer1\.0, over all channels: what is added has 50% of the L2 norm of what the shortcut carries; the cosine between them "
        "is −0.25.",
        "In channel 7: the shortcut carries nothing, all comes from the branch.",
        "Over all channels, after the sum 10% of the values that the shortcut brought above zero are not above it any more, and 50% of the "
        "others now are.",
    ]
    told = sum_words(addition, one, Balance(1, 0, 0, 0, 0), 7)
    assert told[2] == "In channel 7: the branch adds nothing." and told[3] == "Over all channels, after the sum 100% of the others now are."


def test_how_it_goes_over_depth():
    assert added_words("Net", ["a", "b", "c"], [0.5, 2.0, float("inf")]) == (
        "Net: in 1 of 2 blocks what is added is smaller than what the shortcut carries; the ratio is 1.2 in the median, the least 0.5 "
        "in a, the largest 2 in b.")  # fmt: skip
    assert added_words("Net", ["a"], [float("inf")]) == "Net: its shortcuts carry nothing."
