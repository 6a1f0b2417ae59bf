"""The chart of the machine's load."""

from explorer.figures.load import MOST_POINTS, load_chart

ROWS = [
    {"seconds": 1060.0, "cpu": 0.5, "memory": 0.25, "gpu": None, "gpu_memory": None},
    {"seconds": 1000.0, "cpu": 1.0, "memory": 0.2, "gpu": None, "gpu_memory": None},
]


def test_percent_against_minutes_and_no_line_for_what_is_not_there():
    processor, memory = load_chart(ROWS)["data"]
    assert (processor["name"], processor["x"], processor["y"]) == ("processor", [0.0, 1.0], [100.0, 50.0])
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
