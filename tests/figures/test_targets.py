"""Steps and seconds to an error."""

from explorer.figures.targets import Reached, first_below, targets

ROWS = [
    {"step": 10, "train_error": 0.01},
    {"step": 50, "train_error": 0.6, "val_error": 0.5, "seconds": 5.0},
    {"step": 100, "train_error": 0.2, "val_error": 0.3, "seconds": 10.0},
    {"step": 150, "train_error": 0.3, "val_error": 0.2},
]


def test_the_first_validation_at_or_below():
    assert first_below(ROWS, "val_error", 0.3) == Reached(100, 10.0)
    assert first_below(ROWS, "val_error", 0.25) == Reached(150, None)
    assert first_below(ROWS, "val_error", 0.1) is None


def test_the_training_error_is_that_of_whole_epochs():
    assert first_below(ROWS, "train_error", 0.2) == Reached(100, 10.0)
    assert first_below(ROWS, "train_error", 0.05) is None


def test_seeds_that_never_got_there_count_and_those_not_yet_validated_do_not():
    (arm,) = targets({"Plain-20": [ROWS, ROWS[:2], ROWS[:1], []]}, "val_error", 0.3)
    assert (arm.reached, arm.count) == ([Reached(100, 10.0)], 2)
