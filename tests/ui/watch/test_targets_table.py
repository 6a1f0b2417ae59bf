"""The table of how soon runs came down to an error."""

from explorer.ui.watch.labels import Subject
from explorer.ui.watch.targets import targets_table


def test_seeds_that_were_not_validated_yet_are_counted_among_the_seeds():
    subjects = [Subject(None, f"Plain-20 seed {seed}", "plain", 20, (), "Plain-20") for seed in range(3)]
    rows = [[{"step": 100, "seconds": 2.0, "val_error": 0.05, "train_error": 0.04}], [{"step": 100, "val_error": 0.5}], []]
    table = targets_table(subjects, rows, 0.1)
    assert "Plain-20</td><td>3</td><td>100, not reached by 1 of 2</td>" in table
