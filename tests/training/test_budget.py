"""A time budget becomes a number of steps once, and nothing that was tried for it is left."""

import pytest
import torch

from explorer.training.budget import plan_steps, steps_within
from explorer.training.checkpoint import restore_checkpoint, save_checkpoint
from explorer.training.loop import train


@pytest.mark.parametrize(
    ("budget", "step", "validation", "every", "steps"),
    [
        (10.0, 0.125, 0.0, 1000, 80),
        (10.0, 0.125, 1.0, 1000, 72),  # the last validation too
        (12.0, 0.125, 1.0, 16, 64),  # 4 epochs of 2 + 1 s
        (11.75, 0.125, 1.0, 16, 62),  # 3 of them, and 1.75 s of steps with a last validation
        (12.75, 0.125, 1.0, 16, 64),  # nothing fits before another validation
        (0.5, 2.0, 1.0, 10, 1),  # at least one
    ],
)
def test_the_steps_fill_the_time_that_validations_leave(budget, step, validation, every, steps):
    """Eighths of a second are exact in binary."""
    assert steps_within(budget, step, validation, every) == steps


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


@pytest.mark.parametrize("every", [0, 1, 2, 3, 10])
def test_what_is_timed_follows_on_one_another_but_for_one_move_to_a_probed_step(make_trainer, monkeypatch, every):
    """Pictures that are decoded ahead of a step are those of the next ones."""
    trainer, taken = make_trainer(seconds=1, probe_every=every), []
    at = trainer.batches.at
    monkeypatch.setattr(trainer.batches, "at", lambda step: taken.append(step) or at(step))
    plan_steps(trainer, lambda: None)
    moves = [(one, other) for one, other in zip(taken, taken[1:]) if other != one + 1]
    assert taken[0] == 0 and len(moves) <= (1 if every > 1 else 0)
    assert all(other == taken[-2] for _, other in moves)
    assert not every or every == 1 or taken[-1] % every == 0


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
