"""What the error and loss curves draw, to the point."""

import pytest

from explorer.figures.curves import MOST_POINTS, CurveView, error_curves, loss_curves, rate_curves
from explorer.figures.series import RunCurves

ROWS = [
    {"step": 10, "epoch": 0.5, "loss": 2.3, "recent_error": 0.9, "seconds": 2.0, "lr": 0.1},
    {"step": 20, "epoch": 1, "loss": 1.25, "recent_error": 0.755, "seconds": 4.5, "lr": 0.1, "val_error": 0.5, "val_loss": 1.5},
    {"step": 30, "epoch": 1.5, "loss": None, "recent_error": 0.2, "seconds": 6.5, "lr": 0.01},
]


def traces(figure):
    return {trace["name"]: trace for trace in figure["data"]}


def plain(rows=ROWS, **changes):
    return RunCurves(**{"label": "Plain-20", "family": "plain", "depth": 20, "rows": rows} | changes)


def seeds(*errors):
    """Runs of one arm; each is given the training error of steps 10 and 20."""
    return [
        plain([{"step": 10, "recent_error": first, "val_error": first}, {"step": 20, "recent_error": second}],
              label=f"Plain-20 seed {seed}", arm="Plain-20")
        for seed, (first, second) in enumerate(errors)
    ]  # fmt: skip


def test_errors_are_percent_training_thin_and_validation_bold():
    drawn = traces(error_curves([plain()]))
    training, validation = drawn["Plain-20 training"], drawn["Plain-20 validation"]
    assert (training["x"], training["y"]) == ([10, 20, 30], [90.0, 75.5, 20.0])
    assert (validation["x"], validation["y"]) == ([20], [50.0])
    assert validation["line"]["width"] > 2 * training["line"]["width"]
    assert training["line"]["color"] == validation["line"]["color"] == "#D55E00"


def test_a_loss_that_overflowed_leaves_the_other_points():
    drawn = traces(loss_curves([plain()]))
    assert drawn["Plain-20 training"]["y"] == [2.3, 1.25]
    assert drawn["Plain-20 validation"]["y"] == [1.5]


def test_the_learning_rate():
    (trace,) = rate_curves([plain()])["data"]
    assert (trace["name"], trace["y"]) == ("Plain-20", [0.1, 0.1, 0.01])


def test_the_learning_rates_note_says_what_the_other_curves_say_and_nothing_of_smoothing():
    figure = rate_curves([RunCurves("unknown", "plain", 8, ROWS, "arm", 64)], CurveView("macs", smooth=0.5, seeds="range"))
    note = figure["layout"]["title"]["subtitle"]["text"]
    for words in ("of the step just made", "mean of the seeds", "band: least to greatest", "MACs: 3 ×", "so not drawn: unknown"):
        assert words in note
    assert "moving average" not in note and "bold" not in note


@pytest.mark.parametrize(
    "axis, x, title",
    [
        ("step", [10, 20, 30], "optimiser step"),
        ("epoch", [0.5, 1, 1.5], "epoch"),
        ("time", [2.0, 4.5, 6.5], "training time (s)"),
        ("macs", [3 * 1000 * 64 * step for step in (10, 20, 30)], "multiply-adds (MACs)"),
    ],
)
def test_the_x_axis_is_one_of_four(axis, x, title):
    figure = error_curves([plain(batch=64, macs=1000)], CurveView(x=axis))
    assert traces(figure)["Plain-20 training"]["x"] == x
    assert figure["layout"]["xaxis"]["title"]["text"] == title


def test_a_run_that_did_not_record_the_axis_is_named_and_the_others_are_drawn():
    old = plain([{"step": 10, "recent_error": 0.5}], label="Plain-32")
    figure = error_curves([plain(), old], CurveView(x="time"))
    assert traces(figure)["Plain-32 training"]["x"] == [None]
    assert "without training time (s), so not drawn: Plain-32" in figure["layout"]["title"]["subtitle"]["text"]
    assert "not drawn" not in error_curves([plain(), old])["layout"]["title"]["subtitle"]["text"]


def test_the_convention_of_multiply_adds_is_on_the_chart():
    note = error_curves([plain(batch=64, macs=1000)], CurveView(x="macs"))["layout"]["title"]["subtitle"]["text"]
    assert "3 × those of a forward pass × images seen" in note


def test_log_axes():
    layout = error_curves([plain()], CurveView(log="xy"))["layout"]
    assert layout["xaxis"]["type"] == layout["yaxis"]["type"] == "log"
    layout = error_curves([plain()], CurveView(log="y"))["layout"]
    assert (layout["xaxis"]["type"], layout["yaxis"]["type"]) == ("linear", "log")


def test_smoothing_keeps_the_raw_line_faint_and_leaves_the_validation_alone():
    drawn = traces(error_curves([plain()], CurveView(smooth=0.5)))
    assert drawn["Plain-20 training"]["y"] == pytest.approx([90, (22.5 + 37.75) / 0.75, (11.25 + 18.875 + 10) / 0.875], rel=1e-4)
    raw = drawn["Plain-20 training, not smoothed"]
    assert raw["y"] == [90.0, 75.5, 20.0]
    assert raw["opacity"] < 0.5 and not raw["showlegend"] and raw["hoverinfo"] == "skip" and not raw["hovertemplate"]
    assert drawn["Plain-20 validation"]["y"] == [50.0]


def test_seeds_are_drawn_one_by_one_in_the_look_of_their_arm():
    drawn = traces(error_curves(seeds((0.5, 0.4), (0.7, 0.6))))
    assert {"Plain-20 seed 0 training", "Plain-20 seed 1 training"} < set(drawn)
    assert {trace["line"]["dash"] for trace in drawn.values()} == {"solid"}


def test_seeds_taken_together_are_a_mean_and_a_band_that_says_what_it_is():
    figure = error_curves(seeds((0.5, 0.4), (0.7, 0.6), (0.9, 0.2)), CurveView(seeds="range"))
    drawn = traces(figure)
    assert drawn["Plain-20 training, n = 3"]["y"] == [70.0, 40.0]
    assert drawn["Plain-20 training, band from"]["y"] == [50.0, 20.0]
    assert drawn["Plain-20 training, band to"]["y"] == [90.0, 60.0]
    assert drawn["Plain-20 training, band to"]["fill"] == "tonexty"
    assert "least to greatest" in figure["layout"]["title"]["subtitle"]["text"]
    spread = traces(error_curves(seeds((0.5, 0.4), (0.7, 0.6), (0.9, 0.2)), CurveView(seeds="sd")))
    assert spread["Plain-20 training, band from"]["y"] == pytest.approx([50.0, 20.0])


def test_one_seed_has_no_band_but_its_n():
    assert list(traces(error_curves(seeds((0.5, 0.4)), CurveView(seeds="range")))) == [
        "Plain-20 training, n = 1",
        "Plain-20 validation, n = 1",
    ]


def test_another_seed_changes_the_name_but_not_the_identity_of_the_line():
    first, second = (error_curves(seeds(*[(0.5, 0.4)] * n), CurveView(seeds="range"))["data"][-1] for n in (1, 2))
    assert first["name"] != second["name"] and first["uid"] == second["uid"]


def test_one_colour_a_family_and_a_dash_for_the_shallower():
    figure = error_curves([RunCurves("Residual-20", "residual", 20, ROWS), RunCurves("Residual-56", "residual", 56, ROWS)])
    drawn = traces(figure)
    assert {trace["line"]["color"] for trace in figure["data"]} == {"#0072B2"}
    assert drawn["Residual-56 training"]["line"]["dash"] == "solid"
    assert drawn["Residual-20 training"]["line"]["dash"] == "dash"


def test_a_run_without_rows_keeps_its_traces_so_that_the_legend_does_not_jump():
    drawn = traces(error_curves([plain([])]))
    assert list(drawn) == ["Plain-20 training", "Plain-20 validation"]
    assert all(trace["x"] == [None] and trace["y"] == [None] for trace in drawn.values())
    assert len(error_curves([plain([])], CurveView(smooth=0.5, seeds="sd"))["data"]) == 3


def test_no_runs_is_an_empty_chart_with_title_and_units():
    for figure, unit in ((error_curves([]), "error (%)"), (loss_curves([]), "cross-entropy (nats)")):
        assert not figure["data"]
        assert figure["layout"]["title"]["text"]
        assert figure["layout"]["yaxis"]["title"]["text"] == unit
        assert figure["layout"]["xaxis"]["title"]["text"] == "optimiser step"


def test_a_long_run_is_thinned_but_keeps_its_wildest_step():
    rows = [{"step": step, "loss": 1.0, "recent_error": 0.9 if step == 33330 else 0.5} for step in range(10, 1_000_001, 10)]
    drawn = traces(error_curves([plain(rows)]))["Plain-20 training"]
    assert len(drawn["x"]) <= MOST_POINTS
    assert drawn["x"][-1] == 1_000_000
    assert drawn["y"][drawn["x"].index(33330)] == 90.0


def test_the_row_of_a_validation_stands_for_its_step():
    rows = [{"step": 10, "recent_error": 0.5}, {"step": 20, "recent_error": 0.4}, {"step": 20, "recent_error": 0.3, "val_error": 0.2}]
    assert traces(error_curves([plain(rows)]))["Plain-20 training"]["y"] == [50.0, 30.0]


@pytest.mark.parametrize("value", ["high", None, True, [1]])
def test_foreign_values_are_passed_over(value):
    rows = [{"step": 10, "recent_error": value}, {"step": value, "recent_error": 0.1}, {"step": 20, "recent_error": 0.4}]
    assert traces(error_curves([plain(rows)]))["Plain-20 training"]["x"] == [20]
