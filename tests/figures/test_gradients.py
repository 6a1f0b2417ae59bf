"""What is drawn of each layer of fresh networks, to the point."""

import json
import math

import pytest

from explorer.figures.gradients import EARLY_WIDTH, LATE_WIDTH, OF_WEIGHTS, QUANTITIES, RELU_DEPTH, depth_profile
from explorer.figures.series import DEPTH, LayerValues
from explorer.lab.quantities import QUANTITIES as FLOW_QUANTITIES

LAYERS = ("conv1", "layer1.0.conv1", "fc")
KINDS = ("conv", "conv", "linear")


def plain(**changes):
    fields = {"label": "Plain-20", "family": "plain", "layers": LAYERS, "kinds": KINDS, "depth": 20}
    measured = {"steps": (0, 10), "values": ([100.0, 10.0, 1.0], [2.0, math.nan, 0.0])}
    return LayerValues(**fields | measured | changes)


def residual(**changes):
    return plain(**{"label": "Residual-20", "family": "residual"} | changes)


def test_chosen_steps_are_drawn_thin_and_the_last_one_bold():
    figure = depth_profile([plain()], "weight", (0, 10))
    assert [(trace["name"], trace["line"]["width"], trace["x"], trace["y"]) for trace in figure["data"]] == [
        ("Plain-20, step 0", EARLY_WIDTH, [1, 2, 3], [100.0, 10.0, 1.0]),
        ("Plain-20, step 10", LATE_WIDTH, [1, 2, 3], [2.0, "NaN", 0.0]),
    ]
    assert figure["data"][0]["text"] == ["conv1 (conv)", "layer1.0.conv1 (conv)", "fc (linear)"]
    assert figure["layout"]["title"]["subtitle"]["text"].startswith("thin: step 0; bold: step 10; ")
    json.dumps(figure, allow_nan=False)


def test_what_is_no_number_stands_at_the_top_edge_and_zero_at_the_bottom_of_a_log_scale():
    layout = depth_profile([plain()], "weight", (0, 10))["layout"]
    assert [(note["text"], note["x"], note["y"]) for note in layout["annotations"]] == [("NaN", 2, 1), ("0", 3, 0)]
    assert {note["yref"] for note in layout["annotations"]} == {"y domain"}
    linear = depth_profile([plain()], "weight", (0, 10), log="x")["layout"]
    assert [(note["text"], note["x"]) for note in linear["annotations"]] == [("NaN", pytest.approx(math.log10(2)))]
    assert (linear["xaxis"]["type"], linear["yaxis"]["type"]) == ("log", "linear")


def test_only_steps_that_were_measured_are_drawn():
    figure = depth_profile([plain(), residual(steps=(0,), values=([3.0, 2.0, 1.0],))], "weight", (0, 10))
    assert [trace["name"] for trace in figure["data"]] == ["Plain-20, step 0", "Plain-20, step 10", "Residual-20, step 0"]


def test_panels_stand_side_by_side_on_one_axis_with_one_legend_entry_each():
    four = [plain(panel="with BN"), residual(panel="with BN"), plain(panel="without BN"), residual(panel="without BN")]
    figure = depth_profile(four, "weight", (0,))
    layout, data = figure["layout"], figure["data"]
    assert [note["text"] for note in layout["annotations"]] == ["with BN", "without BN"]
    assert [trace["xaxis"] for trace in data] == ["x", "x", "x2", "x2"]
    assert [trace["showlegend"] for trace in data] == [True, True, False, False]
    assert len({trace["uid"] for trace in data}) == 4
    assert layout["yaxis2"]["matches"] == "y"
    assert layout["yaxis"]["type"] == layout["yaxis2"]["type"] == "log"
    assert layout["xaxis"]["domain"][1] < layout["xaxis2"]["domain"][0] and layout["xaxis2"]["domain"][1] == pytest.approx(1)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_every_quantity_says_its_unit_and_counts_its_own_layers(quantity):
    figure = depth_profile([plain(kinds=("",) * 3)], quantity, (0,))
    layout = figure["layout"]
    assert layout["yaxis"]["title"]["text"] == QUANTITIES[quantity].unit
    assert layout["xaxis"]["title"]["text"] == (DEPTH if quantity in ("weight", "root") else RELU_DEPTH)
    assert layout["yaxis"]["type"] == ("linear" if quantity == "dead" else "log")
    assert layout["title"]["subtitle"]["text"].startswith("at initialisation; ")
    assert figure["data"][0]["text"] == list(LAYERS)


def test_a_line_stands_at_the_selected_layer_of_each_panel():
    two = [plain(panel="with BN"), residual(panel="with BN"), plain(panel="without BN")]
    shapes = depth_profile(two, "weight", (0,), cursor="layer1.0.conv1")["layout"]["shapes"]
    assert [(shape["xref"], shape["x0"], shape["x1"]) for shape in shapes] == [("x", 2, 2), ("x2", 2, 2)]
    assert depth_profile(two, "weight", (0,), cursor="nothing")["layout"]["shapes"] == []


def test_the_figure_knows_every_quantity_of_layers_that_a_flow_has():
    of = {name: quantity.of for name, quantity in FLOW_QUANTITIES.items() if quantity.of != "edges"}
    assert list(of) == list(QUANTITIES) and [name for name in of if of[name] == "weights"] == list(OF_WEIGHTS)
