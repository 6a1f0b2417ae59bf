"""The worker's keeper alone, in this process: what it writes last, and that it outlives what it measures."""

import time

import psutil
import pytest

from explorer.runs.folder import create
from explorer.runs.run import FINAL_WEIGHTS
from explorer.runs.status import State, recorded_status
from explorer.runs.writer import RunWriter
from explorer.training import worker
from explorer.training.worker import Keeper


class Exited(Exception):
    """Stands in for the end of the process."""


@pytest.fixture
def keeper(monkeypatch):
    def leave(code):
        raise Exited(code)

    monkeypatch.setattr(worker.os, "_exit", leave)
    run = create("cifar/plain-20", {}, 0)
    made = Keeper(run, RunWriter(run.folder))
    yield made
    made.end(State.STOPPED, None)


def state(keeper):
    return recorded_status(keeper.watched.folder).state


def test_a_stop_that_the_training_does_not_notice_ends_the_process(keeper):
    with pytest.raises(Exited):
        keeper._end_process()
    assert state(keeper) == "stopped"


def test_a_run_that_wrote_its_weights_in_the_grace_time_has_finished(keeper):
    (keeper.watched.folder / FINAL_WEIGHTS).write_bytes(b"weights")
    with pytest.raises(Exited):
        keeper._end_process()
    assert state(keeper) == "finished"


def test_weights_of_an_earlier_launch_do_not_make_a_stopped_run_a_finished_one():
    run = create("cifar/plain-20", {}, 0)
    (run.folder / FINAL_WEIGHTS).write_bytes(b"weights")
    again = Keeper(run, RunWriter(run.folder))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(worker.os, "_exit", lambda code: None)
        again._end_process()
    assert state(again) == "stopped"


@pytest.mark.parametrize("last", [State.FINISHED, State.FAILED])
def test_the_keeper_leaves_a_run_alone_that_has_ended(keeper, last):
    assert keeper.end(last, None)
    keeper._end_process()  # does not raise Exited: the process goes on to its own end
    assert state(keeper) == last and not keeper.end(State.STOPPED, None)


class Broken:
    """A meter whose driver has gone."""

    asked = 0

    def read(self):
        Broken.asked += 1
        raise psutil.AccessDenied(1)


def test_a_measurement_that_fails_is_told_once_and_takes_nothing_else_with_it(keeper, monkeypatch, capsys):
    monkeypatch.setattr(worker, "LoadMeter", Broken)
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(worker, "SHOW_SECONDS", 0.01)
    keeper.slot = object()
    keeper.start()
    time.sleep(0.3)
    before = recorded_status(keeper.watched.folder).heartbeat
    time.sleep(0.3)
    assert keeper.is_alive() and recorded_status(keeper.watched.folder).heartbeat > before
    assert Broken.asked == 1 and capsys.readouterr().err.count("load is not measured any more: AccessDenied") == 1
