"""What is said of the answer over depth, from numbers known by heart."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from explorer.ui.classify.depth.measured import Read
from explorer.ui.classify.depth.words import idea, seen
from explorer.vision.explain.readout import Readout

READOUT = Readout(("stem", "layer1.0", "layer2.0"), np.array([[0.5, 0.3, 0.2], [0.35, 0.4, 0.25], [0.05, 0.9, 0.05]]))


def read(family, own=READOUT):
    net = SimpleNamespace(label="Net", model=SimpleNamespace(spec=SimpleNamespace(family=family)))
    return Read(net, ("cat", "dog", "ship"), own, READOUT)


WHEN = r"**Net** says *dog* from layer1.0 on (block 1 of 2), where *cat* stood before; "


def test_the_way_to_the_answer_is_told_of_what_is_drawn():
    end = "its uncertainty goes from 1.49 to 0.57 bits (1.58 would be knowing nothing)."
    assert seen(read("residual")) == f"{WHEN}its probability rises most with layer2.0 (+50.0 points); {end}"
    assert seen(read("residual"), "margin") == (
        f"{WHEN}the lead of the class that is likeliest goes from 20.0 to 85.0 points and is smallest after layer1.0 (5.0); {end}"
    )


def test_a_plain_networks_own_head_does_not_tell_what_blocks_add():
    caveat = "which without shortcuts tells where its last layers can read the signal, not what that block adds; "
    assert f"rises most with layer2.0 (+50.0 points), {caveat}" in seen(read("plain"))
    assert caveat not in seen(read("plain", own=replace(READOUT)))  # a linear read-out is shown


def test_what_a_block_that_is_off_leaves_is_said_and_that_a_plain_one_leaves_nothing():
    assert "where a residual block is off, its shortcut still carries the signal past it" in idea("own", ["residual"])
    assert "plain network" not in idea("own", ["residual"]) and "without a shortcut nothing is left" in idea("own", ["residual", "plain"])
