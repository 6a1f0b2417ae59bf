"""What the charts of layers draw, to the cell."""

import pytest

from explorer.figures.layer_charts import MOST_COLUMNS, QUANTITIES, colour_range, layer_heatmaps, layer_profile
from explorer.figures.series import LayerValues

GRADIENT, DEAD, UPDATE = QUANTITIES["gradient"], QUANTITIES["dead"], QUANTITIES["update"]
LAYERS = ("conv1", "layer1.0.conv1", "fc")
KINDS = ("conv", "conv", "linear")


def plain(**changes):
    fields = {"label": "Plain-20", "family": "plain", "layers": LAYERS, "kinds": KINDS, "depth": 20}
    measured = {"steps": (0, 10), "values": ([100.0, 10.0, 1.0], [2.0, None, 0.0])}
    return LayerValues(**fields | measured | changes)


def residual(**changes):
    return plain(**{"label": "Residual-20", "family": "residual"} | changes)


def titles(figure):
    return [note["text"] for note in figure["layout"]["annotations"]]


def subtitle(figure):
    return figure["layout"]["title"]["subtitle"]["text"]


def test_a_profile_shows_the_latest_step():
    figure = layer_profile([plain()], GRADIENT)
    (trace,) = figure["data"]
    assert (trace["name"], trace["x"], trace["y"]) == ("Plain-20", [1, 2, 3], [2.0, None, None])  # no zero on a log axis
    assert trace["text"] == ["conv1 (conv)", "layer1.0.conv1 (conv)", "fc (linear)"]
    assert figure["layout"]["yaxis"]["type"] == "log"
    assert "‖∂L/∂W‖" in figure["layout"]["yaxis"]["title"]["text"]
    assert "step (10)" in subtitle(figure)


def test_a_profile_at_a_step_shows_the_last_one_measured_until_then():
    figure = layer_profile([plain(), residual(steps=(5,), values=([1.0, 1.0, 1.0],))], GRADIENT, 9)
    assert [trace["y"] for trace in figure["data"]] == [[100.0, 10.0, 1.0], [1.0, 1.0, 1.0]]
    assert "at step 9" in subtitle(figure)
    assert layer_profile([residual(steps=(5,), values=([1.0] * 3,))], GRADIENT, 4)["data"][0]["y"] == [None]


def test_a_share_has_a_zero_and_a_linear_axis():
    figure = layer_profile([plain(values=([0.0] * 3, [0.0, 0.5, 1.0]))], DEAD)
    assert figure["data"][0]["y"] == [0.0, 0.5, 1.0]
    assert figure["layout"]["yaxis"]["type"] == "linear"


def test_nothing_measured_yet_is_said_and_keeps_the_traces():
    figure = layer_profile([plain(steps=(), values=())], GRADIENT)
    assert "no step measured yet" in subtitle(figure)
    assert [(trace["name"], trace["y"]) for trace in figure["data"]] == [("Plain-20", [None])]


def test_heatmaps_share_one_logarithmic_colour_scale():
    figure = layer_heatmaps([plain(), residual(values=([1e4, 1.0, 1.0], [1.0, 1e-3, 1.0]))], GRADIENT)
    axis = figure["layout"]["coloraxis"]
    assert (axis["cmin"], axis["cmax"], axis["colorbar"]["title"]["text"]) == (-3.0, 4.0, "log₁₀ ‖∂L/∂W‖₂")
    first, second = figure["data"]
    assert (first["x"], first["y"]) == ([0, 10], [1, 2, 3])
    assert first["z"] == [[2.0, 0.3], [1.0, None], [0.0, None]]
    assert second["z"] == [[4.0, 0.0], [0.0, -3.0], [0.0, 0.0]]
    assert titles(figure) == ["Plain-20", "Residual-20"]


def test_a_share_is_coloured_from_zero():
    figure = layer_heatmaps([plain(values=([0.2] * 3, [0.2, 0.5, 0.25]))], DEAD)
    assert (figure["layout"]["coloraxis"]["cmin"], figure["layout"]["coloraxis"]["cmax"]) == (0.0, 0.5)
    assert figure["data"][0]["z"][2] == [0.2, 0.25]


def test_one_value_everywhere_still_has_a_scale():
    axis = layer_heatmaps([plain(values=([1.0] * 3, [1.0] * 3))], GRADIENT)["layout"]["coloraxis"]
    assert (axis["cmin"], axis["cmax"]) == (0.0, 0.1)


def test_the_scrubbed_step_stands_in_every_panel():
    assert not layer_heatmaps([plain()], GRADIENT)["layout"]["shapes"]
    lines = layer_heatmaps([plain(), residual()], GRADIENT, 10)["layout"]["shapes"]
    assert [(line["xref"], line["yref"], line["x0"], line["x1"]) for line in lines] == [
        ("x", "y domain", 10, 10),
        ("x2", "y2 domain", 10, 10),
    ]


@pytest.mark.parametrize("count", range(13))
def test_any_number_of_networks_finds_room(count):
    figure = layer_heatmaps([plain(label=str(index)) for index in range(count)], GRADIENT)
    layout = figure["layout"]
    assert len(figure["data"]) == count
    places = [tuple(layout[f"{letter}axis{trace[f'{letter}axis'][1:]}"]["domain"] for letter in "xy") for trace in figure["data"]]
    for (left, right), (low, high) in places:
        assert 0 <= left < right <= 1.0001 and -0.0001 <= low < high <= 1.0001
    assert len({(left, low) for (left, _), (low, _) in places}) == count
    assert not layer_profile([], GRADIENT)["data"]


def test_a_network_that_has_not_begun_keeps_its_panel():
    figure = layer_heatmaps([plain(), residual(layers=(), kinds=(), steps=(), values=())], GRADIENT)
    assert titles(figure) == ["Plain-20", "Residual-20"]
    assert figure["layout"]["yaxis2"]["range"] == [0.5, 20.5]
    assert "range" not in figure["layout"]["yaxis"]


def test_a_long_run_has_a_limited_number_of_columns_ending_at_its_last_step():
    steps = tuple(range(0, 64001, 10))
    (trace,) = layer_heatmaps([plain(steps=steps, values=[[1.0, 2.0, 3.0]] * len(steps))], GRADIENT)["data"]
    assert len(trace["x"]) <= MOST_COLUMNS
    assert trace["x"][-1] == 64000
    assert len(trace["z"]) == 3 and all(len(row) == len(trace["x"]) for row in trace["z"])


@pytest.mark.parametrize("least, dtick", [(0.5, "D2"), (1e-3, 1), (1e-11, 2)])
def test_labels_of_a_log_axis_stand_apart(least, dtick):
    figure = layer_profile([plain(steps=(0,), values=([1.0, None, least],))], GRADIENT)
    assert figure["layout"]["yaxis"]["dtick"] == dtick


def test_the_rule_of_thumb_stands_in_the_profile_and_by_the_colours():
    figure = layer_profile([plain(values=([1e-2, 1e-4, 1e-3], [1e-2, 1e-4, 1e-5]))], UPDATE)
    assert [(trace["name"], trace["x"], trace["y"]) for trace in figure["data"][1:]] == [("rule of thumb, 0.001", [1, 3], [1e-3, 1e-3])]
    bar = layer_heatmaps([plain(values=([1e-2, 1e-4, 1e-3], [1e-2, 1e-4, 1e-5]))], UPDATE)["layout"]["coloraxis"]["colorbar"]
    assert dict(zip(bar["tickvals"], bar["ticktext"])) == {-5: "-5", -4: "-4", -3: "<b>-3 guide</b>", -2: "-2"}
    assert "tickvals" not in layer_heatmaps([plain()], GRADIENT)["layout"]["coloraxis"]["colorbar"]
    assert not layer_profile([], UPDATE)["data"] and len(layer_profile([plain(steps=(), values=())], GRADIENT)["data"]) == 1


def test_what_is_not_finite_or_zero_is_written_at_the_edges():
    layout = layer_profile([plain(values=([1.0, 1.0, 1.0], [2.0, None, 0.0]))], GRADIENT)["layout"]
    assert [(note["text"], note["x"], note["y"]) for note in layout["annotations"]] == [("NaN or ∞", 2, 1), ("0", 3, 0)]
    assert "annotations" not in layer_profile([plain(values=([1.0, 1.0, 1.0], [2.0, 1.0, 1.0]))], GRADIENT)["layout"]


def test_what_is_large_stands_out_from_the_page():
    assert "reversescale" not in layer_heatmaps([plain()], GRADIENT)["layout"]["coloraxis"]
    assert layer_heatmaps([plain()], GRADIENT, dark=False)["layout"]["coloraxis"]["reversescale"] is True


def test_the_range_of_the_colours_is_told_in_the_quantitys_own_numbers():
    assert colour_range([plain(), residual(values=([1e4, 1.0, 1.0], [1.0, 1e-3, 1.0]))], GRADIENT) == pytest.approx((1e-3, 1e4))
    assert colour_range([plain(values=([0.2] * 3, [0.2, 0.5, 0.25]))], DEAD) == (0.0, 0.5)
    assert colour_range([plain(steps=(), values=())], GRADIENT) is None
    assert colour_range([plain(values=([None] * 3, [0.0] * 3))], GRADIENT) is None
