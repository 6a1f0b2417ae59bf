import errno
import os
import resource
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.training.checkpoint import CheckpointError, restore_checkpoint, save_checkpoint
from explorer.training.loop import ROW_EVERY_STEPS, train


def state(trainer):
    return [*trainer.net.state_dict().values(), *trainer.sgd.velocities]


def as_recorded(heard):
    """All that follows from seed and recipe: the regular rows without what the clock says, and every signal."""
    clocks = ("images_per_second", "seconds")
    rows = [row for row in heard.rows if row["step"] % ROW_EVERY_STEPS == 0 or "val_error" in row]
    return [{name: value for name, value in row.items() if name not in clocks} for row in rows], heard.signal_rows


RECIPES = {
    "float32": {"precision": "fp32"},
    "bfloat16": {"precision": "bf16"},
    "everything": {"precision": "bf16", "label_smoothing": 0.1, "clip": 0.5, "decay_norm": False, "steps": 23, "schedule": "steps"},
}


@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(breaths=st.integers(0, 26), kind=st.sampled_from(sorted(RECIPES)))
def test_a_training_interrupted_anywhere_ends_bit_for_bit_as_an_uninterrupted_one(make_trainer, listener, tmp_path, breaths, kind):
    network, recipe = "cifar/basic-8?width=4&input=8&classes=2&dropout=0.3", {"probe_every": 5} | RECIPES[kind]
    whole, heard = make_trainer(network, **recipe), listener()
    train(whole, heard)
    first, before = make_trainer(network, **recipe), listener(breaths)
    with suppress(InterruptedError):  # the last moments are after the end
        train(first, before)
    save_checkpoint(first, tmp_path / "last.pt")
    second, after = make_trainer(network, **recipe), listener()
    assert restore_checkpoint(second, tmp_path / "last.pt") and second.seconds == first.seconds
    train(second, after)
    assert all(torch.equal(a, b) for a, b in zip(state(whole), state(second), strict=True))
    rows, signals = zip(as_recorded(before), as_recorded(after), strict=True)
    assert (rows[0] + rows[1], signals[0] + signals[1]) == as_recorded(heard)
    assert second.best == whole.best and second.steps_done == whole.steps_done
    for path in tmp_path.iterdir():
        path.unlink()


def test_without_a_checkpoint_nothing_is_restored(make_trainer, tmp_path):
    assert restore_checkpoint(make_trainer(), tmp_path / "last.pt") is False


def damages(content):
    yield from (content[:size] for size in (0, 3, 10, len(content) // 2, len(content) - 1))
    for place in (20, len(content) // 3, len(content) - 2):
        yield content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_a_damaged_checkpoint_is_refused_with_a_sentence(make_trainer, tmp_path):
    trainer, path = make_trainer(), tmp_path / "last.pt"
    save_checkpoint(trainer, path)
    for content in damages(path.read_bytes()):
        path.write_bytes(content)
        with pytest.raises(CheckpointError, match="cannot be taken up .* delete it to begin anew"):
            restore_checkpoint(make_trainer(), path)


def test_the_last_good_one_is_taken_up_where_the_newest_is_damaged_or_gone(make_trainer, listener, tmp_path, capsys):
    trainer, path = make_trainer(), tmp_path / "last.pt"
    trainer.step()
    save_checkpoint(trainer, path)
    kept = [value.clone() for value in state(trainer)]
    trainer.step()
    save_checkpoint(trainer, path)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["last.pt", "previous.pt"]
    for content in damages(path.read_bytes()):
        path.write_bytes(content)
        taken = make_trainer()
        assert restore_checkpoint(taken, path) and taken.steps_done == 1
        assert all(torch.equal(a, b) for a, b in zip(state(taken), kept, strict=True))
        assert "last.pt cannot be taken up" in capsys.readouterr().out
    path.unlink()  # as a kill between the two moves leaves it
    assert restore_checkpoint(taken := make_trainer(), path) and taken.steps_done == 1
    save_checkpoint(taken, path)
    assert restore_checkpoint(make_trainer(), path)


@pytest.mark.parametrize(
    "error", [torch.OutOfMemoryError("CUDA out of memory."), RuntimeError("DefaultCPUAllocator: can't allocate memory"), MemoryError()]
)
def test_a_good_checkpoint_is_not_blamed_for_too_little_memory(make_trainer, tmp_path, monkeypatch, error):
    save_checkpoint(make_trainer(), tmp_path / "last.pt")

    def load(*args, **options):
        raise error

    monkeypatch.setattr("explorer.training.checkpoint.torch.load", load)
    with pytest.raises(type(error)) as caught:
        restore_checkpoint(make_trainer(), tmp_path / "last.pt")
    assert caught.value is error


def test_a_checkpoint_that_cannot_be_read_is_not_to_be_deleted(make_trainer, tmp_path, monkeypatch):
    save_checkpoint(make_trainer(), tmp_path / "last.pt")

    def refuse(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)  # a mode would not keep out root
    with pytest.raises(CheckpointError, match=r"last.pt cannot be read \(Permission denied\)") as caught:
        restore_checkpoint(make_trainer(), tmp_path / "last.pt")
    assert "delete" not in str(caught.value)


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
