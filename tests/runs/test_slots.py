"""Slots: held by one process each, given back however it ends, in the order of the queue."""

import gc
import subprocess
import sys
import time

import pytest

from explorer.machine.hardware import cores, nvidia
from explorer.runs import queue
from explorer.runs.control import request
from explorer.runs.errors import RunError, RunWriteError
from explorer.runs.folder import create
from explorer.runs.settings import choose_runs_at_a_time, runs_at_a_time
from explorer.runs.slots import GPU_SLOTS, Slot, default_slots, slot_count, threads_each, wait_for_slot
from explorer.runs.writer import RunWriter

HOLD = """
import sys
from explorer.runs.folder import open_folder
from explorer.runs.slots import wait_for_slot
slot = wait_for_slot(open_folder(sys.argv[1]), "cpu", print)
print("held", slot.number, flush=True)
sys.stdin.read()
"""


class Enough(Exception):
    pass


@pytest.fixture
def one_slot(monkeypatch):
    monkeypatch.setenv("EXPLORER_SLOTS", "1")


def never():
    raise AssertionError("it waits")


def once():
    raise Enough


def queued(seed=0):
    run = create("cifar/plain-56", {}, seed)
    RunWriter(run.folder).status(state="queued")
    return run


def test_the_number_of_slots(monkeypatch):
    assert default_slots("cpu") == cores() and default_slots("cuda") == GPU_SLOTS
    assert default_slots() == (GPU_SLOTS if nvidia() else cores())
    for said, count in (("3", 3), ("0", 1), ("", cores()), ("many", cores()), ("-2", cores())):
        monkeypatch.setenv("EXPLORER_SLOTS", said)
        assert slot_count("cpu") == count


def test_the_reader_chooses_how_many_run_at_a_time_on_each_kind_of_device(explorer_home, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr("explorer.runs.slots.cores", lambda: 8)
    choose_runs_at_a_time("cpu", 2)
    choose_runs_at_a_time("cuda", 7)
    assert (slot_count("cpu"), slot_count("cuda")) == (2, 7)
    assert (threads_each("cpu"), threads_each("cuda")) == (4, 1)
    choose_runs_at_a_time("cpu", None)
    assert (runs_at_a_time("cpu"), slot_count("cpu"), threads_each("cpu")) == (None, 8, 1)
    for wrong in (0, -1, 65):
        with pytest.raises(RunError, match="From 1 to 64 runs can compute at a time"):
            choose_runs_at_a_time("cpu", wrong)
    for damaged in ("", "[]", '{"runs_at_a_time": {"cpu": "many"}}', '{"runs_at_a_time": {"cpu": 0}}', '{"runs_at_a_time": {"cpu": 9999}}'):
        (explorer_home / "settings.json").write_text(damaged)
        assert slot_count("cpu") == 8


def test_the_users_thread_count_goes_before_the_share_of_the_cores(monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert threads_each("cpu") == 3
    monkeypatch.setenv("OMP_NUM_THREADS", "4,2")
    assert threads_each("cpu") == 1


def test_a_slot_is_held_by_one_and_free_after_a_kill(one_slot, run):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(run.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held 0\n"
    other = queued()
    RunWriter(run.folder).status(state="running")
    with pytest.raises(Enough):
        wait_for_slot(other, "cpu", once)
    holder.kill()
    holder.wait()
    wait_for_slot(other, "cpu", never).release()


def test_the_devices_have_slots_of_their_own(one_slot, run):
    slot = wait_for_slot(run, "cpu", never)
    other, third = queued(1), queued(2)
    with pytest.raises(Enough):
        wait_for_slot(other, "cpu", once)
    queue.enter(other, "cpu")
    on_gpu = wait_for_slot(third, "cuda", never)
    slot.release()
    on_gpu.release()


def test_a_released_slot_is_free(one_slot, run):
    RunWriter(run.folder).status(state="running")
    other = queued()
    slot = wait_for_slot(run, "cpu", never)
    with pytest.raises(Enough):
        wait_for_slot(other, "cpu", once)
    slot.release()
    wait_for_slot(other, "cpu", never).release()


def test_a_slot_nobody_refers_to_stays_taken(one_slot, run):
    RunWriter(run.folder).status(state="running")
    number = wait_for_slot(run, "cpu", never).number
    gc.collect()
    other = queued()
    with pytest.raises(Enough):
        wait_for_slot(other, "cpu", once)
    for slot in list(Slot._held):
        slot.release()
    assert wait_for_slot(other, "cpu", never).number == number
    for slot in list(Slot._held):
        slot.release()


def test_those_ahead_in_the_queue_go_first_and_a_resumed_run_before_all(one_slot):
    runs = [queued(seed) for seed in range(3)]
    for run in runs:
        queue.enter(run, "cpu")
    for run in runs[1:]:
        with pytest.raises(Enough):
            wait_for_slot(run, "cpu", once)
        queue.enter(run, "cpu")
    wait_for_slot(runs[2], "cpu", never, first=True).release()
    RunWriter(runs[2].folder).status(state="running")
    wait_for_slot(runs[0], "cpu", never).release()


def test_a_run_that_lost_its_place_takes_the_last_one(one_slot, run, explorer_home):
    RunWriter(run.folder).status(state="queued")
    looks = []

    def on_wait():
        looks.append(queue.waiting())
        if len(looks) == 1:
            (explorer_home / "queue.json").write_text("torn{")
        if len(looks) == 3:
            raise Enough

    holder = wait_for_slot(queued(5), "cpu", never)
    with pytest.raises(Enough):
        wait_for_slot(run, "cpu", on_wait)
    holder.release()
    assert looks == [[run.id]] * 3
    assert queue.waiting() == []


def test_a_folder_that_cannot_be_written_gets_a_sentence(run, explorer_home):
    (explorer_home / "slots").write_text("in the way")
    with pytest.raises(RunWriteError, match="could not be written"):
        wait_for_slot(run, "cpu", never)


def test_a_waiting_run_that_is_asked_to_pause_takes_no_slot_until_it_is_resumed(one_slot, run):
    RunWriter(run.folder).status(state="queued")
    request(run, "pause")
    with pytest.raises(Enough):
        wait_for_slot(run, "cpu", once)
    request(run, "resume")
    wait_for_slot(run, "cpu", never).release()


def test_waiting_behind_another_does_not_look_at_the_runs_that_have_ended(one_slot, monkeypatch):
    """A thousand finished runs cost a waiting worker nothing: it reads the queue and the first that waits."""
    for seed in range(20):
        RunWriter(create("cifar/plain-20", {}, seed).folder).status(state="finished")
    first, second, third = queued(100), queued(101), queued(102)
    for run in (first, second, third):
        queue.enter(run, "cpu")
    looked = []
    monkeypatch.setattr("explorer.runs.queue.read_status", lambda run: looked.append(run.id) or queue.Status(state="queued", heartbeat=time.time()))
    assert queue.is_next(third, "cpu") is False
    assert looked == [first.id]
