import resource

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.training.checkpoint import CheckpointError, restore_checkpoint, save_checkpoint
from explorer.training.loop import train


def state(trainer):
    return [*trainer.net.state_dict().values(), *trainer.sgd.velocities]


def without_pace(rows):
    return {row["step"]: {key: value for key, value in row.items() if key not in ("images_per_second", "loss")} for row in rows}


@settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(breaths=st.integers(0, 22), bf16=st.booleans())
def test_a_training_interrupted_anywhere_ends_bit_for_bit_as_an_uninterrupted_one(
    make_trainer, listener, tmp_path, breaths, bf16
):
    precision = "bf16" if bf16 else "fp32"
    whole, heard = make_trainer(precision=precision), listener()
    train(whole, heard)
    first, before = make_trainer(precision=precision), listener(breaths)
    try:
        train(first, before)
    except InterruptedError:
        save_checkpoint(first, tmp_path / "last.pt")
    second, after = make_trainer(precision=precision), listener()
    (tmp_path / "last.pt").exists() and restore_checkpoint(second, tmp_path / "last.pt")
    train(second, after)
    assert all(torch.equal(a, b) for a, b in zip(state(whole), state(second), strict=True))
    assert without_pace(heard.rows) | without_pace(after.rows) == without_pace(heard.rows)
    assert second.best == whole.best and second.steps_done == whole.steps_done
    (tmp_path / "last.pt").unlink(missing_ok=True)


def test_without_a_checkpoint_nothing_is_restored(make_trainer, tmp_path):
    assert restore_checkpoint(make_trainer(), tmp_path / "last.pt") is False


def test_a_torn_checkpoint_is_refused_with_a_sentence(make_trainer, tmp_path):
    trainer, path = make_trainer(), tmp_path / "last.pt"
    save_checkpoint(trainer, path)
    content = path.read_bytes()
    for size in (0, 10, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:size])
        with pytest.raises(CheckpointError, match="cannot be taken up .* delete it to begin anew"):
            restore_checkpoint(make_trainer(), path)


def test_another_networks_checkpoint_is_refused(make_trainer, tmp_path):
    save_checkpoint(make_trainer(), tmp_path / "last.pt")
    with pytest.raises(CheckpointError, match="cannot be taken up"):
        restore_checkpoint(make_trainer("cifar/basic-14?width=4&input=8&classes=2"), tmp_path / "last.pt")


def test_a_checkpoint_that_cannot_be_written_leaves_the_old_one(make_trainer, tmp_path):
    """A limit on the size of files stands in for the full disk: the system refuses the write in the same place."""
    trainer, path = make_trainer(), tmp_path / "last.pt"
    save_checkpoint(trainer, path)
    old, limits = path.read_bytes(), resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(old) // 2, limits[1]))
    try:
        with pytest.raises(CheckpointError, match="could not be written .* is the disk full"):
            save_checkpoint(trainer, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]
