"""What a scale cannot show is written at its edge."""

import math

from explorer.figures.off_scale import LINE_HEIGHT, edge_marks, written


def test_a_trace_has_numbers_of_four_digits_and_words():
    assert [written(value) for value in (0.0, 1234567.0, 1e-300, math.nan, math.inf, -math.inf, None)] == [
        0.0, 1235000.0, 1e-300, "NaN", "Infinity", "-Infinity", None
    ]  # fmt: skip


def test_neighbours_share_a_word_and_a_line():
    values = [1.0, math.nan, math.nan, math.inf, 0.0, 0.0, None, math.nan]
    annotations, shapes = edge_marks(range(1, 9), values, "#123456", axis="2", log_y=True)
    assert [(note["text"], note["x"], note["y"]) for note in annotations] == [("NaN", 2.5, 1), ("∞", 4, 1), ("0", 5.5, 0), ("NaN", 8, 1)]
    assert [(shape["x0"], shape["x1"], shape["y0"]) for shape in shapes] == [(2, 3, 1), (4, 4, 1), (5, 6, 0), (8, 8, 1)]
    assert {note["xref"] for note in annotations} | {note["yref"] for note in annotations} == {"x2", "y2 domain"}
    assert {note["font"]["color"] for note in annotations} == {"#123456"}


def test_a_linear_scale_shows_zeros_and_several_curves_have_rows_of_their_own():
    assert edge_marks([1, 2], [0.0, 1.0], "#000000") == ([], [])
    (first,), _ = edge_marks([1], [-math.inf], "#000000")
    (second,), _ = edge_marks([1], [-math.inf], "#000000", row=1)
    assert first["text"] == "-∞" and first["yshift"] - second["yshift"] == LINE_HEIGHT
