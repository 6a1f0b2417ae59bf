"""What the gradient profile and the heatmaps draw, to the cell."""

from explorer.figures.gradients import EARLY_WIDTH, LATE_WIDTH, MOST_COLUMNS, gradient_heatmaps, gradient_profile
from explorer.figures.series import GradientSeries

LAYERS = ("conv1", "layer1.0.conv1", "fc")
KINDS = ("conv", "conv", "linear")


def plain(**changes):
    fields = {"label": "Plain-20", "family": "plain", "layers": LAYERS, "kinds": KINDS, "depth": 20}
    measured = {"steps": (0, 10), "norms": ([100.0, 10.0, 1.0], [2.0, None, 0.0])}
    return GradientSeries(**fields | measured | changes)


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
    figure = gradient_profile([plain(steps=(), norms=())])
    assert figure.layout.title.subtitle.text == "no step measured yet"
    assert [(trace.name, trace.y) for trace in figure.data] == [("Plain-20", (None,))]


def test_heatmaps_share_one_logarithmic_colour_scale():
    figure = gradient_heatmaps([plain(), residual(norms=([1e4, 1.0, 1.0], [1.0, 1e-3, 1.0]))])
    assert [trace.coloraxis for trace in figure.data] == ["coloraxis", "coloraxis"]
    assert (figure.layout.coloraxis.cmin, figure.layout.coloraxis.cmax) == (-3.0, 4.0)
    first, second = figure.data
    assert first.x == (0, 10) and first.y == (1, 2, 3)
    assert [list(row) for row in first.z] == [[2.0, 0.301], [1.0, None], [0.0, None]]
    assert [list(row) for row in second.z] == [[4.0, 0.0], [0.0, -3.0], [0.0, 0.0]]
    assert [note.text for note in figure.layout.annotations] == ["Plain-20", "Residual-20"]


def test_the_colour_bar_says_that_it_is_logarithmic_and_spans_something_even_for_one_value():
    axis = gradient_heatmaps([plain(norms=([1.0, 1.0, 1.0], [1.0, 1.0, 1.0]))]).layout.coloraxis
    assert axis.colorbar.title.text == "log₁₀ ‖∂L/∂W‖₂"
    assert (axis.cmin, axis.cmax) == (0.0, 0.1)


def test_four_networks_make_two_rows_and_none_make_no_error():
    figure = gradient_heatmaps([plain(label=str(index)) for index in range(4)])
    assert [trace.xaxis for trace in figure.data] == ["x", "x2", "x3", "x4"]
    assert figure.layout.yaxis.domain[0] > figure.layout.yaxis3.domain[1]
    assert not gradient_heatmaps([]).data
    assert not gradient_profile([]).data


def test_any_number_of_networks_finds_room():
    for count in range(1, 13):
        assert len(gradient_heatmaps([plain(label=str(index)) for index in range(count)]).data) == count


def test_a_network_that_has_not_begun_keeps_its_panel():
    figure = gradient_heatmaps([plain(), residual(layers=(), kinds=(), steps=(), norms=())])
    assert [note.text for note in figure.layout.annotations] == ["Plain-20", "Residual-20"]
    assert figure.layout.yaxis2.range == (0.5, 20.5)
    assert figure.layout.yaxis.range is None


def test_a_long_run_has_a_limited_number_of_columns_ending_at_its_last_step():
    steps = tuple(range(0, 64001, 10))
    (trace,) = gradient_heatmaps([plain(steps=steps, norms=[[1.0, 2.0, 3.0]] * len(steps))]).data
    assert len(trace.x) <= MOST_COLUMNS
    assert trace.x[-1] == 64000
    assert len(trace.z) == 3 and all(len(row) == len(trace.x) for row in trace.z)
