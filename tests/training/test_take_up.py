"""What a recorder takes up from a run folder: no row twice, no other pictures, and a pause that is heard while planning."""

import pytest

from explorer.runs.folder import create
from explorer.runs.series import read_metrics
from explorer.runs.writer import RunWriter
from explorer.training.job import Recorder
from explorer.training.loop import train

NETWORK = "cifar/basic-8?width=4&input=8&classes=2"


class Control:
    """Nobody asks for anything."""

    def breathe(self):
        return False

    def wait_while_paused(self):
        raise AssertionError("nobody paused")

    def show(self, **fields):
        pass


@pytest.fixture
def make_recorder(make_trainer):
    """A recorder of a fresh trainer, as a new process would have it, on the same run."""
    run = create(NETWORK, make_trainer().recipe.model_dump(), 0)
    return lambda control=None, **changes: Recorder(run, make_trainer(NETWORK, **changes), RunWriter(run.folder), control or Control())


def test_a_pause_while_steps_are_planned_is_heard_at_the_next_step(make_recorder):
    class Pausing(Control):
        heard = pauses = 0

        def breathe(self):
            self.heard += 1
            return self.heard == 2

        def wait_while_paused(self):
            self.pauses += self.heard == 2

    control = Pausing()
    recorder = make_recorder(control, seconds=1)
    recorder.take_up()
    assert control.pauses == 1 and control.heard > 2 and recorder.trainer.total_steps >= 1


def test_a_kill_between_a_validations_row_and_the_next_checkpoint_leaves_no_row_twice(make_recorder, monkeypatch):
    first = make_recorder()
    first.take_up()
    monkeypatch.setattr(first, "breathe", lambda trainer: trainer.is_due_for_validation() and first._save())

    def killed(trainer):
        raise InterruptedError

    monkeypatch.setattr(first, "validated", killed)
    with pytest.raises(InterruptedError):
        train(first.trainer, first)
    assert [row["step"] for row in read_metrics(first.run) if "val_error" in row] == [9]
    second = make_recorder()
    second.take_up()
    assert (second.trainer.steps_done, second.trainer.validated_at) == (9, 0)
    train(second.trainer, second)
    assert [row["step"] for row in read_metrics(second.run) if "val_error" in row] == [9, 18]
