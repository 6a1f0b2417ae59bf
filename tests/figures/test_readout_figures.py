"""The answer over depth as figures: the numbers that they are given, the blocks' names, the families' colours."""

import json
from math import inf, nan

import numpy as np
import pytest

from explorer.figures.colours import colour
from explorer.figures.readout import QUANTITIES, DepthLine, answers_chart, changes, depth_chart, shown_classes

PLACES = ("stem", "layer1.0", "layer2.0", "layer2.1")


def line(label="Residual-8", family="residual", places=PLACES, values=(10, 20, 30, 90.0), removed=False):
    return DepthLine(label, family, 8, places, values, [": says cat"] * len(places), removed)


def test_networks_of_the_same_blocks_are_drawn_block_by_block():
    figure = depth_chart([line(), line("Plain-8", "plain", values=(1, 2, 3, 4.0))], QUANTITIES["probability"], "of cat")
    first, second = figure["data"]
    assert first["x"] == [0, 1, 2, 3] and first["y"] == [10, 20, 30, 90] and second["y"] == [1, 2, 3, 4]
    assert first["line"]["color"] == colour("residual") and second["line"]["color"] == colour("plain")
    assert first["text"][2] == "after layer2.0: says cat" and first["hovertemplate"] == "%{y:.4g}% %{text}<extra>Residual-8</extra>"
    layout = figure["layout"]
    assert layout["xaxis"]["ticktext"] == list(PLACES) and layout["yaxis"]["title"]["text"] == "probability (%)"
    assert [shape["x0"] for shape in layout["shapes"]] == [0.5, 1.5]  # where stages begin
    assert [note["text"] for note in layout["annotations"]] == [" layer1", " layer2"]
    json.dumps(figure, allow_nan=False)


def test_networks_of_other_depths_share_an_axis_by_the_share_of_their_blocks():
    figure = depth_chart([line(), line("Residual-14", places=("stem", "a.0", "a.1"), values=(1, 2, 3))], QUANTITIES["margin"], "")
    assert [one["x"] for one in figure["data"]] == [[0, 33.333, 66.667, 100], [0, 50, 100]]
    assert "ticktext" not in figure["layout"]["xaxis"] and not figure["layout"]["shapes"]
    assert figure["layout"]["xaxis"]["title"]["text"] == "share of the blocks passed (%)"


def test_what_each_block_adds_sums_up_to_the_last_value():
    added = changes([10, 25, 20, 90])
    assert added == [10, 15, -5, 70] and sum(added) == 90
    figure = depth_chart([line(values=added)], QUANTITIES["added"], "")
    assert figure["data"][0]["type"] == "bar" and figure["data"][0]["y"] == added and figure["layout"]["barmode"] == "group"
    assert figure["data"][0]["textposition"] == "none" and "+.4g" in figure["data"][0]["hovertemplate"]


def test_a_network_with_a_lesion_has_the_same_colour_and_another_line():
    figure = depth_chart([line(), line(removed=True)], QUANTITIES["probability"], "")
    assert [one["name"] for one in figure["data"]] == ["Residual-8", "Residual-8, with the lesion"]
    assert figure["data"][1]["line"]["dash"] == "dot" and figure["data"][1]["marker"]["symbol"] == "circle-open"
    assert figure["data"][1]["line"]["color"] == figure["data"][0]["line"]["color"]


def test_four_networks_with_a_lesion_are_eight_curves_that_differ():
    four = [("Plain-20", "plain"), ("Plain-56", "plain"), ("Residual-20", "residual"), ("Residual-56", "residual")]
    lines = [line(label, family, removed=removed) for label, family in four for removed in (False, True)]
    figure = depth_chart(lines, QUANTITIES["probability"], "")
    of_each = [(one["line"]["color"], one["line"]["dash"], one["marker"]["symbol"]) for one in figure["data"]]
    assert len({symbol for *_, symbol in of_each}) == 8 and len({(hue, dash) for hue, dash, _ in of_each}) == 8
    for (hue, _, symbol), (injured_hue, _, injured) in zip(of_each[::2], of_each[1::2], strict=True):
        assert injured_hue == hue and injured == f"{symbol}-open"


def test_what_is_no_number_stands_at_the_edge_by_its_word():
    figure = depth_chart([line(values=(nan, inf, 30, 90.0))], QUANTITIES["probability"], "")
    assert figure["data"][0]["y"][:2] == ["NaN", "Infinity"]
    assert "NaN" in [note["text"] for note in figure["layout"]["annotations"]]
    json.dumps(figure, allow_nan=False)


def test_of_deep_networks_the_axis_names_where_stages_begin():
    places = ("stem", *(f"layer{stage}.{number}" for stage in (1, 2, 3) for number in range(9)))
    axis = depth_chart([line(places=places, values=[1.0] * 28)], QUANTITIES["probability"], "")["layout"]["xaxis"]
    assert axis["ticktext"] == ["stem", "layer2.0", "layer3.0", "layer3.8"] and axis["tickvals"] == [0, 10, 19, 27]


def test_classes_by_place():
    probabilities = np.array([[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])
    figure = answers_chart("Residual-8", "residual", PLACES[:3], ["cat", "crane", "crane"], probabilities, (0, 1, 2))
    heat, leader = figure["data"]
    assert heat["y"] == ["crane", "cat", "crane (2)"] and heat["x"] == [0, 1, 2]
    assert heat["z"] == [[10, 30, 80], [60, 20, 10], [30, 50, 10]]
    hue = colour("residual")
    assert heat["colorscale"][-1] == [1, f"rgba({int(hue[1:3], 16)},{int(hue[3:5], 16)},{int(hue[5:], 16)},1.000)"]
    opacities = {share: float(shade.rpartition(",")[2][:-1]) for share, shade in heat["colorscale"]}
    assert opacities[0] == 0 and opacities[0.05] > 0.2 and opacities[0.2] > 0.4  # little is seen on a dark page too
    assert (heat["zmin"], heat["zmax"]) == (0, 100)
    assert list(zip(leader["x"], leader["y"], strict=True)) == [(0, "cat"), (1, "crane (2)"), (2, "crane")]
    subtitle = figure["layout"]["title"]["subtitle"]["text"]
    assert subtitle == "probability of each class, after every block; circles: the likeliest there"
    json.dumps(figure, allow_nan=False)


def test_of_many_classes_those_that_lead_and_then_the_likeliest():
    probabilities = np.full((3, 1000), 0.0)
    probabilities[0, 7], probabilities[1, 7], probabilities[2, 500], probabilities[0, 900] = 0.6, 0.5, 0.9, 0.4
    assert shown_classes(probabilities, (7, 7, 500))[:3] == [500, 7, 900] and len(shown_classes(probabilities, (7, 7, 500))) == 8
    figure = answers_chart("Net", "residual", PLACES[:3], [str(one) for one in range(1000)], probabilities, (7, 7, 500))
    subtitle = figure["layout"]["title"]["subtitle"]["text"]
    assert subtitle.startswith("probability of the 8 classes, of 1,000, that are likeliest anywhere, after every block; ")


def test_a_place_without_finite_outputs_is_left_blank():
    probabilities = np.array([[nan, nan], [0.2, 0.8]])
    figure = answers_chart("Plain-8", "plain", ("stem", "layer1.0"), ["a", "b"], probabilities, (None, 1))
    assert figure["data"][0]["z"] == [[None, 80], [None, 20]] and figure["data"][1]["x"] == [1]
    json.dumps(figure, allow_nan=False)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_quantity_has_a_title_and_a_unit(quantity):
    layout = depth_chart([line()], QUANTITIES[quantity], "under it")["layout"]
    assert layout["title"]["text"] and layout["title"]["subtitle"]["text"] == "under it" and "(" in layout["yaxis"]["title"]["text"]
