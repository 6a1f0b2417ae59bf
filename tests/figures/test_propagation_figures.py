"""Signal propagation plots and figure 7: what is drawn, to the point."""

import json
import math

import pytest

from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.propagation import BOLD, THIN, SignalSeries, branch_plot, propagation_plot, response_plot, share, suits_log
from explorer.signals.propagation import BlockSignals
from explorer.signals.responses import Response

NAMES = ("layer1.0", "layer1.1", "layer2.0")


def residual(variances=(1.0, 2.0, 1.5), **changes):
    blocks = tuple(BlockSignals(name, value / 4, value, 1.0, value - 0.5) for name, value in zip(NAMES, variances))
    responses = tuple(map(Response, ("conv1", "layer1.0.conv1", "layer1.0.conv2"), (0.5, 0.75, 0.25)))
    return SignalSeries(**{"label": "Residual-20", "family": "residual", "depth": 20, "blocks": blocks, "responses": responses} | changes)


def plain():
    return residual(label="Plain-20", family="plain", blocks=tuple(BlockSignals(name, 0.16, 0.34) for name in NAMES))


def of_panel(figure, number):
    return [trace for trace in figure["data"] if trace["xaxis"] == f"x{number}"]


def test_two_numbers_of_each_blocks_output_stand_side_by_side():
    figure = propagation_plot([plain(), residual()], "noise")
    left, right = of_panel(figure, ""), of_panel(figure, 2)
    assert [trace["y"] for trace in left] == [[0.16] * 3, [0.25, 0.5, 0.375]]
    assert [trace["y"] for trace in right] == [[0.34] * 3, [1.0, 2.0, 1.5]]
    assert right[1]["x"] == [1, 2, 3] and right[1]["text"] == list(NAMES)
    assert [trace["line"]["color"] for trace in left] == [FAMILY_COLOURS["plain"], FAMILY_COLOURS["residual"]]
    assert left[0]["marker"]["symbol"] == ["circle", "diamond", "diamond"]  # a stage's last block, and the last of all
    layout = figure["layout"]
    assert [layout[axis]["title"]["text"] for axis in ("yaxis", "yaxis2")] == ["average channel squared mean", "average channel variance"]
    assert layout["title"]["subtitle"]["text"] == "noise; diamonds: a stage's last block"
    assert [trace["showlegend"] for trace in figure["data"]] == [True, False, True, False]
    assert len({trace["uid"] for trace in figure["data"]}) == 4


def test_a_branch_beside_its_shortcut_and_its_share_of_both():
    figure = branch_plot([plain(), residual()])
    assert [trace["name"] for trace in figure["data"]] == ["Residual-20, branch", "Residual-20, shortcut", "Residual-20, branch's share"]
    branch, shortcut, part = figure["data"]
    assert branch["y"] == [1.0] * 3 and shortcut["y"] == [0.5, 1.5, 1.0]
    assert part["y"] == [0.6667, 0.4, 0.5] and part["xaxis"] == "x2"
    assert shortcut["marker"]["symbol"][0] == "circle-open" and (branch["line"]["dash"], shortcut["line"]["dash"]) == ("solid", "dot")
    assert [trace["showlegend"] for trace in figure["data"]] == [True, True, False]


def test_a_share_stays_on_an_even_scale_where_variances_span_decades():
    layout = branch_plot([residual(variances=(1.0, 1e3, 1e7))])["layout"]
    assert layout["yaxis"]["type"] == "log"
    assert layout["yaxis2"]["type"] == "linear" and layout["yaxis2"]["range"] == [0, 1]


@pytest.mark.parametrize("branch, shortcut, expected", [(1, 3, 0.25), (0, 2, 0), (0, 0, math.nan), (math.inf, 1, math.nan)])
def test_the_share_of_a_branch(branch, shortcut, expected):
    assert share(BlockSignals("layer1.0", 0, 1, branch, shortcut)) == pytest.approx(expected, nan_ok=True)


def test_responses_in_order_and_sorted_each_by_its_layers_name():
    by_depth, ranked = response_plot([residual()])["data"]
    assert by_depth["y"] == [0.5, 0.75, 0.25] and by_depth["text"] == ["conv1", "layer1.0.conv1", "layer1.0.conv2"]
    assert ranked["y"] == [0.75, 0.5, 0.25] and ranked["text"] == ["layer1.0.conv1", "conv1", "layer1.0.conv2"]
    assert (by_depth["name"], ranked["name"]) == ("Residual-20", "Residual-20, sorted")
    assert by_depth["legendgroup"] == ranked["legendgroup"]


def test_both_states_of_a_network_have_one_colour_and_the_trained_one_is_bold():
    figure = propagation_plot([residual(state="at initialisation", bold=False), residual(state="trained")])
    start, _, trained, _ = figure["data"]
    assert (start["name"], trained["name"]) == ("Residual-20, at initialisation", "Residual-20, trained")
    assert (start["line"]["width"], trained["line"]["width"]) == (THIN, BOLD)
    assert start["line"]["color"] == trained["line"]["color"]


def test_the_scale_is_logarithmic_where_that_suits_or_where_it_was_asked_for():
    assert propagation_plot([residual()])["layout"]["yaxis"]["type"] == "linear"
    assert propagation_plot([residual()], log="y")["layout"]["yaxis2"]["type"] == "log"
    spread = residual(variances=(1e-3, 1.0, 1e4))
    assert propagation_plot([spread])["layout"]["yaxis"]["type"] == "log"
    assert propagation_plot([spread], log="")["layout"]["yaxis"]["type"] == "linear"
    assert suits_log([1, 1001, math.nan]) and not suits_log([0, 1, 999]) and not suits_log([math.inf])


def test_what_is_no_number_is_marked_and_comes_first_when_sorted():
    broken = residual(variances=(1.0, math.inf, math.nan), responses=(Response("a", 1.0), Response("b", math.nan), Response("c", math.inf)))
    figure = propagation_plot([broken])
    assert of_panel(figure, 2)[0]["y"] == [1.0, "Infinity", "NaN"]
    assert {note["text"] for note in figure["layout"]["annotations"]} == {"∞", "NaN"}
    assert response_plot([broken])["data"][1]["y"] == ["NaN", "Infinity", 1.0]
    json.dumps(figure, allow_nan=False)
