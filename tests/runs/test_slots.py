"""Slots: held by one process each, given back however it ends, oldest run first."""

import gc
import subprocess
import sys
import time

import pytest

from explorer.machine.hardware import cores, nvidia
from explorer.runs.control import request
from explorer.runs.errors import RunWriteError
from explorer.runs.folder import create
from explorer.runs.slots import GPU_SLOTS, SILENT_SECONDS, Slot, default_slots, slot_count, wait_for_slot
from explorer.runs.writer import RunWriter

HOLD = """
import sys
from explorer.runs.folder import open_folder
from explorer.runs.slots import wait_for_slot
slot = wait_for_slot(open_folder(sys.argv[1]), print)
print("held", slot.number, flush=True)
sys.stdin.read()
"""


class Enough(Exception):
    pass


@pytest.fixture
def one_slot(monkeypatch):
    monkeypatch.setenv("EXPLORER_SLOTS", "1")


def never(ahead):
    raise AssertionError(f"it waits behind {ahead}")


def once(ahead):
    raise Enough(ahead)


def test_the_number_of_slots(monkeypatch):
    assert default_slots() == (GPU_SLOTS if nvidia() else cores())
    for said, count in (("3", 3), ("0", 1), ("", default_slots()), ("many", default_slots()), ("-2", default_slots())):
        monkeypatch.setenv("EXPLORER_SLOTS", said)
        assert slot_count() == count


def test_a_slot_is_held_by_one_and_free_after_a_kill(one_slot, run):
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(run.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held 0\n"
    other = create("cifar/plain-56", {}, 0)
    RunWriter(run.folder).status(state="running")
    with pytest.raises(Enough):
        wait_for_slot(other, once)
    holder.kill()
    holder.wait()
    wait_for_slot(other, never).release()


def test_a_released_slot_is_free(one_slot, run):
    RunWriter(run.folder).status(state="running")
    other = create("cifar/plain-56", {}, 0)
    slot = wait_for_slot(run, never)
    with pytest.raises(Enough):
        wait_for_slot(other, once)
    slot.release()
    wait_for_slot(other, never).release()


def test_a_slot_nobody_refers_to_stays_taken(one_slot, run):
    RunWriter(run.folder).status(state="running")
    number = wait_for_slot(run, never).number
    gc.collect()
    other = create("cifar/plain-56", {}, 0)
    with pytest.raises(Enough):
        wait_for_slot(other, once)
    for slot in list(Slot._held):
        slot.release()
    assert wait_for_slot(other, never).number == number
    for slot in list(Slot._held):
        slot.release()


def test_older_waiting_runs_go_first(one_slot):
    runs = [create("cifar/plain-20", {}, seed) for seed in range(3)]
    for run in runs:
        RunWriter(run.folder).status(state="queued")
    for place, run in enumerate(runs[1:], start=1):
        with pytest.raises(Enough) as waiting:
            wait_for_slot(run, once)
        assert waiting.value.args == (place,)
    wait_for_slot(runs[0], never).release()
    RunWriter(runs[0].folder).status(state="running")
    RunWriter(runs[1].folder).status(state="finished")
    wait_for_slot(runs[2], never).release()


def test_a_waiting_process_that_gives_no_sign_of_life_holds_up_nobody(one_slot, run, monkeypatch):
    RunWriter(run.folder).status(state="queued")
    other = create("cifar/plain-56", {}, 0)
    with pytest.raises(Enough):
        wait_for_slot(other, once)
    later = time.time() + SILENT_SECONDS + 1
    monkeypatch.setattr("explorer.runs.slots.time.time", lambda: later)
    wait_for_slot(other, never).release()


def test_a_folder_that_cannot_be_written_gets_a_sentence(run, explorer_home):
    (explorer_home / "slots").write_text("in the way")
    with pytest.raises(RunWriteError, match="could not be written"):
        wait_for_slot(run, never)


def test_a_waiting_run_that_is_asked_to_pause_takes_no_slot_until_it_is_resumed(one_slot, run):
    RunWriter(run.folder).status(state="queued")
    request(run, "pause")
    with pytest.raises(Enough):
        wait_for_slot(run, once)
    request(run, "resume")
    wait_for_slot(run, never).release()
