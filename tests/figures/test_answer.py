"""The chart of a question's arms: their means with the band over seeds, training thin and validation bold."""

import pytest

from explorer.figures.answer import answer_chart
from explorer.figures.colours import FAMILY_COLOURS
from explorer.training.answers import Outcome, answer
from explorer.training.presets import PRESETS

OVERFITTING = PRESETS["overfitting"]


def asked(*errors_of_seeds, preset=PRESETS["degradation"], val=0.02):
    """An answer from the training errors of each arm, for each seed."""
    return answer(preset, [
        Outcome(arm.network, arm.label, seed, "finished", error, None if val is None else error + val)
        for seed, errors in enumerate(errors_of_seeds) for arm, error in zip(preset.arms, errors) if error is not None
    ])  # fmt: skip


def traces(figure):
    return {trace.name: trace for trace in figure.data}


def test_each_family_has_its_colour_and_training_is_thin():
    found = traces(answer_chart(asked((0.4, 0.02, 0.04, 0.03))))
    assert list(found) == ["residual, training", "residual, validation", "plain, training", "plain, validation"]
    for family in ("residual", "plain"):
        thin, bold = found[f"{family}, training"], found[f"{family}, validation"]
        assert thin.marker.color == bold.error_y.color == FAMILY_COLOURS[family]
        assert thin.error_y.thickness < bold.error_y.thickness and thin.marker.size < bold.marker.size
        assert (thin.offsetgroup, bold.offsetgroup) == ("training", "validation")


def test_the_mean_and_the_band_over_seeds():
    plain = traces(answer_chart(asked((0.4, 0.02, 0.04, 0.03), (0.2, 0.02, 0.06, 0.03))))["plain, training"]
    assert plain.x == ("Plain-20", "Plain-56") and plain.y == pytest.approx((5, 30))
    assert plain.error_y.array == pytest.approx((1, 10)) and plain.error_y.arrayminus == pytest.approx((1, 10))
    assert plain.customdata[1][0] == "30.0% (20.0% to 40.0%), n = 2"


def test_the_shortest_arm_stands_first_and_one_without_a_run_not_at_all():
    figure = answer_chart(asked((0.4, None, 0.04, 0.03)))
    assert figure.layout.xaxis.categoryarray == ("Residual-20", "Plain-20", "Plain-56")
    assert answer_chart(asked()).data == ()


def test_a_long_name_is_broken_into_lines():
    figure = answer_chart(asked((0.4, 0.3, 0.5, 0.04), preset=OVERFITTING))
    assert figure.layout.xaxis.categoryarray == (
        "Plain-20", "Plain-56 with ten<br>times the weight<br>decay", "Plain-56 with<br>dropout", "Plain-56")


def test_a_run_without_a_validation_error_has_its_training_error():
    found = traces(answer_chart(asked((0.4, 0.02, 0.04, 0.03), val=None)))
    assert found["plain, validation"].x == () and found["plain, training"].x == ("Plain-20", "Plain-56")
