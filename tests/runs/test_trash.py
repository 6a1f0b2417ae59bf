"""Deleting is undone for a day, and what is active is not deleted."""

import time

import pytest

from explorer.machine.folders import runs_folder
from explorer.runs.errors import RunError
from explorer.runs.folder import create, list_runs, open_run
from explorer.runs.trash import KEPT_SECONDS, delete, empty_trash, restore, trashed
from explorer.runs.writer import RunWriter


@pytest.fixture
def ended(run):
    RunWriter(run.folder).status(state="finished")
    (run.folder / "checkpoints" / "final.safetensors").write_bytes(b"weights")
    return run


def test_a_deleted_run_is_gone_from_the_list_and_comes_back_as_it_was(ended):
    other = create("cifar/plain-56", {}, 0)
    delete(ended)
    assert list_runs() == [other]
    with pytest.raises(RunError, match="There is no run"):
        open_run(ended.id)
    assert [one.id for one in trashed()] == [ended.id]
    assert restore(ended.id) == ended
    assert (ended.folder / "checkpoints" / "final.safetensors").read_bytes() == b"weights"
    assert list_runs() == [other, ended] and trashed() == []


def test_deleting_twice_and_restoring_twice(ended):
    delete(ended)
    delete(ended)  # another browser's button
    restore(ended.id)
    with pytest.raises(RunError, match="There is no deleted run"):
        restore(ended.id)
    delete(ended)
    assert [one.id for one in trashed()] == [ended.id]


def test_a_name_that_is_taken_is_not_overwritten(ended):
    delete(ended)
    ended.folder.mkdir()
    with pytest.raises(RunError, match="There is a run .* already"):
        restore(ended.id)
    assert len(trashed()) == 1


def test_after_a_day_it_is_gone_for_good(ended, monkeypatch):
    later = create("cifar/plain-56", {}, 0)
    RunWriter(later.folder).status(state="finished")
    delete(ended)
    now = time.time()
    monkeypatch.setattr("explorer.runs.trash.time.time", lambda: now + KEPT_SECONDS + 1)
    delete(later)
    assert [one.id for one in trashed()] == [later.id]
    assert empty_trash() == 1
    assert trashed() == [] and sorted(path.name for path in runs_folder().iterdir()) == [".trash"]


def test_an_active_run_is_not_deleted(busy_run):
    with pytest.raises(RunError, match="is running: stop it before deleting it"):
        delete(busy_run)
    assert open_run(busy_run.id) == busy_run


def test_foreign_folders_in_the_trash_are_left_alone(ended, tmp_path):
    delete(ended)
    trash = runs_folder() / ".trash"
    for name in ("notes", "12.", "x.20261121-224301-plain-56-s0-ab12", "12.a b"):
        (trash / name).mkdir()
    (trash / "12.link").symlink_to(tmp_path)
    assert [one.id for one in trashed()] == [ended.id]
    assert empty_trash() == 1 and tmp_path.is_dir() and (trash / "notes").is_dir()


@pytest.mark.parametrize("run_id", ["", "..", "../runs", "nothing"])
def test_odd_names_are_not_restored(ended, run_id):
    delete(ended)
    with pytest.raises(RunError, match="There is no deleted run"):
        restore(run_id)
