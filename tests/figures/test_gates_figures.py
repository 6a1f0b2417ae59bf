"""What the charts of highway gates draw."""

import pytest

from explorer.figures.gates import CLASS_COLOURS, Gates, Shown, answers_along, error_along, gate_map, gate_profile

GATES = Gates(("layer1.0", "layer1.1"), [[0.1, 0.5], [0.3, 0.5], [0.2, 0.8]], [0.12, 0.27])
SHOWN = [Shown("0", 0, "data:zero"), Shown("7", 2, "data:seven")]


def traces(figure):
    return {trace["name"]: trace for trace in figure["data"]}


def test_a_profile_has_mean_spread_the_chosen_picture_and_the_bias():
    drawn = traces(gate_profile(GATES, 2))
    assert {name: trace["y"] for name, trace in drawn.items()} == {
        "least picture": [0.1, 0.5],
        "greatest picture": [0.3, 0.8],
        "mean of 3 pictures": [0.2, 0.6],
        "the chosen picture": [0.2, 0.8],
        "σ(bias), without weights": [0.12, 0.27],
    }
    assert all(trace["x"] == [1, 2] for trace in drawn.values())


def test_a_map_has_a_column_a_picture_with_its_thumbnail():
    figure = gate_map(GATES, SHOWN, [0, 2], 2, relative=False, dark=False)
    (heatmap,) = figure["data"]
    assert heatmap["z"] == [[0.1, 0.2], [0.5, 0.8]] and heatmap["y"] == [1, 2] and heatmap["reversescale"] is True
    assert heatmap["text"][1] == ["layer1.1, 0 (picture 0)", "layer1.1, 7 (picture 2)"]
    assert [(image["source"], image["x"]) for image in figure["layout"]["images"]] == [("data:zero", 0), ("data:seven", 1)]
    assert [(frame["x0"], frame["x1"]) for frame in figure["layout"]["shapes"]] == [(0.5, 1.5)]
    assert figure["layout"]["xaxis"]["ticktext"] == ["0", "7"]


def test_differences_are_from_the_mean_over_all_pictures_on_a_scale_that_is_even_about_zero():
    (heatmap,) = gate_map(GATES, SHOWN, [0, 2], 0, relative=True, dark=True)["data"]
    assert heatmap["z"][0] == pytest.approx([-0.1, 0.0]) and heatmap["z"][1] == pytest.approx([-0.1, 0.2])
    assert (heatmap["zmin"], heatmap["zmax"]) == pytest.approx((-0.2, 0.2))


def test_errors_are_per_cent_with_guessing_beside_them():
    figure = error_along([-100, 0, 100], [0.9, 0.025, 0.5], 0, 0.9, "200 of MNIST-5k")
    assert [trace["y"] for trace in figure["data"]] == [[90.0, 2.5, 50.0], [90.0, 90.0]]
    assert figure["layout"]["shapes"][0]["x0"] == 0


def test_the_pictures_class_comes_first_and_then_the_likeliest():
    answers = [[0.0, 0.1, 0.9, 0.0, 0.0, 0.0, 0.0, 0.0], [0.5, 0.4, 0.1, 0.0, 0.0, 0.0, 0.0, float("nan")]]
    figure = answers_along([-100, 0], answers, list("abcdefgh"), 1, -100)
    assert [trace["name"] for trace in figure["data"]][:3] == ["b, its class", "c", "a"]
    assert len(figure["data"]) == len(CLASS_COLOURS) and figure["data"][1]["y"] == [90.0, 10.0]
