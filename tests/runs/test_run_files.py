"""Files that are read many times: once a change, and never an old content for a new one."""

import os
import time

import pytest

from explorer.machine.process import identity
from explorer.runs import files
from explorer.runs.errors import RunWriteError
from explorer.runs.files import read_model, write_json
from explorer.runs.folder import create, list_runs
from explorer.runs.listing import runs_and_states
from explorer.runs.run import RunConfig
from explorer.runs.settings import Settings
from explorer.runs.status import read_status
from explorer.runs.writer import RunWriter


@pytest.fixture
def reads(monkeypatch):
    """The files that were read."""
    seen, read = [], files._read_model
    monkeypatch.setattr(files, "_read_model", lambda path, model: seen.append(path.name) or read(path, model))
    return seen


def age(path, seconds=10.0):
    os.utime(path, (time.time() - seconds,) * 2)


def test_an_old_file_is_read_once_and_again_when_it_changed(tmp_path, reads):
    path = tmp_path / "settings.json"
    for count in (3, 4):
        write_json(path, {"runs_at_a_time": {"cpu": count}})
        age(path, 10.0 + count)
        del reads[:]
        assert [read_model(path, Settings).runs_at_a_time["cpu"] for _ in range(5)] == [count] * 5
        assert reads == ["settings.json"]
    path.unlink()
    assert read_model(path, Settings) is None


def test_a_file_just_written_is_read_every_time(tmp_path, reads):
    """Two writes within a tick of the clock, of one length, perhaps on the same inode: their times do not tell them apart."""
    path = tmp_path / "settings.json"
    for count in (3, 4, 5, 6):
        path.write_text(f'{{"runs_at_a_time": {{"cpu": {count}}}}}')
        os.utime(path, ns=(10**18 + 4 * 10**18,) * 2)  # the future: a clock that was set back
        assert read_model(path, Settings).runs_at_a_time == {"cpu": count}
    assert len(reads) == 4


def test_two_models_of_one_file_are_kept_apart(tmp_path):
    path = tmp_path / "both.json"
    write_json(path, {"runs_at_a_time": {}, "network": "cifar/plain-20", "recipe": {}, "seed": 0, "created": 1.0})
    age(path)
    for _ in range(2):
        assert isinstance(read_model(path, Settings), Settings) and isinstance(read_model(path, RunConfig), RunConfig)


def test_listing_ended_runs_again_reads_none_of_their_files(reads):
    for seed in range(5):
        run = create("cifar/plain-20", {}, seed)
        RunWriter(run.folder).status(state="finished")
        for file in run.folder.glob("*.json"):
            age(file)
    first = [(run, read_status(run)) for run in list_runs()]
    assert sorted(reads) == ["run.json"] * 5 + ["status.json"] * 5
    del reads[:]
    assert [(run, read_status(run)) for run in list_runs()] == first
    assert reads == []


def test_an_ended_run_that_is_left_alone_is_not_looked_at_until_it_is_launched_again(reads):
    run = create("cifar/plain-20", {}, 0)
    RunWriter(run.folder).status(state="finished", pid=1)
    assert [status.state for _, status in runs_and_states()] == ["finished"]
    for path in (*run.folder.glob("*.json"), run.folder):
        age(path)
    runs_and_states()
    del reads[:]
    assert [(one.id, status.state) for one, status in runs_and_states()] == [(run.id, "finished")]
    assert reads == []
    write_json(run.folder / "launch.json", {"pid": os.getpid(), "pid_started": identity(os.getpid()), "time": time.time() + 1})
    assert [status.state for _, status in runs_and_states()] == ["queued"]
    RunWriter(run.folder).status(state="running")
    assert [status.state for _, status in runs_and_states()] == ["running"]
    run.folder.rename(run.folder.with_name(".gone"))
    assert runs_and_states() == []


def test_runs_and_states_are_what_the_runs_say_one_by_one(reads):
    runs = [create("cifar/plain-20", {}, seed) for seed in range(4)]
    for run, state in zip(runs, ("finished", "running", "failed", "paused")):
        RunWriter(run.folder).status(state=state)
    assert runs_and_states() == [(run, read_status(run)) for run in list_runs()]


def test_what_is_kept_has_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(files, "MOST_KEPT", 3)
    files._kept.clear()
    for number in range(10):
        write_json(path := tmp_path / f"{number}.json", {})
        age(path)
        assert read_model(path, Settings) == Settings()
        assert len(files._kept) <= 3


def test_a_file_that_cannot_be_replaced_stays(tmp_path):
    path = tmp_path / "kept.json"
    path.mkdir()
    with pytest.raises(RunWriteError):
        write_json(path, {})
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.json"]
