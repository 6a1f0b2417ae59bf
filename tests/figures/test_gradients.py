"""What the gradient profile draws, to the point."""

from explorer.figures.gradients import EARLY_WIDTH, LATE_WIDTH, gradient_profile
from explorer.figures.series import LayerValues

LAYERS = ("conv1", "layer1.0.conv1", "fc")
KINDS = ("conv", "conv", "linear")


def plain(**changes):
    fields = {"label": "Plain-20", "family": "plain", "layers": LAYERS, "kinds": KINDS, "depth": 20}
    measured = {"steps": (0, 10), "values": ([100.0, 10.0, 1.0], [2.0, None, 0.0])}
    return LayerValues(**fields | measured | changes)


def residual(**changes):
    return plain(**{"label": "Residual-20", "family": "residual"} | changes)


def test_a_live_profile_shows_the_latest_step_on_a_log_axis():
    figure = gradient_profile([plain()])
    (trace,) = figure.data
    assert trace.name == "Plain-20"
    assert trace.x == (1, 2, 3)
    assert trace.y == (2.0, None, None)  # neither a missing norm nor a zero has a place on a log axis
    assert trace.text == ("conv1 (conv)", "layer1.0.conv1 (conv)", "fc (linear)")
    assert figure.layout.yaxis.type == "log"
    assert "‖∂L/∂W‖" in figure.layout.yaxis.title.text
    assert "step (10)" in figure.layout.title.subtitle.text


def test_chosen_steps_are_drawn_thin_and_the_last_one_bold():
    figure = gradient_profile([plain()], steps=(0, 10))
    assert [(trace.name, trace.line.width, trace.y) for trace in figure.data] == [
        ("Plain-20, step 0", EARLY_WIDTH, (100.0, 10.0, 1.0)),
        ("Plain-20, step 10", LATE_WIDTH, (2.0, None, None)),
    ]


def test_panels_stand_side_by_side_on_one_axis_with_one_legend_entry_each():
    figure = gradient_profile(
        [plain(panel="with BN"), residual(panel="with BN"), plain(panel="without BN"), residual(panel="without BN")], (0,)
    )
    assert [note.text for note in figure.layout.annotations] == ["with BN", "without BN"]
    assert [trace.xaxis for trace in figure.data] == ["x", "x", "x2", "x2"]
    assert [trace.showlegend for trace in figure.data] == [True, True, False, False]
    assert len({trace.uid for trace in figure.data}) == 4
    assert figure.layout.yaxis2.matches == "y"
    assert figure.layout.yaxis.type == figure.layout.yaxis2.type == "log"


def test_nothing_measured_yet_is_said_and_keeps_the_traces():
    figure = gradient_profile([plain(steps=(), values=())])
    assert figure.layout.title.subtitle.text == "no step measured yet"
    assert [(trace.name, trace.y) for trace in figure.data] == [("Plain-20", (None,))]
