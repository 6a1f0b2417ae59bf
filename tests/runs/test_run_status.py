"""The state a run really is in: never running when its process is not."""

import json
import os
import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.machine.process import identity
from explorer.runs.control import request
from explorer.runs.folder import open_run
from explorer.runs.run import Run
from explorer.runs.status import LAUNCH_SECONDS, State, Status, read_status

ACTIVE = ("queued", "starting", "running", "paused")
ENDED = ("finished", "stopped", "failed", "lost")
US = os.getpid(), identity(os.getpid())


def write(run, name, **fields):
    (run.folder / name).write_text(json.dumps(fields))


def launched(run, who, seconds_ago=0.0):
    write(run, "launch.json", pid=who[0], pid_started=who[1], time=time.time() - seconds_ago)


def status_of(run, who, state, **fields):
    write(run, "status.json", state=state, pid=who[0], pid_started=who[1], heartbeat=time.time(), **fields)


def old(run):
    """The same run, created long ago."""
    described = json.loads((run.folder / "run.json").read_text())
    write(run, "run.json", **{**described, "created": described["created"] - LAUNCH_SECONDS - 1})
    return open_run(run.id)


def test_the_four_active_states():
    assert [state.value for state in State if state.active] == list(ACTIVE)


def test_a_new_run_is_queued_until_its_launcher_had_its_time(run):
    assert read_status(run) == Status(state="queued")
    late = read_status(old(run))
    assert (late.state, late.reason) == ("lost", "It was never started.")


def test_a_run_whose_folder_is_gone_is_lost(run):
    run.folder.rename(run.folder.with_name("elsewhere"))
    assert read_status(run) == Status(state="lost", reason="Its folder is gone.")


@pytest.mark.parametrize("state", ACTIVE)
def test_an_active_state_needs_its_process(run, gone, state):
    status_of(run, US, state, step=7)
    assert (read_status(run).state, read_status(run).step) == (state, 7)
    status_of(run, gone, state, step=7)
    found = read_status(run)
    assert (found.state, found.step, found.ended) == ("lost", 7, found.heartbeat)
    assert found.reason.startswith("Its process ended without a word")


@pytest.mark.parametrize("state", ENDED)
def test_an_ended_state_needs_no_process(run, gone, state):
    status_of(run, gone, state, reason="said so")
    assert (read_status(run).state, read_status(run).reason) == (state, "said so")


def test_a_zombie_is_gone(run):
    zombie = subprocess.Popen([sys.executable, "-c", "import os; os.read(0, 1)"], stdin=subprocess.PIPE)
    who = zombie.pid, identity(zombie.pid)
    status_of(run, who, "running")
    assert read_status(run).state == "running"
    zombie.stdin.close()
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has fetched it yet
    assert os.path.exists(f"/proc/{zombie.pid}") or sys.platform != "linux"
    assert read_status(run).state == "lost"
    zombie.wait()


def test_another_process_with_the_same_number_is_not_the_worker(run):
    status_of(run, (os.getpid(), "12345@another"), "running")
    assert read_status(run).state == "lost"
    status_of(run, (os.getpid(), None), "running")
    assert read_status(run).state == "lost"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux names its boots")
def test_a_restart_of_the_computer_is_told(run):
    start, _, _ = US[1].partition("@")
    status_of(run, (os.getpid(), f"{start}@00000000-another-boot"), "running")
    assert read_status(run).reason == "The computer was restarted while it ran."


def test_a_run_that_was_to_stop_and_whose_process_is_gone_is_stopped(run, gone):
    status_of(run, gone, "running")
    request(run, "stop")
    assert (read_status(run).state, read_status(run).active) == ("stopped", False)


def test_a_launched_worker_that_has_not_spoken_is_queued_or_lost(run, gone):
    launched(run, US)
    assert (read_status(run).state, read_status(run).pid) == ("queued", os.getpid())
    launched(run, gone)
    assert read_status(run).state == "lost"


def test_a_launch_after_the_last_word_makes_an_ended_run_active_again(run, gone):
    status_of(run, gone, "stopped", step=5, reason="as asked", ended=time.time())
    launched(run, US, seconds_ago=-1)
    again = read_status(run)
    assert (again.state, again.step, again.reason, again.ended) == ("queued", 5, None, None)
    launched(run, gone, seconds_ago=100)
    assert read_status(run).state == "stopped"


def test_a_worker_quicker_than_its_launcher_keeps_its_state(run, gone):
    status_of(run, gone, "finished")
    write(run, "launch.json", pid=gone[0], pid_started=None, time=time.time() + 1)
    assert read_status(run).state == "finished"


def test_the_last_word_wins_over_the_missing_process(run, gone, monkeypatch):
    """The worker finishes between the reader's look at its file and the look at its process."""
    status_of(run, gone, "running")
    looks = []

    def late_identity(pid):
        looks.append(pid)
        status_of(run, gone, "finished")
        return identity(pid)

    monkeypatch.setattr("explorer.runs.status.identity", late_identity)
    assert (read_status(run).state, len(looks)) == ("finished", 1)


def test_status_json_torn_at_every_byte(busy_run, gone):
    whole = (busy_run.folder / "status.json").read_bytes()
    complete = len(whole.rstrip())
    for who, torn_state in ((US, "starting"), (gone, "lost")):
        launched(busy_run, who, seconds_ago=60)
        for end in range(len(whole) + 1):
            (busy_run.folder / "status.json").write_bytes(whole[:end])
            assert read_status(busy_run).state == ("running" if end >= complete else torn_state)
    (busy_run.folder / "launch.json").unlink()
    (busy_run.folder / "status.json").write_bytes(whole[:-5])
    assert read_status(old(busy_run)).state == "lost"


def test_launch_json_torn_at_every_byte(run):
    launched(run, US)
    whole = (run.folder / "launch.json").read_bytes()
    for end in range(len(whole) + 1):
        (run.folder / "launch.json").write_bytes(whole[:end])
        assert read_status(run).pid == (os.getpid() if end == len(whole) else None)
        assert read_status(run).state == "queued"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4) | st.sampled_from(list(State)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
documents = st.dictionaries(st.sampled_from([*Status.model_fields, "time", "odd"]), anything, max_size=10)
contents = st.binary(max_size=50) | anything.map(json.dumps).map(str.encode) | documents.map(json.dumps).map(str.encode)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(status=contents, launch=contents, config=st.booleans())
def test_any_content_gives_a_state_that_is_true(run, status, launch, config):
    (run.folder / "status.json").write_bytes(status)
    (run.folder / "launch.json").write_bytes(launch)
    found = read_status(Run(run.id, run.folder, run.config if config else None))
    assert isinstance(found, Status)
    if found.active and found.pid is not None:
        assert identity(found.pid) == found.pid_started


def test_deep_nesting_is_just_unreadable(run):
    (run.folder / "status.json").write_text("[" * 100_000)
    assert read_status(run).state == "queued"


def test_figures_that_are_no_numbers_make_a_status_unreadable(run):
    write(run, "status.json", state="finished", latest={"val_error": 0.5, "lr": None}, best={"step": 3})
    assert read_status(run).latest == {"val_error": 0.5, "lr": None}
    for field in ("latest", "best"):
        write(run, "status.json", state="finished", **{field: {"val_error": "low"}})
        assert read_status(run).latest == {} and read_status(run).state != "finished"
