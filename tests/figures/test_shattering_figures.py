"""The figures of shattered gradients hold the numbers they are given, and leave none out."""

import math

import pytest

from explorer.figures.colours import FAMILY_COLOURS
from explorer.figures.shattering import Curve, autocorrelation_chart, depth_chart, distance_chart, grid_height, slope_grid, standardised

X = (0.0, 0.5, 1.0)


def curve(label="Plain-56", family="plain", panel="with BN", y=(1.0, 2.0, 3.0), **more):
    return Curve(label, family, 56, panel, X, y, **more)


CURVES = [curve(panel=panel, label=label, family=family) for panel in ("with BN", "without BN")
          for label, family in (("Plain-56", "plain"), ("Residual-56", "residual"))]  # fmt: skip
NOISES = {"Brown noise": (0.0, 1.0, 5.0), "White noise": (1.0, -1.0, 0.0)}


def test_the_grid_has_a_row_for_each_network_and_one_for_the_noises():
    figure = slope_grid(CURVES, NOISES)
    assert [trace["name"] for trace in figure["data"]] == [
        "Plain-56 with BN", "Residual-56 with BN", "Plain-56 without BN", "Residual-56 without BN", "Brown noise", "White noise",
    ]  # fmt: skip
    layout = figure["layout"]
    tops = [layout[trace["yaxis"].replace("y", "yaxis")]["domain"][1] for trace in figure["data"]]
    lefts = [layout[trace["xaxis"].replace("x", "xaxis")]["domain"][0] for trace in figure["data"]]
    assert tops == pytest.approx([1, 2 / 3, 1, 2 / 3, 1 / 3, 1 / 3])
    assert [left > 0 for left in lefts] == [False, False, True, True, False, True]
    assert figure["data"][0]["line"]["color"] == FAMILY_COLOURS["plain"]
    assert figure["data"][1]["line"]["color"] == FAMILY_COLOURS["residual"]


def test_in_one_panel_networks_stand_two_to_a_row():
    figure = slope_grid([curve(), curve("Residual-56", "residual"), curve("Highway-56", "highway")], NOISES)
    axes = [(trace["xaxis"], trace["yaxis"]) for trace in figure["data"]]
    assert len(set(axes)) == 5
    assert grid_height(3, 1) == grid_height(2, 2) > grid_height(1, 1) > grid_height(0, 0)


def test_series_are_shown_in_their_standard_deviations():
    assert standardised([1, 2, 3]) == pytest.approx([-math.sqrt(1.5), 0, math.sqrt(1.5)])
    assert standardised([4, 4]) == [0, 0]
    shown = standardised([1, 3, math.inf, math.nan])
    assert shown[:2] == [-1, 1] and shown[2] == math.inf and math.isnan(shown[3])


def test_what_is_not_finite_is_written_at_the_edge():
    figure = slope_grid([curve(y=(1.0, math.nan, math.inf))], NOISES)
    assert figure["data"][0]["y"][1:] == ["NaN", "Infinity"]
    assert {"NaN", "∞"} <= {note["text"] for note in figure["layout"]["annotations"]}


def test_the_grid_can_be_drawn_before_anything_is_measured():
    assert [trace["name"] for trace in slope_grid([], NOISES)["data"]] == list(NOISES)
    assert autocorrelation_chart([], {"white noise, expected": (1.0, 0.0)}, 0.2, "", "lag")["data"]
    depth, distance = depth_chart([], "", "y"), distance_chart([], 0.1, "")
    assert depth["data"] == distance["data"] == []
    assert depth["layout"]["yaxis"]["range"] == [0, 1] and depth["layout"]["yaxis"]["type"] == "linear"
    assert distance["layout"]["xaxis"]["range"] == [-5, 0] and "range" not in distance_chart(CURVES, 0.1, "")["layout"]["xaxis"]


def test_autocorrelations_stand_beside_what_is_expected_of_noise():
    expected = {"brown noise, expected": (1.0, 0.9, 0.8), "white noise, expected": (1.0, -0.1, -0.1)}
    figure = autocorrelation_chart(CURVES, expected, 0.25, "of the slope", "lag k")
    for axis in ("x", "x2"):
        names = [trace["name"] for trace in figure["data"] if trace["xaxis"] == axis]
        assert names == [*expected, "Plain-56", "Residual-56"]
    shown = [trace["name"] for trace in figure["data"] if trace["showlegend"]]
    assert shown == [*expected, "Plain-56", "Residual-56"]
    stripes = [shape for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]
    assert [(stripe["y0"], stripe["y1"]) for stripe in stripes] == [(-0.25, 0.25)] * 2
    assert not autocorrelation_chart(CURVES, expected, None, "", "lag k")["layout"]["shapes"]


def test_the_range_over_seeds_stands_around_the_mean():
    figure = depth_chart([curve(y=(0.5, 0.4, 0.3), low=(0.4, 0.3, 0.0), high=(0.7, 0.4, 0.5))], "")
    bars = figure["data"][0]["error_y"]
    assert bars["array"] == pytest.approx([0.2, 0, 0.2]) and bars["arrayminus"] == pytest.approx([0.1, 0.1, 0.3])
    assert figure["data"][0]["text"] == ["with BN"] * 3


def test_on_a_logarithmic_scale_what_is_not_above_zero_is_written_at_the_bottom():
    even, log = (depth_chart([curve(y=(0.5, -0.1, math.nan))], "", scale) for scale in ("", "y"))
    assert even["layout"]["yaxis"]["type"] == "linear" and log["layout"]["yaxis"]["type"] == "log"
    assert [note["text"] for note in even["layout"]["annotations"]] == ["with BN", "NaN"]
    assert [note["text"] for note in log["layout"]["annotations"]] == ["with BN", "0", "NaN"]


def test_the_chosen_distance_is_marked_on_a_logarithmic_axis():
    figure = distance_chart(CURVES, 0.01, "")
    assert [figure["layout"][axis]["type"] for axis in ("xaxis", "xaxis2")] == ["log", "log"]
    assert [shape["x0"] for shape in figure["layout"]["shapes"]] == [0.01, 0.01]
    assert len({trace["uid"] for trace in figure["data"]}) == 4
