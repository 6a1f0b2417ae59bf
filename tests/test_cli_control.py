"""`explorer runs pause|resume|stop|restart|move|queue|slots|delete|restore|trash`, in processes of their own."""

import os
import signal
import time

import pytest
from command_line import answer, explorer

from explorer.runs import queue
from explorer.runs.folder import create, list_runs, open_run
from explorer.runs.launcher import LocalLauncher
from explorer.runs.settings import runs_at_a_time
from explorer.runs.status import read_status
from explorer.runs.trash import trashed
from explorer.runs.writer import RunWriter
from explorer.training.recipe import Recipe
from explorer.training.start import start_runs


def wait_for(run, *states):
    deadline = time.monotonic() + 60
    while read_status(run).state not in states:
        assert time.monotonic() < deadline, read_status(run)
        time.sleep(0.05)


@pytest.fixture
def trained(monkeypatch):
    """A run that trains for long; ended with the test."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (run,) = start_runs(["cifar/basic-8?width=4&channels=1"], Recipe(epochs=5000, batch=250), launcher=LocalLauncher(1))
    wait_for(run, "running")
    yield run
    for one in list_runs():
        LocalLauncher().stop(one)
        wait_for(one, "finished", "stopped", "failed", "lost")


def test_pause_and_resume_a_kill_and_a_resume_a_stop_and_a_restart(trained):
    assert answer("runs", "pause", trained.id) == {"run": trained.id, "done": "asked to pause"}
    wait_for(trained, "paused")
    assert answer("runs", "resume", trained.id) == {"run": trained.id, "done": "goes on"}
    wait_for(trained, "running")
    os.kill(read_status(trained).pid, signal.SIGKILL)
    wait_for(trained, "lost")
    assert answer("runs", "resume", trained.id)["done"] == "goes on"
    wait_for(trained, "running")
    assert answer("runs", "stop", trained.id) == {"run": trained.id, "done": "asked to stop"}
    wait_for(trained, "stopped")
    again = answer("runs", "restart", trained.id)
    assert again["restarts"] == trained.id != again["run"]
    assert open_run(again["run"]).config.model_dump(exclude={"created", "group"}) == trained.config.model_dump(exclude={"created", "group"})


def test_resume_waits_until_the_end_if_asked(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    (run,) = start_runs(["cifar/basic-8?width=4&channels=1"], Recipe(steps=400, batch=20))
    LocalLauncher().stop(run)
    wait_for(run, "stopped", "finished")
    (row,) = answer("runs", "resume", run.id, "--wait")
    assert (row["run"], row["state"], row["steps"]) == (run.id, "finished", 400)


def waiting():
    """Two runs of this process that wait for a slot."""
    runs = [create(f"cifar/plain-{depth}", {}, 0) for depth in (20, 32)]
    for run in runs:
        RunWriter(run.folder).status(state="queued")
        queue.enter(run, "cpu")
    return runs


def test_the_queue_and_its_order():
    first, second = waiting()
    assert answer("runs", "queue") == [{"run": first.id, "place": 1}, {"run": second.id, "place": 2}]
    assert answer("runs", "move", second.id, "first") == {"run": second.id, "place": 1}
    assert explorer("runs", "queue").stdout == f"  1  {second.id}\n  2  {first.id}\n"
    refused = explorer("runs", "move", first.id, "sideways")
    assert refused.returncode == 2 and "can be moved first, up, down, last" in refused.stderr


def test_delete_several_and_restore_one():
    runs = [create("cifar/plain-20", {}, seed) for seed in range(3)]
    for run in runs:
        RunWriter(run.folder).status(state="finished")
    assert answer("runs", "delete", runs[0].id, runs[1].id) == [{"run": run.id, "done": "deleted"} for run in runs[:2]]
    assert list_runs() == [runs[2]]
    assert sorted(row["run"] for row in answer("runs", "trash")) == sorted(run.id for run in runs[:2])
    assert answer("runs", "restore", runs[1].id) == {"run": runs[1].id, "done": "restored"}
    assert answer("runs", "trash", "--empty") == {"removed": 1}
    assert trashed() == [] and list_runs() == [runs[2], runs[1]]
    refused = explorer("runs", "restore", runs[0].id)
    assert refused.returncode == 2 and "There is no deleted run" in refused.stderr


def test_what_one_run_refuses_does_not_keep_the_others_from_it():
    busy, ended = create("cifar/plain-20", {}, 0), create("cifar/plain-20", {}, 1)
    RunWriter(busy.folder).status(state="running")
    RunWriter(ended.folder).status(state="finished")
    refused = explorer("runs", "delete", busy.id, ended.id)
    assert refused.returncode == 2 and "is running: stop it before deleting it" in refused.stderr
    assert list_runs() == [busy]
    refused = explorer("runs", "delete", busy.id, "no-such-run")
    assert "There is no run 'no-such-run'" in refused.stderr
    assert explorer("runs", "pause", ended.id).returncode == 2


def test_how_many_run_at_a_time():
    default = answer("runs", "slots", "--device", "cpu")
    assert default["slots"] == default["default"] and default["chosen"] is None
    assert answer("runs", "slots", "7", "--device", "cpu")["slots"] == 7 == runs_at_a_time("cpu")
    assert answer("runs", "slots", "default", "--device", "cpu") == default
    for wrong in (["0"], ["many"], ["65"], ["2", "--device", "tpu"]):
        assert explorer("runs", "slots", *wrong).returncode == 2
