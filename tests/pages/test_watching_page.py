"""Watching runs on the Train page: what the address says is what is drawn, in every combination."""

import json
import sys
from pathlib import Path

import pytest
from opened_page import components, open_page, words

from explorer.runs.folder import open_run
from explorer.ui.watch.runs import MOST_ARMS, MOST_CARDS, TICKS, tick_seconds

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "browser"))
from fake_runs import RECIPE, fake_run  # noqa: E402


def ids(runs):
    return ",".join(run.id for run in runs)


def charts(app):
    """The charts by the name of their downloads, each with its figure."""
    return {one["filename"]: one | {"figure": json.loads(one["figure"])} for one in components(app, "chart")}


def names(chart):
    return [trace["name"] for trace in chart["figure"]["data"]]


def seeds(count, network="cifar/plain-20?width=8&channels=1", **options):
    return [fake_run(network, seed, **options) for seed in range(count)]


def test_seeds_are_taken_together_unless_the_address_says_otherwise():
    runs = seeds(3)
    app = open_page("train", runs=ids(runs))
    assert names(charts(app)["error"])[-1] == "Plain-20 validation, n = 3"
    assert "Plain-20 training, band to" in names(charts(app)["error"])
    each = charts(open_page("train", runs=ids(runs), band="each run"))["error"]
    assert names(each)[:2] == ["Plain-20 seed 0 training", "Plain-20 seed 0 validation"]
    assert "standard deviation" in charts(open_page("train", runs=ids(runs), band="mean, sd"))["error"]["figure"]["layout"]["title"]["subtitle"]["text"]


@pytest.mark.parametrize("x, last", [("epoch", 200 / 62), ("time", 10.0), ("step", 200)])
def test_the_x_axis_of_the_address(x, last):
    trace = charts(open_page("train", runs=fake_run().id, x=x))["error"]["figure"]["data"][0]
    assert trace["x"][-1] == pytest.approx(last, rel=1e-5)


def test_multiply_adds_are_three_forward_passes_of_each_image():
    trace = charts(open_page("train", runs=fake_run("cifar/plain-20").id, x="MACs"))["error"]["figure"]["data"][0]
    assert trace["x"][-1] == pytest.approx(3 * 40_551_040 * 64 * 200)


def test_smoothing_log_axes_step_and_quantity_of_the_address():
    run = fake_run()
    shown = charts(open_page("train", runs=run.id, smooth="0.5", log="error:xy,loss:y", at="100", of="dead share"))
    assert "Plain-20 training, not smoothed" in names(shown["error"])
    scale = {name: (shown[name]["figure"]["layout"]["xaxis"]["type"], shown[name]["figure"]["layout"]["yaxis"]["type"]) for name in ("error", "loss")}
    assert scale == {"error": ("log", "log"), "loss": ("linear", "log")}
    assert shown["dead-by-layer"]["figure"]["data"][0]["y"] == [0.0, 0.05, 0.1, 0.15]
    assert "at step 100" in shown["dead-by-layer"]["figure"]["layout"]["title"]["subtitle"]["text"]
    assert [line["x0"] for line in shown["dead-over-training"]["figure"]["layout"]["shapes"]] == [100]


@pytest.mark.parametrize("query", [{"x": "horses"}, {"smooth": "7"}, {"at": "-4"}, {"of": "none"}, {"log": "error:q,:,x"}, {"target": "a"}, {"charts": "?"}, {"charts": ["All", "?"]}])
def test_an_address_that_makes_no_sense_shows_the_usual(query):
    app = open_page("train", runs=fake_run().id, **query)
    assert names(charts(app)["error"]) == ["Plain-20 training", "Plain-20 validation"]
    assert charts(app)["error"]["figure"]["data"][0]["x"][-1] == 200


def test_which_charts_are_shown():
    assert list(charts(open_page("train", runs=fake_run().id, charts=["load", "learning rate"]))) == ["learning-rate", "load"]


def test_time_to_an_error_with_its_spread_and_those_that_never_got_there():
    runs = [*seeds(2), fake_run("cifar/basic-20?width=8&channels=1", final=0.5)]
    text = words(open_page("train", runs=ids(runs), target="20"))
    assert "Time to 20.0% error" in text
    assert "150 (150–150)" in text and "7.5 (7.5–7.5)" in text
    assert "not reached by 0" not in text and "<td>not reached</td>" in text


def test_runs_of_earlier_versions_have_what_they_recorded():
    run = fake_run()
    lines = [json.loads(line) for line in (run.folder / "layers.jsonl").read_text().splitlines()]
    old = [{key: value for key, value in row.items() if key in ("layers", "kinds", "step", "grad_norm")} for row in lines]
    (run.folder / "layers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in old))
    rows = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
    (run.folder / "metrics.jsonl").write_text("".join(json.dumps({k: v for k, v in row.items() if k != "seconds"}) + "\n" for row in rows))
    app = open_page("train", runs=run.id, x="time", of="activation std", target="50")
    shown = charts(app)
    assert "so not drawn: Plain-20" in shown["error"]["figure"]["layout"]["title"]["subtitle"]["text"]
    assert "no step measured yet" in shown["activation-by-layer"]["figure"]["layout"]["title"]["subtitle"]["text"]
    assert "not recorded" in words(app)
    assert charts(open_page("train", runs=run.id))["gradient-by-layer"]["figure"]["data"][0]["x"] == [1, 2, 3, 4, 5]


def test_forty_runs_are_eight_curves_and_few_cards():
    runs = [run for depth in (8, 14, 20, 26) for block in ("plain", "basic") for run in seeds(5, f"cifar/{block}-{depth}?width=8&channels=1")]
    app = open_page("train", runs=ids(runs))
    bold = [name for name in names(charts(app)["error"]) if name.endswith("validation, n = 5")]
    assert len(bold) == 8
    assert not app.warning
    assert f"and {40 - MOST_CARDS} more" in words(app)


def test_what_cannot_be_told_apart_is_left_out_and_named():
    runs = [fake_run(f"cifar/plain-{depth}?width=8&channels=1", steps=20, layers=1) for depth in range(8, 8 + 6 * (MOST_ARMS + 2), 6)]
    app = open_page("train", runs=ids(runs))
    assert [warning.value for warning in app.warning] == [
        "More curves could not be told apart, so these 2 of 14 runs are left out: Plain\\-80, Plain\\-86."
    ]
    assert len(names(charts(app)["error"])) == 2 * MOST_ARMS


def test_arms_of_a_question_have_its_words():
    runs = [fake_run("cifar/plain-56?width=8&channels=1", preset="own", label=label) for label in ("", "with dropout")]
    assert "Plain-56 with dropout validation" in names(charts(open_page("train", runs=ids(runs)))["error"])


def test_the_more_watch_the_slower_the_ticks():
    assert tick_seconds(1) == 0.7
    assert [tick_seconds(count) for count, _ in TICKS[:-1]] == [seconds for _, seconds in TICKS[:-1]]
    assert tick_seconds(20) < 2


def test_an_ended_run_is_drawn_to_its_last_step():
    run = fake_run(steps=90, recipe={"epochs": 7})
    assert open_run(run.id).config.recipe["epochs"] == 7 != RECIPE["epochs"]
    assert charts(open_page("train", runs=run.id))["error"]["figure"]["data"][0]["x"][-1] == 90


def test_an_id_of_the_address_is_said_and_is_no_markdown():
    (warning,) = open_page("train", runs="![x](http://somewhere.example/p.png)").warning
    assert "\\!\\[x\\]\\(http\\:" in warning.value


def test_a_label_that_a_run_came_with_is_no_markdown_where_nothing_was_deleted():
    run = fake_run(label="![x](http://somewhere.example/p.png)", state=None)
    app = open_page("runs", selected=run.id)
    next(one for one in app.button if one.key == "delete-selected").click().run()
    (error,) = app.error
    assert "Nothing was deleted" in error.value and "\\!\\[x\\]" in error.value
