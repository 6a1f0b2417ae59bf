"""The figures of a lesion study draw the numbers they are given, with names, units and the colours of the families."""

import json
from math import comb, inf, nan

import pytest

from explorer.figures.colours import colour
from explorer.figures.lesions import (
    EachRemoved,
    MoreRemoved,
    Reordered,
    WholeNet,
    class_bars,
    each_removed_chart,
    more_removed_chart,
    path_chart,
    reordered_chart,
)  # fmt: skip
from explorer.signals.paths import PathLength

RESIDUAL = WholeNet("Residual-8", "residual", 8, 0.01, 200)
PLAIN = WholeNet("Plain-8", "plain", 8, 0.02, 200)
BLOCKS = ("layer1.0", "layer2.0", "layer3.0")


def trace(figure, name):
    (found,) = [one for one in figure["data"] if one["name"] == name]
    return found


def test_bars_before_and_after():
    figure = class_bars("Residual-8", "residual", ["a", "b"], [0.75, 0.25], [0.001, 0.999])
    assert trace(figure, "as trained")["x"] == [75, 25] and trace(figure, "with the lesion")["x"] == [0.1, 99.9]
    assert trace(figure, "with the lesion")["text"] == ["", "99.9%"] and trace(figure, "with the lesion")["marker"]["color"] == colour("residual")
    assert len(class_bars("Residual-8", "residual", ["a", "b"], [0.75, 0.25], None)["data"]) == 1


def test_of_many_classes_those_that_matter_to_either_in_the_order_of_the_data():
    names = [f"class {n}" for n in range(1000)]
    before, after = [0.0] * 1000, [0.0] * 1000
    before[500], after[3] = 1.0, 1.0
    drawn = class_bars("x", "plain", names, before, after)["data"][0]["y"]
    assert len(drawn) == 10 and drawn.index("class 3") < drawn.index("class 500")
    assert class_bars("x", "plain", ["crane", "crane"], [0.5, 0.5], None)["data"][0]["y"] == ["crane", "crane (2)"]


def test_each_block_in_turn():
    found = [EachRemoved(RESIDUAL, BLOCKS, [0.1, 0.2, 0.3], [False, True, True]), EachRemoved(PLAIN, BLOCKS, [0.9, 0.8, 0.7], [False, True, True])]
    figure = each_removed_chart(found)
    line = trace(figure, "Residual-8")
    assert line["y"] == [10, 20, 30] and line["text"] == list(BLOCKS) and line["line"]["color"] == colour("residual")
    assert line["marker"]["symbol"] == ["circle", "diamond-open", "diamond-open"]
    assert trace(figure, "Plain-8, intact")["y"] == [2, 2]
    assert figure["layout"]["xaxis"]["ticktext"] == list(BLOCKS) and figure["layout"]["yaxis"]["title"]["text"] == "validation error (%)"
    deeper = EachRemoved(PLAIN, (*BLOCKS, "layer3.1"), [0.9] * 4, [False] * 4)
    assert "ticktext" not in each_removed_chart([found[0], deeper])["layout"]["xaxis"]


def test_more_and_more_begin_with_the_intact_network():
    figure = more_removed_chart([MoreRemoved(RESIDUAL, [[0.1, 0.5], [0.3, 0.7]])])
    assert trace(figure, "Residual-8")["x"] == [0, 1, 2] and trace(figure, "Residual-8")["y"] == pytest.approx([1, 20, 60])
    assert trace(figure, "Residual-8, least")["y"] == pytest.approx([1, 10, 50])
    assert trace(figure, "Residual-8, greatest")["y"] == pytest.approx([1, 30, 70])
    assert trace(more_removed_chart([MoreRemoved(RESIDUAL, [[], []])]), "Residual-8")["y"] == [1]  # no block that keeps the shape


def test_orders_begin_with_the_trained_one():
    figure = reordered_chart([Reordered(RESIDUAL, [(0.5, 0.4), (0.9, 0.2)])])
    assert trace(figure, "Residual-8")["x"] == [1, 0.9, 0.5] and trace(figure, "Residual-8")["y"] == [1, 20, 40]
    assert trace(reordered_chart([Reordered(RESIDUAL, [])]), "Residual-8")["x"] == [1]


def test_paths_by_length():
    lengths = [PathLength(k, comb(3, k), norm, 64) for k, norm in enumerate((1.0, 0.1, 0.01, 0.0))]
    figure = path_chart("Residual-8", "residual", lengths)
    assert trace(figure, "share of the paths (%)")["y"] == [12.5, 37.5, 37.5, 12.5]
    assert trace(figure, "gradient norm along one path")["y"] == [1.0, 0.1, 0.01, 0.0]
    assert sum(trace(figure, "share of the gradient (%)")["y"]) == pytest.approx(100, abs=0.02)
    assert figure["layout"]["yaxis2"]["type"] == "log"


def test_gradients_along_paths_that_are_not_finite_stand_there_by_their_word():
    lengths = [PathLength(k, comb(4, k), norm, 64) for k, norm in enumerate((1.0, 0.1, inf, nan, 0.0))]
    figure = path_chart("Residual-10", "residual", lengths)
    assert trace(figure, "gradient norm along one path")["y"] == [1.0, 0.1, "Infinity", "NaN", 0.0]
    said = {note["text"]: note["x"] for note in figure["layout"]["annotations"] if note["yref"] == "y2 domain"}
    assert said == {"∞": 2, "NaN": 3, "0": 4}
    assert trace(figure, "share of the gradient (%)")["y"] == ["NaN"] * 5
    assert [note["text"] for note in figure["layout"]["annotations"] if note["yref"] == "y3 domain"] == ["NaN"]
    lost = path_chart("x", "residual", [PathLength(0, 1, inf, 1), PathLength(1, 1, inf, 1)])
    assert trace(lost, "gradient norm along one path")["y"] == ["Infinity"] * 2 and json.dumps(lost, allow_nan=False)


def test_every_figure_is_json():
    broken = [PathLength(0, 1, nan, 1), PathLength(1, 1, 1.0, 1)]
    for figure in (path_chart("x", "residual", broken), each_removed_chart([EachRemoved(PLAIN, BLOCKS, [1, 1, 1], [False] * 3)])):
        assert json.dumps(figure, allow_nan=False)
        assert figure["layout"]["title"]["text"]
