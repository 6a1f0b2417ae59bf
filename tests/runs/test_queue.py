"""The queue: an order that the reader changes, that outlives damage, and in which the dead hold up nobody."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.runs import queue
from explorer.runs.errors import RunError
from explorer.runs.folder import create
from explorer.runs.queue import MOVES, SILENT_SECONDS
from explorer.runs.status import read_status
from explorer.runs.writer import RunWriter


@pytest.fixture
def waiting():
    """Four runs that wait for the CPU, in order."""
    runs = [create(f"cifar/plain-{depth}", {}, 0) for depth in (8, 14, 20, 26)]
    for run in runs:
        RunWriter(run.folder).status(state="queued")
        queue.enter(run, "cpu")
    return runs


def order(runs):
    """The waiting runs as their numbers in `runs`."""
    ids = [run.id for run in runs]
    return [ids.index(run_id) for run_id in queue.waiting()]


def test_the_order_is_that_of_arrival_and_a_second_arrival_keeps_the_place(waiting):
    queue.enter(waiting[0], "cpu")
    assert order(waiting) == [0, 1, 2, 3]
    assert queue.places() == {run.id: place for place, run in enumerate(waiting, start=1)}
    assert [queue.is_next(run, "cpu") for run in waiting] == [True, False, False, False]


@pytest.mark.parametrize("who, where, then", [
    (2, "first", [2, 0, 1, 3]), (2, "up", [0, 2, 1, 3]), (1, "down", [0, 2, 1, 3]), (1, "last", [0, 2, 3, 1]),
    (0, "up", [0, 1, 2, 3]), (0, "first", [0, 1, 2, 3]), (3, "down", [0, 1, 2, 3]), (3, "last", [0, 1, 2, 3]),
])  # fmt: skip
def test_moving(waiting, who, where, then):
    queue.move(waiting[who], where)
    assert order(waiting) == then


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 3), st.sampled_from(MOVES)), max_size=8))
def test_any_moves_give_what_a_list_gives_and_lose_nobody(waiting, moves):
    model = order(waiting)
    for who, where in moves:
        queue.move(waiting[who], where)
        at = model.index(who)
        model.insert({"first": 0, "up": max(0, at - 1), "down": at + 1, "last": 3}[where], model.pop(at))
        assert order(waiting) == model


def test_the_kinds_of_device_are_queues_of_their_own(waiting):
    queue.leave(waiting[1])
    queue.enter(waiting[1], "cuda")
    assert queue.places() == {waiting[0].id: 1, waiting[2].id: 2, waiting[3].id: 3, waiting[1].id: 1}
    assert queue.is_next(waiting[1], "cuda")
    queue.move(waiting[3], "up")
    assert [queue.places()[waiting[i].id] for i in (0, 3, 2)] == [1, 2, 3]


@pytest.mark.parametrize("state", ["starting", "running", "paused", "finished", "stopped", "failed"])
def test_a_run_that_does_not_wait_has_no_place_and_holds_up_nobody(waiting, state):
    RunWriter(waiting[0].folder).status(state=state)
    assert order(waiting) == [1, 2, 3]
    assert queue.is_next(waiting[1], "cpu")
    with pytest.raises(RunError, match=f"is {state}: only runs that wait have a place"):
        queue.move(waiting[0], "first")


def test_a_run_paused_while_it_waits_keeps_its_place(waiting):
    writer = RunWriter(waiting[0].folder)
    writer.status(state="paused")
    queue.move(waiting[3], "up")
    writer.status(state="queued")
    assert order(waiting) == [0, 1, 3, 2]


def test_a_killed_process_loses_its_place_at_once_and_its_entry_at_the_next_change(waiting, gone, explorer_home):
    file = waiting[0].folder / "status.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"pid": gone[0], "pid_started": gone[1]}))
    assert read_status(waiting[0]).state == "lost"
    assert order(waiting) == [1, 2, 3]
    queue.move(waiting[3], "first")
    assert [entry["run"] for entry in json.loads((explorer_home / "queue.json").read_text())["waiting"]] == [
        waiting[3].id, waiting[1].id, waiting[2].id]  # fmt: skip


def test_a_process_that_gives_no_sign_of_life_holds_up_nobody(waiting, monkeypatch):
    later = time.time() + SILENT_SECONDS + 1
    monkeypatch.setattr("explorer.runs.queue.time.time", lambda: later)
    RunWriter(waiting[2].folder).status(state="queued", heartbeat=later)
    assert order(waiting) == [2]


def test_a_damaged_queue_is_an_empty_one(waiting, explorer_home):
    whole = (explorer_home / "queue.json").read_bytes()
    for content in (b"", b"{", b"[]", whole[:-9], b'{"waiting": [7]}', b"\xff"):
        (explorer_home / "queue.json").write_bytes(content)
        assert queue.waiting() == [] and not queue.has_place(waiting[0]) and not queue.is_next(waiting[0], "cpu")
    queue.enter(waiting[3], "cpu")
    assert order(waiting) == [3]


def test_an_entry_cannot_point_out_of_the_runs_folder(explorer_home):
    explorer_home.mkdir(exist_ok=True)
    (explorer_home / "queue.json").write_text(json.dumps({"waiting": [{"run": "../../etc", "device": "cpu"}, {"run": "", "device": "cpu"}]}))
    assert queue.waiting() == []


def test_other_moves_are_refused(waiting):
    with pytest.raises(RunError, match="can be moved first, up, down, last, not 'sideways'"):
        queue.move(waiting[0], "sideways")


def test_many_at_once_lose_nobody(waiting):
    """Two browsers press the same button, while workers come and go."""
    with ThreadPoolExecutor(8) as pool:
        done = [pool.submit(queue.move, waiting[i % 4], MOVES[i % 3]) for i in range(24)]
        done += [pool.submit(queue.enter, run, "cpu") for run in waiting]
        for one in done:
            one.result()
    assert sorted(order(waiting)) == [0, 1, 2, 3]
