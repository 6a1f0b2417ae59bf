"""Worker processes: started, queued, stopped, lost; none disturbed by the end of what launched it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_runs import SMALL_WORKER

from explorer.machine.hardware import cores, device_kind
from explorer.machine.process import identity
from explorer.runs.control import read_request, request
from explorer.runs.errors import RunError
from explorer.runs.folder import create, list_runs, open_run
from explorer.runs.launcher import Capacity, LocalLauncher
from explorer.runs.series import read_metrics, tail_log
from explorer.runs.status import read_status
from explorer.runs.trash import delete

LONG = {"steps": 1000}


def states(runs):
    return [str(read_status(run).state) for run in runs]


def test_a_run_is_worked_through(launch, wait_until):
    _, (run,) = launch({"steps": 3})
    assert read_status(run).active
    wait_until(lambda: not read_status(run).active)
    status = read_status(run)
    assert (status.state, status.step, status.progress, status.reason) == ("finished", 3, 1.0, None)
    assert [row["step"] for row in read_metrics(run)] == [1, 2, 3]
    assert tail_log(run)[0] == "worker of cifar/plain-20"


def test_runs_beyond_the_slots_wait_and_go_on_in_their_order(launch, wait_until):
    launcher, runs = launch(*[{"steps": 4, "seconds": 0.1}] * 5, slots=2)
    assert launcher.capacity().slots == 2
    most = 0
    while any(read_status(run).active for run in runs):
        most = max(most, states(runs).count("running"))
        time.sleep(0.02)
    assert states(runs) == ["finished"] * 5
    assert most == 2
    begun = [read_status(run).started for run in runs]
    assert begun == sorted(begun)
    assert {read_status(run).latest["slot"] for run in runs} == {0, 1}
    assert launcher.capacity() == Capacity(2, 0, 0)


def test_a_running_and_a_queued_run_stop_within_two_seconds(launch, wait_until):
    launcher, runs = launch(LONG, LONG, slots=1)
    wait_until(lambda: states(runs) == ["running", "queued"] and read_status(runs[1]).pid_started)
    assert launcher.capacity() == Capacity(1, 1, 1)
    begin = time.monotonic()
    for run in runs[::-1]:
        launcher.stop(run)
    wait_until(lambda: states(runs) == ["stopped", "stopped"])
    assert time.monotonic() - begin < 2
    launcher.stop(runs[0])
    assert states(runs) == ["stopped", "stopped"]


def test_a_worker_that_does_not_listen_is_ended_within_two_seconds(launch, wait_until):
    launcher, (run,) = launch({**LONG, "deaf": True})
    wait_until(lambda: states([run]) == ["running"])
    begin, pid = time.monotonic(), read_status(run).pid
    launcher.stop(run)
    wait_until(lambda: states([run]) == ["stopped"])
    assert time.monotonic() - begin < 2
    assert identity(pid) is None


def test_a_killed_worker_is_lost_with_its_last_words_and_frees_its_slot(launch, wait_until):
    _, runs = launch({"die": 2, **LONG}, {"steps": 2}, slots=1)
    wait_until(lambda: not any(read_status(run).active for run in runs))
    assert states(runs) == ["lost", "finished"]
    assert tail_log(runs[0])[-1] == "about to die"
    assert len(read_metrics(runs[0])) == 1


def test_a_queued_run_that_is_killed_does_not_hold_up_the_next(launch, wait_until):
    _, runs = launch({"steps": 20}, LONG, {"steps": 2}, slots=1)
    wait_until(lambda: (runs[1].folder / "status.json").exists())
    os.kill(read_status(runs[1]).pid, signal.SIGKILL)
    wait_until(lambda: states(runs) == ["finished", "lost", "finished"])


def test_a_worker_that_never_speaks_is_lost(launch, wait_until):
    _, (run,) = launch({"mute": True})
    wait_until(lambda: states([run]) == ["lost"])
    assert tail_log(run) == ["worker of cifar/plain-20", "I say nothing"]


def test_an_ended_run_is_launched_again_and_an_active_one_is_not(launch, wait_until):
    launcher, (run,) = launch(LONG)
    wait_until(lambda: states([run]) == ["running"])
    with pytest.raises(RunError, match="is running already"):
        launcher.submit(run)
    launcher.stop(run)
    wait_until(lambda: states([run]) == ["stopped"])
    assert read_request(run) == "stop"
    launcher.submit(run)
    assert read_request(run) is None
    assert states([run])[0] in ("queued", "running")
    wait_until(lambda: states([run]) == ["running"])
    with pytest.raises(RunError, match="stop it before deleting"):
        delete(run)
    request(run, "stop")
    wait_until(lambda: states([run]) == ["stopped"])
    delete(run)
    assert list_runs() == []


LAUNCH_AND_WAIT = """
import sys
from explorer.runs.folder import create
from explorer.runs.launcher import LocalLauncher
launcher = LocalLauncher(1, [sys.executable, sys.argv[1]])
runs = [create("cifar/plain-20", {"steps": 8, "seconds": 0.1}, seed) for seed in (0, 1)]
for run in runs:
    launcher.submit(run)
print(*(run.id for run in runs), flush=True)
input()
"""


def test_runs_and_their_queue_outlive_what_launched_them(wait_until):
    small_worker = Path(__file__).with_name("small_worker.py")
    command = [sys.executable, "-c", LAUNCH_AND_WAIT, str(small_worker)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)
    runs = [open_run(run_id) for run_id in server.stdout.readline().split()]
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGKILL):
        os.killpg(server.pid, number)
    server.communicate()
    assert all(read_status(run).active for run in runs)
    wait_until(lambda: states(runs) == ["finished", "finished"])


def test_workers_leave_no_zombie(launch, wait_until):
    _, (run,) = launch({"steps": 1})
    pid = read_status(run).pid
    wait_until(lambda: states([run]) == ["finished"])
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"))


def test_a_worker_that_cannot_be_started_gets_a_sentence():
    run = create("cifar/plain-20", {}, 0)
    with pytest.raises(RunError, match="No process could be started for .*: No such file or directory"):
        LocalLauncher(1, ["/no/such/python"]).submit(run)


def test_a_folder_that_went_away_gets_a_sentence():
    run = create("cifar/plain-20", {}, 0)
    run.folder.rename(run.folder.with_name("elsewhere"))
    with pytest.raises(RunError, match="is not there any more"):
        LocalLauncher(1).submit(run)


def test_the_worker_is_told_of_its_launchers_slots_and_leads_a_session_of_its_own(wait_until):
    run = create("cifar/plain-20", {}, 0)
    told = "import os, sys; print(os.environ['EXPLORER_SLOTS'], os.getsid(0) == os.getpid(), sys.argv[1])"
    LocalLauncher(64, [sys.executable, "-c", told]).submit(run)
    wait_until(lambda: tail_log(run))
    assert tail_log(run) == [f"64 True {run.folder}"]


def test_the_threads_of_the_first_launch_are_those_of_every_later_one(launch, wait_until, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    _, (run,) = launch({"steps": 1}, slots=1)
    wait_until(lambda: states([run]) == ["finished"])
    assert (read_status(run).threads, read_status(run).device) == (cores(), device_kind())
    assert tail_log(run)[-1] == f"{cores()} threads on {device_kind()}"
    status = json.loads((run.folder / "status.json").read_text())
    (run.folder / "status.json").write_text(json.dumps(status | {"threads": 7}))
    LocalLauncher(64, SMALL_WORKER).submit(run)
    wait_until(lambda: states([run]) == ["finished"] and tail_log(run)[-1].startswith("7 threads"))
    assert read_status(run).threads == 7
