"""What the error and loss curves draw, to the point."""

from explorer.figures.curves import MOST_POINTS, error_curves, loss_curves
from explorer.figures.series import RunCurves

ROWS = [
    {"step": 10, "epoch": 1, "loss": 2.3, "recent_error": 0.9},
    {"step": 20, "epoch": 1, "loss": 1.25, "recent_error": 0.755},
    {"step": 20, "epoch": 1, "loss": 1.25, "recent_error": 0.755, "val_error": 0.5, "val_loss": 1.5},
    {"step": 30, "epoch": 2, "loss": None, "recent_error": 0.2},
]


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_errors_are_percent_training_thin_and_validation_bold():
    drawn = traces(error_curves([RunCurves("Plain-20", "plain", 20, ROWS)]))
    training, validation = drawn["Plain-20 training"], drawn["Plain-20 validation"]
    assert (training.x, training.y) == ((10, 20, 20, 30), (90.0, 75.5, 75.5, 20.0))
    assert (validation.x, validation.y) == ((20,), (50.0,))
    assert validation.line.width > 2 * training.line.width
    assert training.line.color == validation.line.color == "#D55E00"


def test_a_loss_that_overflowed_leaves_the_other_points():
    drawn = traces(loss_curves([RunCurves("Plain-20", "plain", 20, ROWS)]))
    assert drawn["Plain-20 training"].y == (2.3, 1.25, 1.25)
    assert drawn["Plain-20 validation"].y == (1.5,)


def test_one_colour_a_family_and_a_dash_for_the_shallower():
    figure = error_curves([RunCurves("Residual-20", "residual", 20, ROWS), RunCurves("Residual-56", "residual", 56, ROWS)])
    drawn = traces(figure)
    assert {trace.line.color for trace in figure.data} == {"#0072B2"}
    assert drawn["Residual-56 training"].line.dash == "solid"
    assert drawn["Residual-20 training"].line.dash == "dash"


def test_a_run_without_rows_keeps_its_traces_so_that_the_legend_does_not_jump():
    drawn = traces(error_curves([RunCurves("Plain-56", "plain", 56, [])]))
    assert list(drawn) == ["Plain-56 training", "Plain-56 validation"]
    assert all(trace.x == (None,) and trace.y == (None,) for trace in drawn.values())


def test_no_runs_is_an_empty_chart_with_title_and_units():
    for figure, unit in ((error_curves([]), "error (%)"), (loss_curves([]), "cross-entropy (nats)")):
        assert not figure.data
        assert figure.layout.title.text
        assert figure.layout.yaxis.title.text == unit
        assert figure.layout.xaxis.title.text == "optimiser step"


def test_a_long_run_is_thinned_but_every_validation_stays():
    rows = [
        {"step": step, "loss": 1.0, "recent_error": 0.5} | ({"val_error": 0.4} if step % 400 == 0 else {})
        for step in range(10, 64001, 10)
    ]
    drawn = traces(error_curves([RunCurves("Plain-20", "plain", 20, rows)]))
    assert len(drawn["Plain-20 training"].x) <= MOST_POINTS
    assert drawn["Plain-20 training"].x[-1] == 64000
    assert drawn["Plain-20 validation"].x == tuple(range(400, 64001, 400))
