"""A time budget becomes a number of steps once, and nothing that was tried for it is left."""

import pytest
import torch

from explorer.training.budget import plan_steps, steps_within
from explorer.training.checkpoint import restore_checkpoint, save_checkpoint
from explorer.training.loop import train


@pytest.mark.parametrize(
    ("budget", "step", "validation", "every", "steps"),
    [
        (10.0, 0.1, 0.0, 1000, 100),
        (10.0, 0.1, 1.0, 1000, 90),  # the last validation too
        (10.0, 0.1, 1.0, 15, 60),  # 4 epochs of 1.5 + 1 s
        (11.7, 0.1, 1.0, 15, 67),  # and 0.7 s of steps with a last validation
        (10.9, 0.1, 1.0, 15, 60),  # nothing fits before another validation
        (0.5, 2.0, 1.0, 10, 1),  # at least one
    ],
)
def test_the_steps_fill_the_time_that_validations_leave(budget, step, validation, every, steps):
    assert steps_within(budget, step, validation, every) == pytest.approx(steps, abs=1 if steps > 1 else 0)


def state(trainer):
    return [*trainer.net.state_dict().values(), *trainer.sgd.velocities, trainer.loss_sum, trainer.wrong]


def test_planning_leaves_the_trainer_bit_for_bit_as_it_was(make_trainer, listener):
    network = "cifar/basic-8?width=4&input=8&classes=2&dropout=0.3"
    trainer, fresh, breaths = make_trainer(network, seconds=1), make_trainer(network), []
    steps = plan_steps(trainer, lambda: breaths.append(1))
    assert all(torch.equal(a, b) for a, b in zip(state(trainer), state(fresh), strict=True))
    assert (trainer.steps_done, trainer.total_steps, trainer.seconds, trainer.seen) == (0, 0, 0, 0)
    assert steps > 1 and len(breaths) >= 5
    trainer.total_steps = fresh.total_steps = 13
    train(trainer, first := listener())
    train(fresh, second := listener())
    assert all(torch.equal(a, b) for a, b in zip(state(trainer), state(fresh), strict=True))
    assert first.signal_rows == second.signal_rows


def test_a_stop_while_planning_leaves_the_trainer_as_it_was(make_trainer):
    trainer, fresh = make_trainer(seconds=1), make_trainer()

    def stop():
        raise InterruptedError

    with pytest.raises(InterruptedError):
        plan_steps(trainer, stop)
    assert all(torch.equal(a, b) for a, b in zip(state(trainer), state(fresh), strict=True))


def test_a_resume_keeps_to_the_plan(make_trainer, tmp_path):
    trainer = make_trainer(seconds=3)
    trainer.total_steps = 77
    save_checkpoint(trainer, tmp_path / "last.pt")
    resumed = make_trainer(seconds=3)
    assert restore_checkpoint(resumed, tmp_path / "last.pt") and resumed.total_steps == 77


def test_a_budget_of_two_seconds_is_kept_about(make_trainer, listener):
    trainer = make_trainer(seconds=2)
    trainer.total_steps = plan_steps(trainer, lambda: None)
    train(trainer, heard := listener())
    assert heard.rows[-1]["step"] == trainer.total_steps and "val_error" in heard.rows[-1]
    assert 0.4 < heard.rows[-1]["seconds"] < 10  # other work on the machine comes and goes
