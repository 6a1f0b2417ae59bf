"""The chart of the machine's load."""

import pytest

from explorer.figures.colours import contrast
from explorer.figures.load import LINES, MOST_POINTS, load_chart

ROWS = [
    {"seconds": 1030.0, "cpu": 0.5, "memory": 0.25, "gpu": None, "gpu_memory": None},
    {"seconds": 1000.0, "cpu": 1.0, "memory": 0.2, "gpu": None, "gpu_memory": None},
]


def test_percent_against_minutes_and_no_line_for_what_is_not_there():
    processor, memory = load_chart(ROWS)["data"]
    assert (processor["name"], processor["x"], processor["y"]) == ("processor", [0.0, 0.5], [100.0, 50.0])
    assert (memory["name"], memory["y"]) == ("memory", [20.0, 25.0])


def test_a_gpu_has_its_lines():
    names = [trace["name"] for trace in load_chart([ROWS[0] | {"gpu": 0.9, "gpu_memory": 0.1}])["data"]]
    assert names == ["processor", "memory", "GPU", "GPU memory"]


def test_nothing_recorded_is_said():
    figure = load_chart([])
    assert figure["layout"]["title"]["subtitle"]["text"] == "nothing recorded yet"
    assert figure["data"][0]["x"] == [None]


def test_a_long_record_keeps_its_peak():
    rows = [{"seconds": float(second), "cpu": 0.2 + 0.7 * (second == 3000), "memory": None} for second in range(0, 7200, 2)]
    (processor,) = load_chart(rows)["data"]
    assert len(processor["x"]) <= MOST_POINTS and max(processor["y"]) == 90.0


def test_a_line_is_broken_where_no_row_was_written():
    seconds = [0.0, 2.0, 4.0, 86400.0, 86402.0]
    (processor,) = load_chart([{"seconds": second, "cpu": 0.5, "memory": None} for second in seconds])["data"]
    assert processor["y"] == [50.0, 50.0, 50.0, None, 50.0, 50.0]
    assert processor["x"] == sorted(processor["x"])


def test_rows_that_a_long_run_writes_far_apart_are_one_line():
    (processor,) = load_chart([{"seconds": 40.0 * row, "cpu": 0.5, "memory": None} for row in range(20)])["data"]
    assert None not in processor["y"]


def test_a_thinned_record_is_broken_too():
    seconds = [*range(0, 4000, 2), *range(40000, 44000, 2)]
    (processor,) = load_chart([{"seconds": float(second), "cpu": (second % 7) / 10, "memory": None} for second in seconds])["data"]
    assert processor["y"].count(None) == 1 and len(processor["y"]) <= MOST_POINTS + 1


@pytest.mark.parametrize("paper", ["#FFFFFF", "#0E1117"])
def test_every_line_stands_out_from_the_page(paper):
    assert min(contrast(shade, paper) for _, shade in LINES.values()) >= 3
