"""The words beside lesions are made from the numbers that are drawn."""

from math import comb, inf, nan
from types import SimpleNamespace

from explorer.figures.lesions import EachRemoved, MoreRemoved, Reordered, WholeNet
from explorer.lab.lesions import Judged
from explorer.signals.lesions import Lesion
from explorer.signals.paths import PathLength
from explorer.ui.gradients.lesions.words import each_reading, lesion_reading, more_reading, order_reading, path_reading

RESIDUAL, PLAIN = WholeNet("Residual-20", "residual", 20, 0.01, 200), WholeNet("Plain-20", "plain", 20, 0.02, 200)
BLOCKS = ("layer1.0", "layer2.0", "layer2.1")


def told(reading):
    return " ".join(reading.here)


def read(reading):
    """As it is seen: without the signs that keep it from being Markdown."""
    return told(reading).replace("\\-", "-")


def test_each_block_in_turn():
    changes = [False, True, False]
    found = [EachRemoved(RESIDUAL, BLOCKS, [0.05, 0.6, 0.15], changes), EachRemoved(PLAIN, BLOCKS, [0.9, 0.8, 0.2], changes)]
    words = read(each_reading(found))
    assert "Residual-20, 1.0% when whole: without one of the 2 blocks that keep the shape 5.0% (layer1.0) to 15.0% (layer2.1)" in words
    assert "median 10.0%; 60.0% without layer2.0." in words
    # A plain net that survives is not called destroyed.
    assert "at most 20 points: Residual-20 2 of 3, Plain-20 1 of 3." in words


def test_one_block_is_no_range_and_none_stands_out_among_equals():
    words = read(each_reading([EachRemoved(RESIDUAL, BLOCKS[:1], [0.5], [False])]))
    assert words.endswith("1.0% when whole: 50.0% without layer1.0, the one block that keeps the shape.")
    words = read(each_reading([EachRemoved(RESIDUAL, BLOCKS, [0.05, 0.05, 0.15], [False] * 3)]))
    assert "5.0% (2 of them) to 15.0% (layer2.1), median 5.0%" in words


def test_a_label_is_no_markdown():
    whole = WholeNet("Residual-20 (:red[x] **y**)", "residual", 20, 0.01, 200)
    subject = SimpleNamespace(label=whole.label, blocks=BLOCKS, fitting=lambda lesion: lesion)
    judged = Judged(0.01, 0.1, 0, 200)
    lengths = [PathLength(k, comb(2, k), 1.0, 64) for k in range(3)]
    for reading in (
        each_reading([EachRemoved(whole, BLOCKS, [0.1, 0.2, 0.3], [False] * 3)] * 2), more_reading([MoreRemoved(whole, [[0.1]])]),
        order_reading([Reordered(whole, [(0.5, 0.2)])]), path_reading(whole.label, lengths),
        lesion_reading([(subject, judged, judged, None, None, None)], Lesion(("layer1.0",))),
    ):  # fmt: skip
        assert r"\:red\[x\] \*\*y\*\*" in told(reading) and ":red[x]" not in told(reading).replace("\\:red", "")


def test_more_blocks_and_other_orders():
    words = read(more_reading([MoreRemoved(RESIDUAL, [[0.1, 0.5, 0.6, 0.7], [0.3, 0.5, 0.6, 0.9]]), MoreRemoved(PLAIN, [[], []])]))
    assert "Residual-20: 1.0% whole, 20.0% without 1, 50.0% without 2, 80.0% without 4 (mean of 2 draws)." in words
    assert "Plain-20 has no block that keeps the shape." in words
    words = read(order_reading([Reordered(RESIDUAL, [(0.9, 0.2), (-0.33, 0.4)]), Reordered(PLAIN, [])]))
    assert "Residual-20: 1.0% in its own order, 20.0% to 40.0% in 2 others (τ down to −0.33)." in words
    assert "Plain-20 has no two blocks of equal shape." in words


def test_paths_say_whether_long_ones_are_weaker_or_stronger():
    falling = [PathLength(k, comb(4, k), 10.0**-k, 64) for k in range(5)]
    words = read(path_reading("Residual-14", falling))
    assert "$2^{4}$ = 16 paths; most have 2 branches" in words and "1,000 times weaker" in words
    assert "mean path length is 0.4 of 4, where that of the paths is 2; the largest part of it, 68.3%, comes from length 0" in words
    assert r"about $10^{8}$ times weaker" in read(path_reading("x", [PathLength(k, comb(9, k), 10.0**-k, 64) for k in range(10)]))
    rising = path_reading("x", [PathLength(k, comb(4, k), 2.0**k, 64) for k in range(5)])
    assert "8.0 times stronger" in read(rising) and "no such fall shows" in rising.differs
    assert "no such fall shows" not in path_reading("x", falling).differs
    # Where there is no number nothing is said of how the numbers fall.
    unknown = path_reading("x", [PathLength(k, comb(4, k), (1.0, nan, inf, 1.0, 1.0)[k], 64) for k in range(5)])
    assert "cannot be formed" in read(unknown) and "no such fall shows" not in unknown.differs


def test_the_answer_to_the_picture():
    subject = SimpleNamespace(label="Residual-20", blocks=BLOCKS, fitting=lambda lesion: lesion)
    intact, now = Judged(0.01, 0.1, 0, 200), Judged(0.25, 1.0, 0, 200)
    lesion = Lesion(("layer1.0",), (("layer2.0", "layer2.1"),))
    words = read(lesion_reading([(subject, intact, now, ["cat", "dog"], [0.9, 0.1], [0.2, 0.8])], lesion))
    assert "The network without layer1.0 and with layer2.0 and layer2.1 exchanged." in words
    assert "error 1.0% → 25.0%; the picture, cat before, is now dog (80.0%)." in words
    words = read(lesion_reading([(subject, intact, now, ["cat", "dog"], [0.9, 0.1], [0.6, 0.4])], lesion))
    assert "the picture is still cat (60.0%)." in words
    words = read(lesion_reading([(subject, intact, intact, None, None, None)], Lesion()))
    assert words == "Residual-20, whole: 1.0% of 200 pictures wrong."
    partly = SimpleNamespace(label="Plain-20", blocks=BLOCKS, fitting=lambda lesion: Lesion(lesion.removed))
    words = read(lesion_reading([(partly, intact, now, None, None, None)], lesion))
    assert "Plain-20 (it has no layer2.0 and layer2.1 of one shape): error 1.0% → 25.0%." in words
    absent = SimpleNamespace(label="Plain-20", blocks=BLOCKS, fitting=lambda lesion: Lesion())
    assert "Plain-20 has none of these blocks: it is whole." in read(lesion_reading([(absent, intact, intact, None, None, None)], lesion))
