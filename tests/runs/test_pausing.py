"""Pausing gives the slot to the next, a resumed run is the first to get one, and a worker may be killed in any state."""

import os
import signal
import time

import pytest

from explorer.runs import queue
from explorer.runs.control import request
from explorer.runs.launcher import go_on, pause
from explorer.runs.load import read_load
from explorer.runs.series import read_metrics
from explorer.runs.status import read_status

LONG = {"steps": 100_000, "seconds": 0.01}


def states(runs):
    return [str(read_status(run).state) for run in runs]


def test_a_pause_gives_the_slot_to_the_next_and_a_resume_waits_at_the_head(launch, wait_until):
    launcher, runs = launch(LONG, LONG, LONG, slots=1)
    wait_until(lambda: states(runs) == ["running", "queued", "queued"])
    began = time.monotonic()
    pause(runs[0])
    wait_until(lambda: states(runs) == ["paused", "running", "queued"])
    assert time.monotonic() - began < 4
    done = len(read_metrics(runs[0]))
    go_on(runs[0])
    wait_until(lambda: states(runs) == ["queued", "running", "queued"])
    wait_until(lambda: queue.waiting() == [runs[0].id, runs[2].id])
    assert len(read_metrics(runs[0])) == done
    launcher.stop(runs[1])
    wait_until(lambda: states(runs) == ["running", "stopped", "queued"])
    wait_until(lambda: len(read_metrics(runs[0])) > done)
    assert [row["step"] for row in read_metrics(runs[0])] == list(range(1, len(read_metrics(runs[0])) + 1))


def test_a_resumed_run_that_waits_can_be_paused_again_and_stopped(launch, wait_until):
    launcher, runs = launch(LONG, LONG, slots=1)
    wait_until(lambda: states(runs) == ["running", "queued"])
    for state, wish in (("paused", "pause"), ("queued", "resume"), ("paused", "pause"), ("stopped", "stop")):
        request(runs[0], wish)
        wait_until(lambda: states(runs) == [state, "running"])


def test_a_moved_run_gets_the_next_slot(launch, wait_until):
    launcher, runs = launch(LONG, LONG, LONG, slots=1)
    wait_until(lambda: states(runs) == ["running", "queued", "queued"] and len(queue.waiting()) == 2)
    queue.move(runs[2], "first")
    launcher.stop(runs[0])
    wait_until(lambda: states(runs) == ["stopped", "queued", "running"])


@pytest.mark.parametrize("state, recipe, reason", [
    ("queued", LONG, "while it waited for its slot"),
    ("starting", {**LONG, "start": 60}, "it was killed, ran out of memory, or crashed"),
    ("running", LONG, "it was killed, ran out of memory, or crashed"),
    ("paused", LONG, "it was killed, ran out of memory, or crashed"),
])  # fmt: skip
def test_a_worker_killed_in_any_state_is_lost_frees_its_slot_and_can_go_on(launch, wait_until, state, recipe, reason):
    launcher, runs = launch(LONG, recipe, LONG, slots=2)
    wait_until(lambda: states(runs)[0] == "running" and states(runs)[2] == "queued")
    victim = runs[2] if state == "queued" else runs[1]
    if state == "paused":
        wait_until(lambda: states(runs)[1] == "running")
        pause(runs[1])
    wait_until(lambda: read_status(victim).state == state and read_status(victim).pid_started)
    os.kill(read_status(victim).pid, signal.SIGKILL)
    wait_until(lambda: read_status(victim).state == "lost")
    assert reason in read_status(victim).reason
    if victim is runs[1]:
        wait_until(lambda: states(runs) == ["running", "lost", "running"])
        launcher.stop(runs[0])
    go_on(victim, launcher)
    wait_until(lambda: read_status(victim).state in ("queued", "starting", "running"))
    launcher.stop(runs[0])
    if state != "starting":
        wait_until(lambda: read_status(victim).state == "running")


def test_the_load_is_measured_while_a_run_computes_and_not_while_it_waits(launch, wait_until):
    _, runs = launch({"steps": 100_000, "seconds": 0.01}, LONG, slots=1)
    wait_until(lambda: len(read_load(runs[0])) >= 2)
    first, second = read_load(runs[0])[:2]
    assert 1.5 < second["seconds"] - first["seconds"] < 6
    assert second["worker_memory"] > 1_000_000 and 0 <= second["cpu"] <= 1
    assert read_load(runs[1]) == []
