"""The chart of what every block adds: by name where networks have the same blocks, by the share of the way where not."""

from explorer.figures.additions import Added, added_chart

SIX = Added("Residual-14", "residual", 6, [f"layer{stage}.{block}" for stage in (1, 2, 3) for block in (0, 1)], [1, 2, 3, 4, 5, 6.0], 3)


def test_one_network_names_its_blocks():
    chart = added_chart([SIX])
    (line,) = chart["data"]
    assert (line["x"], line["y"]) == ([0, 1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6])
    assert chart["layout"]["xaxis"]["ticktext"] == list(SIX.blocks)
    assert line["marker"]["size"] == [5, 5, 5, 11, 5, 5]
    assert [shape["x0"] for shape in chart["layout"]["shapes"]] == [3]
    assert line["line"]["color"] == "#0072B2"


def test_networks_of_different_depths_share_the_way():
    three = Added("Highway-5", "highway", 3, ["a", "b", "c"], [0.5, float("inf"), 1], 1)
    chart = added_chart([SIX, three])
    assert [line["x"] for line in chart["data"]] == [[0, 0.2, 0.4, 0.6, 0.8, 1], [0, 0.5, 1]]
    assert chart["data"][1]["y"] == [0.5, None, 1]
    assert chart["layout"]["xaxis"]["tickformat"] == ".0%" and chart["layout"]["shapes"][0]["x0"] == 0.6


def test_of_many_blocks_only_some_are_named():
    many = Added("Residual-1202", "residual", 600, [f"layer1.{number}" for number in range(600)], [1.0] * 600, 0)
    named = added_chart([many])["layout"]["xaxis"]["ticktext"]
    assert named[:2] == ["layer1.0", "layer1.60"] and len(named) == 10


def test_a_single_block_is_a_point():
    chart = added_chart([Added("One", "residual", 1, ["layer1.0"], [0.0], 0), SIX])
    assert chart["data"][0]["x"] == [0.0] and chart["layout"]["yaxis"]["range"][0] == 0
