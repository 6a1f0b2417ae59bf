"""Loss surfaces as they are drawn: all on one scale, what is not finite by its word, and the values themselves for the table."""

import math
from dataclasses import replace

import plotly.graph_objects as go
import pytest

from explorer.figures.landscape import labels, landscape_contours, landscape_lines, landscape_page, landscape_surfaces
from explorer.lab.landscapes import Asked, Surface

LOSS = ((100.0, 10.0, 1000.0), (1.0, 0.1, 2.0), (50.0, 5.0, 70.0))
ERROR = ((0.9, 0.5, 0.9), (0.2, 0.1, 0.3), (0.9, 0.4, 0.9))
PLAIN = Surface("a", "Plain-20 on MNIST-5k, shipped", "cifar/plain-20", "plain", 20, 0, Asked("plain", points=3, span=0.5), LOSS, ERROR)
RESIDUAL = replace(PLAIN, id="b", title="Residual-20 on MNIST-5k, shipped", family="residual",
                   loss=tuple(tuple(value / 10 for value in row) for row in LOSS))  # fmt: skip
LINE = replace(PLAIN, id="c", asked=Asked("plain", points=3, dims=1), loss=(LOSS[1],), error=(ERROR[1],))
BOTH = [PLAIN, RESIDUAL]


@pytest.mark.parametrize("draw", [landscape_lines, landscape_contours, landscape_surfaces])
@pytest.mark.parametrize("quantity, log", [("loss", True), ("loss", False), ("error", False)])
def test_plotly_knows_every_word_of_it(draw, quantity, log):
    for count in range(1, 5):
        surfaces = [replace(PLAIN, id=f"s{number}") for number in range(count)]
        go.Figure(draw(surfaces, quantity, log))


def test_contours_share_levels_and_colours_and_keep_the_values_for_the_table():
    figure = landscape_contours(BOTH)
    plain, residual = figure["data"]
    assert plain["contours"] == residual["contours"] and (plain["contours"]["start"], plain["contours"]["end"]) == (-2.0, 3.0)
    assert {trace["coloraxis"] for trace in figure["data"]} == {"coloraxis"}
    assert (figure["layout"]["coloraxis"]["cmin"], figure["layout"]["coloraxis"]["cmax"]) == (-2.0, 3.0)
    assert figure["layout"]["coloraxis"]["colorbar"]["ticktext"] == ["0.01", "0.1", "1", "10", "100", "1000"]
    assert plain["z"][1] == [0.0, -1.0, 0.301] and plain["customdata"] == [list(row) for row in LOSS]
    assert plain["x"] == plain["y"] == [-0.5, 0.0, 0.5] and (residual["xaxis"], residual["yaxis"]) == ("x2", "y2")
    assert figure["layout"]["yaxis2"]["scaleanchor"] == "x2"  # a square is a square


def test_surfaces_share_heights_and_colours():
    figure = landscape_surfaces(BOTH)
    plain, residual = figure["data"]
    assert figure["layout"]["scene"]["zaxis"] == figure["layout"]["scene2"]["zaxis"]
    assert figure["layout"]["scene"]["zaxis"]["range"] == [-2.0, 3.0] and residual["scene"] == "scene2"
    assert plain["z"] == [list(row) for row in LOSS] and plain["surfacecolor"][0] == [2.0, 1.0, 3.0]
    linear = landscape_surfaces(BOTH, "error", False)
    assert linear["data"][0]["z"][1] == [20.0, 10.0, 30.0] and linear["layout"]["scene"]["zaxis"]["range"] == [10.0, 90.0]


def test_a_line_is_the_middle_of_a_plane_and_has_its_familys_colour():
    along, plane = landscape_lines([LINE, RESIDUAL])["data"]
    assert along["y"] == list(LOSS[1]) and along["x"] == [-1.0, 0.0, 1.0]
    assert plane["y"] == [0.1, 0.01, 0.2] and plane["x"] == [-0.5, 0.0, 0.5]
    assert (along["line"]["color"], plane["line"]["color"]) == ("#D55E00", "#0072B2")


def test_what_is_not_finite_stands_there_by_its_word():
    lost = replace(PLAIN, loss=((math.nan, 10.0, math.inf), (1.0, 0.1, math.nan), LOSS[2]))
    contours = landscape_contours([lost])
    assert contours["data"][0]["z"][0] == [None, 1.0, None] and contours["data"][0]["customdata"][0] == ["NaN", 10.0, "Infinity"]
    said = [(note["text"], note["x"], note["y"]) for note in contours["layout"]["annotations"]]
    assert {("NaN", -0.5, -0.5), ("∞", 0.5, -0.5), ("NaN", 0.5, 0.0)} <= set(said)
    assert landscape_surfaces([lost])["data"][0]["z"][0] == ["NaN", 10.0, "Infinity"]
    for draw in (landscape_contours, landscape_surfaces):
        assert [note["text"].partition(">not ")[2] for note in draw([lost])["layout"]["annotations"] if "■" in note["text"]] == [
            "drawn: NaN at 2, ∞ at 1 points</span>"]  # fmt: skip
        assert not any("not drawn" in note["text"] for note in draw(BOTH)["layout"]["annotations"])
    line = landscape_lines([lost])
    assert line["data"][0]["y"] == [1.0, 0.1, "NaN"] and [note["text"] for note in line["layout"]["annotations"]] == ["NaN"]
    nothing = replace(PLAIN, loss=((None,) * 3,) * 3)
    for draw in (landscape_lines, landscape_contours, landscape_surfaces):
        go.Figure(draw([nothing]))
    assert not landscape_surfaces([nothing])["data"]  # Plotly's scenes break on a surface without any height


def test_a_page_of_its_own_holds_the_figure():
    for one, kind in ((PLAIN, b'"type":"surface"'), (LINE, b'"type":"scatter"')):
        page = landscape_page([one])
        assert page.startswith(b"<!doctype html>") and kind in page and b"Plain-20 on MNIST-5k" in page


def test_an_error_is_never_drawn_on_a_logarithmic_scale_and_a_loss_of_0_is_told_on_one():
    sure = replace(PLAIN, loss=((0.0, *LOSS[0][1:]), *LOSS[1:]), error=((0.0, *ERROR[0][1:]), *ERROR[1:]))
    assert landscape_surfaces([sure], "error", True) == landscape_surfaces([sure], "error", False)
    assert landscape_contours([sure], "error", True)["data"][0]["z"][0] == [0.0, 50.0, 90.0]
    assert landscape_lines([sure], "error", True)["layout"]["yaxis"]["type"] == "linear"
    for draw in (landscape_contours, landscape_surfaces):
        assert any("not drawn: 0 at 1 point" in note["text"] for note in draw([sure])["layout"]["annotations"])
        assert not any("not drawn" in note["text"] for note in draw([sure], log=False)["layout"]["annotations"])


def test_until_a_point_is_measured_the_surface_has_the_value_of_a_coarser_lattice():
    values = [[None] * 5 for _ in range(5)]
    values[2][2], values[0][0], values[2][4] = 1.0, 2.0, 3.0
    begun = replace(PLAIN, asked=Asked("plain", points=5), loss=tuple(map(tuple, values)))
    z = landscape_surfaces([begun])["data"][0]["z"]
    assert z[2][2] == z[1][1] == z[2][3] == z[4][4] == 1.0 and z[0][0] == 2.0 and z[2][4] == 3.0
    for draw in (landscape_contours, landscape_surfaces):
        assert any("22 of 25 points drawn across, not measured yet" in note["text"] for note in draw([begun])["layout"]["annotations"])
    assert landscape_contours([begun])["data"][0]["connectgaps"] and not landscape_contours([PLAIN])["data"][0]["connectgaps"]


def test_surfaces_are_told_apart_by_what_differs():
    assert labels(BOTH) == ["Plain-20 on MNIST-5k", "Residual-20 on MNIST-5k"]
    other = replace(PLAIN, id="d", title="Plain-20 on MNIST-5k, run 7")
    assert labels([PLAIN, other, RESIDUAL]) == ["Plain-20 on MNIST-5k, shipped", "Plain-20 on MNIST-5k, run 7", "Residual-20 on MNIST-5k"]
    assert labels([PLAIN, replace(PLAIN, seed=1)]) == ["Plain-20 on MNIST-5k, seed 0", "Plain-20 on MNIST-5k, seed 1"]
    assert len(set(labels([PLAIN, replace(PLAIN, id="e")]))) == 2
